#include "app/command_table.h"
#include "app/commands.h"
#include "app/commands_invoices.h"

namespace keyledger::app {
namespace {

std::vector<Argument> range_arguments() {
  return {{.name = "--days", .value = "N", .help = "the last so many days, today included; default 30"},
          {.name = "--from", .value = "DAY", .help = "first day, as 2026-11-01"},
          {.name = "--to", .value = "DAY", .help = "last day, itself included"},
          {.name = "--customer", .value = "N", .help = "only this customer's"},
          {.name = "--key", .value = "N", .help = "only this customer key's"}};
}

Argument website_argument() {
  return {.name = "--website", .value = "NAME", .help = "only about this website"};
}

Argument limit_argument() {
  return {.name = "--limit", .value = "N", .help = "so many lines at most; default 20"};
}

}  // namespace

void add_report_commands(std::vector<Command>& table) {
  table.push_back({.words = "report popular-accounts",
                   .summary = "Which accounts are rented most",
                   .arguments = with(range_arguments(), {website_argument(), limit_argument()}),
                   .run = report_popular_accounts,
                   .lists = true});
  table.push_back({.words = "report peak-times",
                   .summary = "At which hours of the week most is going on",
                   .details = "Averages per hour of that weekday, on the clocks of the installation.",
                   .arguments = with(range_arguments(), {website_argument(),
                                                         {.name = "--metric",
                                                          .value = "WHAT",
                                                          .help = "what is counted; default calls",
                                                          .choices = {"calls", "rentals"}}}),
                   .run = report_peak_times,
                   .lists = true});
  table.push_back({.words = "report websites",
                   .summary = "Which websites are asked for most",
                   .arguments = with(range_arguments(), {limit_argument()}),
                   .run = report_websites,
                   .lists = true});
  table.push_back({.words = "report outcomes",
                   .summary = "What became of calls, and why they were refused",
                   .arguments = with(range_arguments(), {website_argument(),
                                                         {.name = "--by",
                                                          .value = "WHAT",
                                                          .help = "what a line is; default status",
                                                          .choices = {"status", "action", "day"}}}),
                   .run = report_outcomes,
                   .lists = true});
  table.push_back(
      {.words = "report revenue",
       .summary = "What was billed and earned, by customer, plan and month",
       .details = "Net of tax. What is open counts as earned, rated now. Currencies are never added.",
       .arguments = {{.name = "--from", .value = "MONTH", .help = "first month, as 2026-01; default the last twelve"},
                     {.name = "--to", .value = "MONTH", .help = "last month, itself included"},
                     {.name = "--customer", .value = "N", .help = "only of this customer"},
                     {.name = "--plan", .value = "N", .help = "only of this plan"},
                     limit_argument()},
       .run = report_revenue,
       .lists = true});
  table.push_back(
      {.words = "report top-customers",
       .summary = "Which customers use and pay most",
       .arguments = {{.name = "--days", .value = "N", .help = "the last so many days, today included; default 30"},
                     {.name = "--from", .value = "DAY", .help = "first day, as 2026-11-01"},
                     {.name = "--to", .value = "DAY", .help = "last day, itself included"},
                     {.name = "--by",
                      .value = "WHAT",
                      .help = "what they are in order of; default revenue",
                      .choices = {"revenue", "calls", "rentals"}},
                     limit_argument()},
       .run = report_top_customers,
       .lists = true});
}

}  // namespace keyledger::app
