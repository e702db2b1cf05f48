// What was billed and earned, and who uses and pays most: as tables with small bars.
#include <fmt/format.h>

#include <algorithm>

#include "app/bars.h"
#include "app/commands_invoices.h"
#include "app/report_views.h"
#include "base/money.h"

namespace keyledger::app {
namespace {

using json::Value;

const Columns kRevenue{{"Customer", "customer_name", Kind::text, true},
                       {"Plan", "plan_name", Kind::text, true},
                       {"Month", "month"},
                       {"Billed", "billed", Kind::money},
                       {"Credited", "credited", Kind::money},
                       {"Earned", "earned", Kind::money}};
const Columns kMonths{{"Month", "month"},
                      {"Billed", "billed", Kind::money},
                      {"Credited", "credited", Kind::money},
                      {"Earned", "earned", Kind::money}};
const Columns kTop{{"Customer", "customer_name", Kind::text, true},
                   {"Calls", "calls", Kind::number},
                   {"Refused", "refused", Kind::number},
                   {"Rentals", "rentals", Kind::number},
                   {"Revenue", "revenue", Kind::money}};

std::int64_t nanos_of(const Value& money) {
  const Result<Amount> amount = parse_amount(money["amount"].text().value_or("0"));
  return amount ? amount->nanos : 0;
}

/// Billed, less what was credited, and earned.
std::int64_t net_of(const Value& sums) {
  return nanos_of(sums["billed"]) - nanos_of(sums["credited"]) + nanos_of(sums["earned"]);
}

/// The months of each currency apart: bars of two are not to be compared.
std::string months_text(const Value& report, const TableStyle& style) {
  std::string text;
  for (const Value& total : report["totals"].items()) {
    const std::string_view currency = total["billed"]["currency"].text().value_or("");
    json::Array rows;
    for (const Value& month : report["months"].items()) {
      if (month["billed"]["currency"].text() == currency) rows.push_back(month);
    }
    text += "\n" + barred(kMonths, rows, net_of, style);
  }
  return text;
}

std::string revenue_text(const Value& report, const TableStyle& style) {
  std::string text = span_text(report);
  std::string sums;
  for (const Value& total : report["totals"].items()) {
    sums += fmt::format("{}{} billed, {} of it credited, {} earned so far", sums.empty() ? "" : "; ",
                        money_text(total["billed"]), money_text(total["credited"]), money_text(total["earned"]));
  }
  text += (sums.empty() ? "no revenue" : sums) + "\n";
  text += months_text(report, style);
  const json::Array& rows = report["data"].items();
  if (!rows.empty()) text += "\n" + to_table(kRevenue, rows, style);
  return text;
}

std::string top_text(const Value& report, const TableStyle& style) {
  const Value& total = report["total"];
  std::string text = span_text(report) + fmt::format("{} calls, {} of them refused, {} rentals; customers: {}\n",
                                                     number_text(total, "calls"), number_text(total, "refused"),
                                                     number_text(total, "rentals"), number_text(report, "count"));
  const json::Array& rows = report["data"].items();
  if (!rows.empty()) text += "\n" + barred(kTop, rows, "share", style);
  return text;
}

}  // namespace

ExitCode report_revenue(Session& session) {
  Target target{"/api/reports/revenue"};
  for (const auto& [option, parameter] :
       {std::pair{"--customer", "customer_id"}, {"--plan", "plan_id"}, {"--limit", "limit"}}) {
    const Result<std::optional<std::string>> value = session.number(option);
    if (!value) return session.failed(value.error());
    target.with(parameter, value->value_or(""));
  }
  target.with("from", session.text("--from")).with("to", session.text("--to"));
  const Columns file = of_file({{"", "customer_id"}, {"", "plan_id"}}, kRevenue);
  return show_report(session, target, {.rows = "data", .file = file, .text = revenue_text});
}

ExitCode report_top_customers(Session& session) {
  Target target{"/api/reports/top-customers"};
  for (const auto& [option, parameter] : {std::pair{"--days", "days"}, {"--limit", "limit"}}) {
    const Result<std::optional<std::string>> value = session.number(option);
    if (!value) return session.failed(value.error());
    target.with(parameter, value->value_or(""));
  }
  target.with("from", session.text("--from")).with("to", session.text("--to")).with("by", session.text("--by"));
  const Columns file = of_file({{"", "customer_id"}}, of_file(kTop, {{"", "share"}}));
  return show_report(session, target, {.rows = "data", .file = file, .text = top_text});
}

}  // namespace keyledger::app
