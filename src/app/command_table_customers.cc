#include "app/command_table.h"
#include "app/commands.h"

namespace keyledger::app {
namespace {

std::vector<Argument> customer_fields(bool fresh) {
  return {{.name = "--name", .value = "TEXT", .help = "the customer's name", .required = fresh},
          {.name = "--email", .value = "TEXT", .help = "the e-mail address"},
          {.name = "--notes", .value = "TEXT", .help = "anything worth remembering"},
          {.name = "--zone", .value = "ZONE", .help = "time zone in which their days begin, as Europe/Berlin"}};
}

std::vector<Argument> key_fields(bool fresh) {
  return {
      {.name = "--name", .value = "TEXT", .help = "whose key it is, or what for", .required = fresh},
      {.name = "--rate-limit",
       .value = "N",
       .help = std::string{"requests a day, 0 for no limit"} + (fresh ? "; default 100" : "")},
      {.name = "--limit",
       .value = "METRIC/WINDOW=AMOUNT",
       .help = std::string{"a limit such as rentals/day=5; may be repeated"} + (fresh ? "" : "; replaces them all"),
       .many = true},
      {.name = "--notes", .value = "TEXT", .help = "anything worth remembering"},
      {.name = "--expires-at", .value = "TIME", .help = "works until then, as 2027-01-01T00:00:00Z"},
      {.name = "--allow-ip", .value = "CIDR", .help = "works from this network only; may be repeated", .many = true},
      {.name = "--allow-action", .value = "ACTION", .help = "works for this only; may be repeated", .many = true}};
}

Argument once_json() {
  return {.name = "--json", .help = "print the answer of the API as it is"};
}

void add_customers(std::vector<Command>& table) {
  table.push_back({.words = "customers list",
                   .summary = "List the customers",
                   .arguments = {search_argument()},
                   .run = list_customers,
                   .lists = true});
  table.push_back({.words = "customers show",
                   .summary = "Show one customer",
                   .arguments = {id_argument()},
                   .run = show_customer,
                   .lists = true});
  table.push_back({.words = "customers create",
                   .summary = "Add a customer",
                   .arguments = customer_fields(true),
                   .run = create_customer,
                   .lists = true});
  table.push_back({.words = "customers update",
                   .summary = "Change a customer, or suspend all of their keys",
                   .arguments = with(with({id_argument()}, customer_fields(false)),
                                     {{.name = "--suspend", .help = "refuse all of their keys, from the next call on"},
                                      {.name = "--resume", .help = "let their keys work again"}}),
                   .run = update_customer,
                   .lists = true});
  table.push_back({.words = "customers delete",
                   .summary = "Delete a customer who never had a key",
                   .arguments = {id_argument()},
                   .run = delete_customer});
}

void add_keys(std::vector<Command>& table) {
  table.push_back(
      {.words = "customer-keys create",
       .summary = "Hand out a key; it is shown once, in a message to the customer",
       .arguments =
           with(with(key_fields(true), {{.name = "--email", .value = "TEXT", .help = "the customer's e-mail address"},
                                        {.name = "--customer", .value = "N", .help = "whose it is, by id"},
                                        {.name = "--plan",
                                         .value = "N",
                                         .help = "subscribes the customer to this plan, where they have none"}}),
                {once_json()}),
       .run = create_customer_key});
  table.push_back({.words = "customer-keys update",
                   .summary = "Change a key, from the next call on",
                   .arguments = with(with({id_argument()}, key_fields(false)),
                                     {{.name = "--no-expiry", .help = "let it work for ever"},
                                      {.name = "--any-ip", .help = "let it work from everywhere"},
                                      {.name = "--any-action", .help = "let it work for everything"}}),
                   .run = update_customer_key,
                   .lists = true});
  table.push_back({.words = "customer-keys revoke",
                   .summary = "Cut a key off for good, from the next call on",
                   .arguments = {id_argument()},
                   .run = revoke_customer_key,
                   .lists = true});
  table.push_back({.words = "customer-keys rotate",
                   .summary = "Give a key a new text, which is shown once",
                   .arguments = {id_argument(),
                                 {.name = "--grace",
                                  .value = "TIME",
                                  .help = "how long the text so far goes on working, as 0s or 12h; default 1d"},
                                 once_json()},
                   .run = rotate_customer_key});
}

void add_key_readers(std::vector<Command>& table) {
  table.push_back({.words = "customer-keys list",
                   .summary = "List the customer keys",
                   .arguments = {search_argument(),
                                 {.name = "--customer", .value = "N", .help = "only this customer's"},
                                 {.name = "--status",
                                  .value = "STATUS",
                                  .help = "only those that stand so",
                                  .choices = {"active", "revoked", "expired"}}},
                   .run = list_customer_keys,
                   .lists = true});
  table.push_back({.words = "customer-keys show",
                   .summary = "Show one key and where its limits stand",
                   .arguments = {id_argument()},
                   .run = show_customer_key,
                   .lists = true});
  table.push_back(
      {.words = "customer-keys stats",
       .summary = "Sum up the calls with a key",
       .arguments = {id_argument(),
                     {.name = "--days", .value = "N", .help = "the last so many days, today included; default 30"}},
       .run = show_customer_key_stats,
       .lists = true});
  table.push_back({.words = "customer-keys activity",
                   .summary = "Show the calls with a key, newest first",
                   .arguments = {id_argument(), {.name = "--rows", .value = "N", .help = "how many; default 50"}},
                   .run = show_customer_key_activity,
                   .lists = true});
}

}  // namespace

void add_customer_commands(std::vector<Command>& table) {
  add_customers(table);
  add_key_readers(table);
  add_keys(table);
  table.push_back({.words = "manage",
                   .summary = "A menu for customer keys: create, list, look at, revoke, and what was called",
                   .details = "Reads the standard input, so it can be scripted; the end of the input is Exit.\n",
                   .run = manage});
}

}  // namespace keyledger::app
