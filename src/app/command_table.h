// app/command_table.h: the pieces of the table of commands, for the files that it is made from.
#pragma once

#include <vector>

#include "app/command.h"

namespace keyledger::app {

[[nodiscard]] inline Argument id_argument() {
  return {.name = "ID", .value = "N", .help = "which one, by its id", .required = true};
}
[[nodiscard]] inline Argument search_argument() {
  return {.name = "--search", .value = "TEXT", .help = "only those that have this text in them"};
}
[[nodiscard]] inline std::vector<Argument> with(std::vector<Argument> arguments, std::vector<Argument> more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// customers, customer-keys and manage.
void add_customer_commands(std::vector<Command>& table);
/// websites, rental-accounts and rentals.
void add_rental_commands(std::vector<Command>& table);
/// plans, subscriptions and invoices.
void add_billing_commands(std::vector<Command>& table);
/// webhooks.
void add_webhook_commands(std::vector<Command>& table);
/// report.
void add_report_commands(std::vector<Command>& table);

}  // namespace keyledger::app
