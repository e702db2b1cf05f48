#include "app/commands.h"

#include "app/command_table.h"

namespace keyledger::app {
namespace {

const std::vector<std::string> kKeyTypes{"admin", "project", "service_account", "legacy", "standard"};

Argument provider_argument(std::string help) {
  return {.name = "--provider", .value = "ID", .help = std::move(help)};
}
Argument key_file_argument() {
  return {.name = "--key-file", .value = "FILE", .help = "read the key from this file; - is the standard input"};
}
Argument key_on_command_line() {
  return {.name = "--full-key", .value = "KEY", .help = "refused", .hidden = true};
}

std::vector<Argument> key_fields(bool fresh) {
  return {{.name = "--name", .value = "TEXT", .help = "what people call it", .required = fresh},
          {.name = "--account", .value = "N", .help = "the id of the account it belongs to", .required = fresh},
          provider_argument("whose key it is; recognised from the key when left out"),
          {.name = "--type", .value = "TYPE", .help = "what kind of key", .choices = kKeyTypes},
          {.name = "--admin-key", .value = "N", .help = "link it to this admin key"},
          {.name = "--notes", .value = "TEXT", .help = "anything worth remembering"},
          {.name = "--base-url", .value = "URL", .help = "where it is used, if not at the provider's usual address"},
          key_file_argument(),
          key_on_command_line()};
}

void add_account_commands(std::vector<Command>& table) {
  const std::vector<Argument> fields{{.name = "--name", .value = "TEXT", .help = "the person's name"},
                                     {.name = "--organization", .value = "TEXT", .help = "the organization's name"}};
  const Argument email{.name = "--email", .value = "TEXT", .help = "the e-mail address; no two accounts share one"};
  Argument needed = email;
  needed.required = true;
  table.push_back({.words = "accounts list",
                   .summary = "List the accounts",
                   .arguments = {search_argument()},
                   .run = list_accounts,
                   .lists = true});
  table.push_back({.words = "accounts create",
                   .summary = "Add an account",
                   .arguments = with({needed}, fields),
                   .run = create_account,
                   .lists = true});
  table.push_back({.words = "accounts update",
                   .summary = "Change an account",
                   .arguments = with({id_argument(), email}, fields),
                   .run = update_account,
                   .lists = true});
  table.push_back({.words = "accounts delete",
                   .summary = "Delete an account",
                   .arguments = {id_argument(), {.name = "--cascade", .help = "delete its keys too"}},
                   .run = delete_account});
}

void add_key_commands(std::vector<Command>& table) {
  table.push_back({.words = "keys list",
                   .summary = "List the provider keys, masked",
                   .arguments = {provider_argument("only this provider's"),
                                 {.name = "--account", .value = "N", .help = "only this account's"},
                                 {.name = "--status",
                                  .value = "STATUS",
                                  .help = "only those whose last test ended so",
                                  .choices = {"unknown", "valid", "valid_but_restricted", "invalid", "unreachable",
                                              "rate_limited"}},
                                 search_argument()},
                   .run = list_keys,
                   .lists = true});
  table.push_back(
      {.words = "keys add",
       .summary = "Add a provider key",
       .details = "The key is read from --key-file, from the terminal without showing it, or from what is "
                  "piped in; never from the command line, which others can see.\n",
       .arguments = with(key_fields(true), {{.name = "--test", .help = "ask the provider whether it works"}}),
       .run = add_key,
       .lists = true});
  table.push_back(
      {.words = "keys update",
       .summary = "Change a provider key, or replace it by a new one",
       .arguments = with(with({id_argument()}, key_fields(false)),
                         {{.name = "--replace", .help = "ask for a new key text, or take it from what is piped in"}}),
       .run = update_key,
       .lists = true});
  table.push_back({.words = "keys delete",
                   .summary = "Delete a provider key; what it cost stays",
                   .arguments = {id_argument()},
                   .run = delete_key});
  table.push_back(
      {.words = "keys show",
       .summary = "Show one provider key",
       .arguments = {id_argument(), {.name = "--reveal", .help = "print the full key; the audit log notes it"}},
       .run = show_key,
       .lists = true});
  table.push_back({.words = "keys test",
                   .summary = "Ask the provider whether a key works",
                   .details = "Exit code 5 if one does not work, 4 if the provider could not say.\n",
                   .arguments = {{.name = "ID", .value = "N", .help = "stored keys, by their ids", .many = true},
                                 {.name = "--all", .help = "all stored keys, one after the other"},
                                 key_file_argument(),
                                 provider_argument("of a key that is not stored"),
                                 {.name = "--base-url", .value = "URL", .help = "of a key that is not stored"},
                                 key_on_command_line()},
                   .run = test_keys,
                   .lists = true});
  table.push_back({.words = "keys link",
                   .summary = "Link a key to the admin key that reads its usage",
                   .arguments = {id_argument(),
                                 {.name = "ADMIN_KEY_ID", .value = "N", .help = "the admin key, by its id"},
                                 {.name = "--none", .help = "unlink"}},
                   .run = link_key,
                   .lists = true});
  table.push_back({.words = "keys detect",
                   .summary = "Recognise a key by its text; sends nothing anywhere",
                   .arguments = {key_file_argument(), key_on_command_line()},
                   .run = detect_key,
                   .lists = true});
}

void add_usage_commands(std::vector<Command>& table) {
  table.push_back(
      {.words = "usage",
       .summary = "What the keys cost and did",
       .arguments = {{.name = "--days", .value = "N", .help = "the last so many days, today included; default 30"},
                     {.name = "--from", .value = "DAY", .help = "first day, as 2026-11-01"},
                     {.name = "--to", .value = "DAY", .help = "last day, itself included"},
                     {.name = "--group-by",
                      .value = "WHAT",
                      .help = "one row for each",
                      .choices = {"day", "hour", "hour_of_week", "key", "model", "provider", "account", "project"}},
                     {.name = "--account", .value = "N", .help = "only this account's"},
                     {.name = "--key", .value = "N", .help = "only this key's"},
                     provider_argument("only this provider's"),
                     {.name = "--refresh", .help = "ask the providers first"}},
       .run = show_usage,
       .lists = true});
  const std::vector<Argument> amount{
      {.name = "--amount", .value = "AMOUNT", .help = "how much a month, as 500 or 12.50"},
      {.name = "--currency", .value = "CODE", .help = "of the amount; default USD"},
      {.name = "--webhook", .value = "URL", .help = "call this at 80 and at 100 per cent"}};
  std::vector<Argument> needed = amount;
  needed.front().required = true;
  table.push_back({.words = "budgets list",
                   .summary = "List the budgets and how far each is used",
                   .run = list_budgets,
                   .lists = true});
  table.push_back({.words = "budgets create",
                   .summary = "Set a monthly budget for everything, an account or a key",
                   .arguments = with(needed, {{.name = "--account", .value = "N", .help = "for this account"},
                                              {.name = "--key", .value = "N", .help = "for this key"}}),
                   .run = create_budget,
                   .lists = true});
  table.push_back(
      {.words = "budgets update",
       .summary = "Change a budget",
       .arguments = with(with({id_argument()}, amount), {{.name = "--no-webhook", .help = "call nobody any more"}}),
       .run = update_budget,
       .lists = true});
  table.push_back(
      {.words = "budgets delete", .summary = "Remove a budget", .arguments = {id_argument()}, .run = delete_budget});
  table.push_back({.words = "providers",
                   .summary = "List the providers and what each can do",
                   .run = list_providers,
                   .lists = true});
  table.push_back({.words = "prices list",
                   .summary = "List the prices in force, for a million tokens",
                   .arguments = {provider_argument("only this provider's"), search_argument()},
                   .run = list_prices,
                   .lists = true});
  table.push_back({.words = "prices update",
                   .summary = "Take over a price catalogue from a file or an address",
                   .arguments = {{.name = "FILE_OR_URL",
                                  .value = "FILE_OR_URL",
                                  .help = "a document in the form of the genai-prices catalogue",
                                  .required = true}},
                   .run = update_prices,
                   .lists = true});
  table.push_back({.words = "prices reset",
                   .summary = "Go back to the catalogue that came with the program",
                   .run = reset_prices,
                   .lists = true});
}

void add_access_commands(std::vector<Command>& table) {
  table.push_back({.words = "tokens create",
                   .summary = "Make an admin token for a program; it is shown once",
                   .arguments = {{.name = "--name", .value = "TEXT", .help = "what it is for", .required = true},
                                 {.name = "--scopes",
                                  .value = "SCOPES",
                                  .help = "admin, read or verify; several with commas",
                                  .required = true,
                                  .many = true},
                                 {.name = "--json", .help = "print the answer of the API as it is"}},
                   .run = create_token});
  table.push_back({.words = "tokens list", .summary = "List the admin tokens", .run = list_tokens, .lists = true});
  table.push_back({.words = "tokens revoke",
                   .summary = "Revoke an admin token",
                   .arguments = {id_argument()},
                   .run = revoke_token,
                   .lists = true});
  table.push_back({.words = "sessions list",
                   .summary = "List the browsers that are signed in",
                   .run = list_sessions,
                   .lists = true});
  table.push_back(
      {.words = "sessions end", .summary = "Sign a browser out", .arguments = {id_argument()}, .run = end_session});
  table.push_back({.words = "password",
                   .summary = "Change the owner's password",
                   .details = "On the machine itself the current one is not asked for: it may be lost.\n",
                   .run = change_password});
  table.push_back(
      {.words = "audit list",
       .summary = "Read the audit log, newest first",
       .arguments = {{.name = "--actor", .value = "NAME", .help = "only what this actor did"},
                     {.name = "--action", .value = "ACTION", .help = "only this, as keys.reveal"},
                     {.name = "--subject", .value = "SUBJECT", .help = "only on this, as provider_keys/17"},
                     {.name = "--from", .value = "TIME", .help = "only from this time on, as 2026-11-01T00:00:00Z"},
                     {.name = "--to", .value = "TIME", .help = "only before this time"},
                     {.name = "--all", .help = "every line, not only the newest 50"}},
       .run = list_audit,
       .lists = true});
  table.push_back({.words = "audit verify",
                   .summary = "Prove the audit log whole",
                   .details =
                       "Exit code 5 if it is not. Keep the head elsewhere to prove later that nothing before it was "
                       "changed.\n",
                   .run = verify_audit,
                   .lists = true});
}

void add_ledger_commands(std::vector<Command>& table) {
  table.push_back(
      {.words = "activity",
       .summary = "What customers' programs called, newest first",
       .arguments = {{.name = "--key", .value = "N", .help = "only with this customer key, by its id"},
                     {.name = "--customer", .value = "N", .help = "only with keys of this customer, by its id"},
                     {.name = "--action", .value = "ACTION", .help = "only this, as rent"},
                     {.name = "--status",
                      .value = "STATUS",
                      .help = "only calls that ended so",
                      .choices = {"success", "error", "rate_limited", "key_revoked", "key_expired",
                                  "customer_suspended", "ip_not_allowed", "action_not_allowed"}},
                     {.name = "--website", .value = "NAME", .help = "only about this website"},
                     {.name = "--from", .value = "TIME", .help = "only from this time on, as 2026-11-01T00:00:00Z"},
                     {.name = "--to", .value = "TIME", .help = "only before this time"},
                     {.name = "--limit", .value = "N", .help = "how many calls; default 50"}},
       .run = list_activity,
       .lists = true});
  table.push_back({.words = "ledger verify",
                   .summary = "Prove the ledger of all calls whole",
                   .details =
                       "Exit code 5 if it is not, or if sums differ from a recount. Keep the head elsewhere to prove "
                       "later that nothing before it was changed.\n",
                   .run = verify_ledger,
                   .lists = true});
  table.push_back(
      {.words = "ledger stats", .summary = "How large the ledger is", .run = show_ledger_stats, .lists = true});
}

void add_settings_commands(std::vector<Command>& table) {
  table.push_back({.words = "settings show",
                   .summary = "Show the settings that can be changed while the server runs",
                   .run = show_settings,
                   .lists = true});
  table.push_back({.words = "settings change",
                   .summary = "Change them",
                   .arguments = {{.name = "--zone", .value = "ZONE", .help = "the time zone, as Europe/Berlin"},
                                 {.name = "--retention-months",
                                  .value = "N",
                                  .help = "for how many months after their own single calls are kept; 0: for ever"},
                                 {.name = "--seller-name", .value = "TEXT", .help = "who sends the invoices"},
                                 {.name = "--seller-address", .value = "TEXT", .help = "the address on them"},
                                 {.name = "--seller-tax-id", .value = "TEXT", .help = "as VAT numbers"},
                                 {.name = "--invoice-footer", .value = "TEXT", .help = "at the foot of every invoice"},
                                 {.name = "--payment-days", .value = "N", .help = "until an invoice is due"},
                                 {.name = "--arrears-days",
                                  .value = "N",
                                  .help = "overdue for so long, a customer is suspended; 0: never"}},
                   .run = change_settings,
                   .lists = true});
}

void add_upkeep_commands(std::vector<Command>& table) {
  table.push_back(
      {.words = "backup",
       .summary = "Copy the database, also while the server runs, and verify the copy",
       .details = "The copy holds everything but the master key. Exit code 5 if its audit log or ledger is broken.\n",
       .arguments = {{.name = "PLACE",
                      .value = "FILE|DIR",
                      .help = "a new file, or a folder; default is the folder backups in the data folder"},
                     {.name = "--keep", .value = "N", .help = "remove older copies in the folder, so that N are left"}},
       .run = make_backup,
       .lists = true});
  table.push_back({.words = "restore",
                   .summary = "Verify a backup and put it in the database's place; the server must not run",
                   .details = "Needs the master key that was in use when the backup was made.\n",
                   .arguments = {{.name = "FILE", .value = "FILE", .help = "the backup", .required = true},
                                 {.name = "--force",
                                  .help = "move a database that is there aside; take a backup that does not verify"},
                                 {.name = "--json", .help = "print what was restored as JSON"}},
                   .run = restore_backup,
                   .all_settings = true});
  table.push_back({.words = "import",
                   .summary = "Take over the SQLite file of one of the two programs before",
                   .details = "Either the dashboard with accounts and provider keys, or the tool with websites, shared "
                              "accounts and customers' keys,\nwhich go on working. Importing again takes only what is "
                              "new.\n",
                   .arguments = {{.name = "FILE", .value = "FILE", .help = "the file", .required = true},
                                 {.name = "--dry-run", .help = "tell what would be taken, and change nothing"}},
                   .run = import_file,
                   .lists = true});
  table.push_back({.words = "rekey",
                   .summary = "Seal everything anew under another master key",
                   .details =
                       "Makes a new key as new-master.key in the data folder, or takes the file that "
                       "--new-master-key-file names, in the server's\nconfiguration too. In the end it takes the "
                       "old key's place, which is kept beside it. Interrupted, it goes on when it is started "
                       "again.\n",
                   .run = rekey,
                   .all_settings = true,
                   .lists = true});
  table.push_back({.words = "doctor",
                   .summary = "Look for what is wrong with this installation, and say what to do",
                   .arguments = {{.name = "--json", .help = "print the findings as JSON"},
                                 {.name = "--offline", .help = "do not try to reach the providers"}},
                   .run = doctor,
                   .all_settings = true});
  table.push_back(
      {.words = "demo",
       .summary = "Look around: made-up data and a pretend provider, all on this machine, gone afterwards",
       .arguments = {{.name = "--listen", .value = "HOST:PORT", .help = "where to listen; default 127.0.0.1:5000"}},
       .run = demo,
       .local = true});
  table.push_back({.words = "version",
                   .summary = "Show the version",
                   .arguments = {{.name = "--json", .help = "print it as JSON"}},
                   .run = show_version,
                   .local = true});
  table.push_back({.words = "completion",
                   .summary = "Print a completion script for a shell",
                   .details = "For example: source <(keyledger completion bash)\n",
                   .arguments = {{.name = "SHELL",
                                  .value = "SHELL",
                                  .help = "which one",
                                  .choices = {"bash", "zsh", "fish"},
                                  .required = true}},
                   .run = print_completion,
                   .local = true});
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> table = [] {
    std::vector<Command> made;
    made.push_back({.words = "serve",
                    .summary = "Start the server",
                    .details = "The master key itself can stand in KEYLEDGER_MASTER_KEY.\n",
                    .run = serve,
                    .all_settings = true});
    add_account_commands(made);
    add_key_commands(made);
    add_usage_commands(made);
    add_customer_commands(made);
    add_billing_commands(made);
    add_ledger_commands(made);
    add_rental_commands(made);
    add_report_commands(made);
    add_webhook_commands(made);
    add_access_commands(made);
    add_settings_commands(made);
    add_upkeep_commands(made);
    return made;
  }();
  return table;
}

std::string group_summary(const std::string& group) {
  static const std::map<std::string, std::string> summaries{
      {"accounts", "Whom the keys belong to"},
      {"keys", "The provider keys you hold"},
      {"budgets", "Monthly limits, and how far they are used"},
      {"prices", "The catalogue that turns tokens into money"},
      {"websites", "Services whose accounts are rented out"},
      {"rental-accounts", "The shared accounts of websites"},
      {"rentals", "Who rents which account"},
      {"tokens", "Admin tokens for programs"},
      {"sessions", "Browsers that are signed in"},
      {"customers", "Whom you hand keys to"},
      {"customer-keys", "The keys you hand out"},
      {"plans", "What customers can subscribe to"},
      {"subscriptions", "Which customer has which plan"},
      {"invoices", "What customers owe, and have paid"},
      {"webhooks", "Programs that are told what happens"},
      {"ledger", "The record of all calls, chained by hash"},
      {"report", "What is rented most, how calls end, what it earns"},
      {"audit", "Every administrative act, chained by hash"},
      {"settings", "Settings that can be changed at run time"}};
  const auto found = summaries.find(group);
  return found == summaries.end() ? "" : found->second;
}

}  // namespace keyledger::app
