#include "app/command_table.h"
#include "app/commands_billing.h"
#include "app/commands_invoices.h"

// The lines of the table of commands that are about plans, subscriptions and invoices.

namespace keyledger::app {
namespace {

using Arguments = std::vector<Argument>;

void add(std::vector<Command>& table, std::string words, std::string summary, Arguments arguments,
         ExitCode (*run)(Session&), std::string details = {}) {
  table.push_back({.words = std::move(words),
                   .summary = std::move(summary),
                   .details = std::move(details),
                   .arguments = std::move(arguments),
                   .run = run,
                   .lists = true});
}

Arguments plan_fields(bool fresh) {
  const std::string replaces = fresh ? "" : "; replaces them all";
  return {{.name = "--name", .value = "TEXT", .help = "its name; customers see it", .required = fresh},
          {.name = "--description", .value = "TEXT", .help = "anything worth saying about it"},
          {.name = "--currency", .value = "CODE", .help = std::string{"as EUR"} + (fresh ? "; default USD" : "")},
          {.name = "--price", .value = "AMOUNT", .help = "what a month costs, as 19.90"},
          {.name = "--price-by-hand", .help = "each subscription says its own price"},
          {.name = "--trial-days", .value = "N", .help = "days at the beginning for which nothing is charged"},
          {.name = "--charge",
           .value = "METRIC=INCLUDED,PRICE",
           .help = "units in the price and what further ones cost, as rentals=10,1.50; may be repeated" + replaces,
           .many = true},
          {.name = "--limit",
           .value = "METRIC/WINDOW=AMOUNT",
           .help = "a limit of each key, such as rentals/day=5; may be repeated" + replaces,
           .many = true}};
}

Argument price_argument() {
  return {.name = "--price", .value = "AMOUNT", .help = "what a month costs, where the plan's price is by hand"};
}

Argument when_argument(std::string by_default) {
  return {.name = "--when",
          .value = "WHEN",
          .help = "from today on, or from the next period on; default " + std::move(by_default),
          .choices = {"now", "period_end"}};
}

Argument plan_argument(std::string help, bool required) {
  return {.name = "--plan", .value = "N", .help = std::move(help), .required = required};
}

void add_plans(std::vector<Command>& table) {
  const std::string tiers =
      "Prices in steps: rentals=10,100@2.00,1.50 includes ten, takes 2.00 for each further one up to the "
      "hundredth,\nand "
      "1.50 from there on. Without a price, units beyond the included ones are listed but not charged.\n";
  add(table, "plans list", "List the plans", {search_argument(), {.name = "--archived", .help = "archived ones too"}},
      list_plans);
  add(table, "plans show", "Show a plan",
      {id_argument(), {.name = "--versions", .help = "as it was, version by version, newest first"}}, show_plan);
  add(table, "plans create", "Make a plan", plan_fields(true), create_plan, tiers);
  add(table, "plans update", "Change a plan, from each subscription's next period on",
      with(with({id_argument()}, plan_fields(false)),
           {{.name = "--fixed-price", .help = "the plan's own price, no longer by hand"},
            {.name = "--no-charges", .help = "let the monthly price cover everything"},
            {.name = "--no-limits", .help = "let keys go without limits"}}),
      update_plan, tiers);
  add(table, "plans archive", "Take no new subscriptions; those that are there go on", {id_argument()}, archive_plan);
  add(table, "plans restore", "Take new subscriptions again", {id_argument()}, restore_plan);
}

void add_subscriptions(std::vector<Command>& table) {
  add(table, "subscriptions list", "List who has which plan",
      {{.name = "--customer", .value = "N", .help = "only this customer's"}, plan_argument("only to this plan", false)},
      list_subscriptions);
  add(table, "subscriptions show", "Show a subscription", {id_argument()}, show_subscription);
  add(table, "subscriptions start", "Subscribe a customer to a plan, whose limits their keys then have",
      {{.name = "--customer", .value = "N", .help = "which customer, by id", .required = true},
       plan_argument("which plan, by id", true),
       {.name = "--starts", .value = "DAY", .help = "the first day, as 2026-12-01; today when left out"},
       {.name = "--ends", .value = "DAY", .help = "the first day that is no longer subscribed"},
       {.name = "--anchor", .value = "N", .help = "day of the month on which periods begin; that of the first day"},
       price_argument()},
      start_subscription);
  add(table, "subscriptions change", "Give a customer another plan",
      {id_argument(), plan_argument("which plan, by id", true), when_argument("now"), price_argument()},
      change_subscription);
  add(table, "subscriptions cancel", "End a subscription", {id_argument(), when_argument("period_end")},
      cancel_subscription);
  add(table, "subscriptions resume", "Take a cancellation back before it has come true", {id_argument()},
      resume_subscription);
}

Arguments invoice_filters() {
  return {{.name = "--customer", .value = "N", .help = "only this customer's"},
          {.name = "--state",
           .value = "STATE",
           .help = "only those in this state",
           .choices = {"draft", "final", "paid", "credited"}},
          {.name = "--overdue", .help = "only those that are past their day"},
          {.name = "--from", .value = "DAY", .help = "only periods that end on this day or later"},
          {.name = "--to", .value = "DAY", .help = "only periods that end on this day or earlier"}};
}

void add_invoices(std::vector<Command>& table) {
  add(table, "invoices list", "List the invoices, newest first", with({search_argument()}, invoice_filters()),
      list_invoices);
  add(table, "invoices show", "Show an invoice with each step from usage to money", {id_argument()}, show_invoice);
  add(table, "invoices finalise", "Make a draft final, or every draft whose period is over",
      {{.name = "ID", .value = "N", .help = "which one, by its id"},
       {.name = "--all", .help = "every draft that can be, the oldest first"}},
      finalise_invoices, "It gets the next number of the year, and never changes again. Credit notes correct it.\n");
  add(table, "invoices pay", "Mark an invoice as paid",
      {id_argument(),
       {.name = "--at", .value = "TIME", .help = "when, as 2026-12-01T00:00:00Z; now when left out"},
       {.name = "--note", .value = "TEXT", .help = "how, or what for"}},
      pay_invoice);
  add(table, "invoices credit", "Take an invoice back, or a part of it, by a credit note",
      {id_argument(),
       {.name = "--reason", .value = "TEXT", .help = "why; stands on the credit note", .required = true},
       {.name = "--total", .value = "AMOUNT", .help = "how much, tax included; all that is left when left out"}},
      credit_invoice);
  add(table, "invoices preview", "Show a customer's charges so far",
      {{.name = "ID", .value = "N", .help = "which customer, by id", .required = true}}, preview_invoice);
  table.push_back({.words = "invoices export",
                   .summary = "Print invoices as CSV, a row for each step",
                   .arguments = with({search_argument()}, invoice_filters()),
                   .run = export_invoices});
  add(table, "customers billing", "Show or change what stands on a customer's invoices",
      {id_argument(),
       {.name = "--name", .value = "TEXT", .help = "whom they are made out to; the customer's name when empty"},
       {.name = "--address", .value = "TEXT", .help = "the address"},
       {.name = "--tax-id", .value = "TEXT", .help = "as VAT numbers"},
       {.name = "--tax-rate", .value = "PER CENT", .help = "as 19 or 8.375"},
       {.name = "--tax-included", .help = "the plan's prices have the tax in them"},
       {.name = "--tax-excluded", .help = "the tax is added to the plan's prices"},
       {.name = "--notes", .value = "TEXT", .help = "stands on each of their invoices"},
       {.name = "--lift-arrears", .help = "let them on, who were suspended for overdue invoices"}},
      show_customer_billing);
}

}  // namespace

void add_billing_commands(std::vector<Command>& table) {
  add_plans(table);
  add_subscriptions(table);
  add_invoices(table);
}

}  // namespace keyledger::app
