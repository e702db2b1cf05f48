#include "app/command_table.h"
#include "app/commands.h"

// The lines of the table of commands that are about websites, rental accounts and rentals.

namespace keyledger::app {
namespace {

using Arguments = std::vector<Argument>;

Argument website_argument(std::string help, bool required = false) {
  return {.name = "--website", .value = "NAME", .help = std::move(help), .required = required};
}

Arguments website_fields(bool fresh) {
  return {{.name = "--name", .value = "TEXT", .help = "its name; customers use it", .required = fresh},
          {.name = "--url", .value = "URL", .help = "its address"},
          {.name = "--validity-hours", .value = "N", .help = "how long a rental lasts; 24 when left out"},
          {.name = "--description", .value = "TEXT", .help = "anything worth remembering"},
          {.name = "--after-rental",
           .value = "WHAT",
           .help = "what becomes of an account when its rental ends",
           .choices = {"pool", "needs_rotation"}},
          {.name = "--rotation",
           .value = "HOW",
           .help = "who sets the new password then",
           .choices = {"by_hand", "webhook", "command"}},
          {.name = "--rotation-url", .value = "URL", .help = "the webhook that is called for it"}};
}

Arguments password_arguments() {
  return {
      {.name = "--password-file", .value = "FILE", .help = "read the password from this file; - is the standard input"},
      {.name = "--password", .value = "TEXT", .help = "refused", .hidden = true}};
}

void add(std::vector<Command>& table, std::string words, std::string summary, Arguments arguments,
         ExitCode (*run)(Session&), bool lists = true, std::string details = {}) {
  table.push_back({.words = std::move(words),
                   .summary = std::move(summary),
                   .details = std::move(details),
                   .arguments = std::move(arguments),
                   .run = run,
                   .lists = lists});
}

void add_website_commands(std::vector<Command>& table) {
  add(table, "websites list", "List the websites and how many accounts each has", {search_argument()}, list_websites);
  add(table, "websites create", "Add a website whose accounts are rented out", website_fields(true), create_website);
  add(table, "websites update", "Change a website", with({id_argument()}, website_fields(false)), update_website);
  add(table, "websites delete", "Remove a website that has no accounts any more", {id_argument()}, delete_website,
      false);
  add(table, "websites secret", "Make another secret for a website's webhook; it is shown once", {id_argument()},
      renew_rotation_secret);
}

void add_account_commands(std::vector<Command>& table) {
  const Arguments fields{{.name = "--email", .value = "TEXT", .help = "the account's e-mail address"},
                         {.name = "--notes", .value = "TEXT", .help = "anything worth remembering"}};
  const Argument username{.name = "--username", .value = "TEXT", .help = "the account's user name"};
  Argument needed = username;
  needed.required = true;
  const std::string never_in_sight =
      "The password is read from --password-file, from the terminal without showing it, or from what is piped in.\n";
  add(table, "rental-accounts list", "List the shared accounts, without passwords",
      {website_argument("only this website's"),
       {.name = "--status",
        .value = "STATUS",
        .help = "only those in this state",
        .choices = {"available", "rented", "needs_rotation", "exception"}},
       search_argument()},
      list_rental_accounts);
  add(table, "rental-accounts show", "Show a shared account",
      {id_argument(), {.name = "--reveal", .help = "print its password; the audit log notes it"}}, show_rental_account);
  add(table, "rental-accounts create", "Add a shared account",
      with(with({website_argument("the website, by its name", true), needed}, fields), password_arguments()),
      create_rental_account, true, never_in_sight);
  add(table, "rental-accounts import", "Add the accounts of a CSV file, all or none",
      {{.name = "FILE", .value = "FILE", .help = "the file; - is the standard input", .required = true},
       {.name = "--dry-run", .help = "change nothing, and show what would be done"},
       {.name = "--skip-bad-lines", .help = "add the others where some lines are wrong"}},
      import_rental_accounts, true,
      "The first line names the columns: website, username, password and, if wished, email and notes.\nExit code 5 if "
      "lines are wrong.\n");
  add(table, "rental-accounts update", "Change a shared account", with({id_argument(), username}, fields),
      update_rental_account);
  add(table, "rental-accounts delete", "Remove a shared account; its rentals stay", {id_argument()},
      delete_rental_account, false);
  add(table, "rental-accounts put-aside", "Put a shared account aside, so that nobody gets it",
      {id_argument(),
       {.name = "--reason", .value = "TEXT", .help = "why", .required = true},
       {.name = "--take-back", .help = "end its rental by that"}},
      put_aside_rental_account);
  add(table, "rental-accounts restore", "Bring an account back that was put aside", {id_argument()},
      restore_rental_account);
  add(table, "rental-accounts password", "Set the password that a shared account has now",
      with({id_argument()}, password_arguments()), set_rental_account_password, true, never_in_sight);
  add(table, "rental-accounts history", "Who rented a shared account, and when its password was set", {id_argument()},
      show_rental_account_history);
}

void add_lease_commands(std::vector<Command>& table) {
  add(table, "rentals list", "List rentals, newest first",
      {{.name = "--status", .value = "STATUS", .help = "only these", .choices = {"open", "ended"}},
       website_argument("only this website's"),
       {.name = "--customer", .value = "N", .help = "only this customer's, by its id"},
       {.name = "--key", .value = "N", .help = "only those of this customer key, by its id"},
       {.name = "--account", .value = "N", .help = "only those of this rental account, by its id"},
       {.name = "--from", .value = "TIME", .help = "only from this time on, as 2026-11-01T00:00:00Z"},
       {.name = "--to", .value = "TIME", .help = "only before this time"},
       {.name = "--all", .help = "every rental, not only the newest 50"}},
      list_rentals);
  add(table, "rentals show", "Show a rental", {id_argument()}, show_rental);
  add(table, "rentals take-back", "End a rental", {id_argument()}, take_back_rental);
}

}  // namespace

void add_rental_commands(std::vector<Command>& table) {
  add_website_commands(table);
  add_account_commands(table);
  add_lease_commands(table);
}

}  // namespace keyledger::app
