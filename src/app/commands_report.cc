// What is rented most, when most is going on, and what became of calls: as tables with small bars.
#include <fmt/format.h>

#include <algorithm>

#include "app/bars.h"
#include "app/commands.h"
#include "app/report_views.h"

namespace keyledger::app {
namespace {

using json::Value;

constexpr std::int64_t kHours = 24;

const Columns kAccounts{{"Account", "username", Kind::text, true},
                        {"Website", "website", Kind::text, true},
                        {"Rentals", "rentals", Kind::number},
                        {"Customers", "customers", Kind::number},
                        {"Hours", "hours", Kind::number}};
const Columns kWebsites{{"Website", "website", Kind::text, true},          {"Rentals", "rentals", Kind::number},
                        {"Customers", "customers", Kind::number},          {"Calls", "calls", Kind::number},
                        {"None free", "refused_no_account", Kind::number}, {"Accounts", "account_count", Kind::number}};
const Columns kOutcomes{{"Outcome", "status", Kind::status}, {"Calls", "calls", Kind::number}};
const Columns kOutcomesByAction{
    {"Outcome", "status", Kind::status}, {"Action", "action"}, {"Calls", "calls", Kind::number}};
const Columns kOutcomeDays{{"Day", "day"},
                           {"Succeeded", "success", Kind::number},
                           {"Rate limited", "rate_limited", Kind::number},
                           {"Failed", "error", Kind::number},
                           {"Revoked", "unknown_or_revoked", Kind::number},
                           {"Other", "other_refused", Kind::number},
                           {"All", "total", Kind::number}};

/// The options that all reports share.
Result<Target> report_target(const Session& session, std::string path) {
  Target target{std::move(path)};
  for (const auto& [option, parameter] :
       {std::pair{"--days", "days"}, {"--customer", "customer_id"}, {"--key", "key_id"}, {"--limit", "limit"}}) {
    const Result<std::optional<std::string>> value = session.number(option);
    if (!value) return std::unexpected(value.error());
    target.with(parameter, value->value_or(""));
  }
  target.with("from", session.text("--from")).with("to", session.text("--to"));
  target.with("website", session.text("--website"));
  return target;
}

std::string accounts_text(const Value& report, const TableStyle& style) {
  const Value& total = report["total"];
  std::string text = span_text(report) + fmt::format("{} rentals, {} hours; {} accounts rented, {} idle\n",
                                                     number_text(total, "rentals"), number_text(total, "hours"),
                                                     number_text(report, "count"), number_text(report, "idle_count"));
  const json::Array& rows = report["data"].items();
  if (!rows.empty()) text += "\n" + barred(kAccounts, rows, "rentals", style);
  return text;
}

std::string websites_text(const Value& report, const TableStyle& style) {
  const Value& total = report["total"];
  std::string text =
      span_text(report) + fmt::format("{} rentals by {} customers, {} calls; {} times none was free\n",
                                      number_text(total, "rentals"), number_text(total, "customers"),
                                      number_text(total, "calls"), number_text(total, "refused_no_account"));
  const json::Array& rows = report["data"].items();
  if (!rows.empty()) text += "\n" + barred(kWebsites, rows, "rentals", style);
  return text;
}

/// The average of a cell in hundredths, as far as bars need it.
std::int64_t hundredths(const Value& cell) {
  const std::int64_t occurrences = integer(cell, "occurrences");
  return occurrences == 0 ? 0 : integer(cell, "calls") * 100 / occurrences;
}

/// A line for each day of the week, a column for each hour; a dot where the range does not have it.
std::string week_lines(const json::Array& cells, bool colour) {
  static constexpr std::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  std::int64_t largest = 0;
  for (const Value& cell : cells) largest = std::max(largest, hundredths(cell));
  std::string text = "     0     6     12    18\n";
  std::string line;
  for (const Value& cell : cells) {
    line += cell["average"].is_null() ? "·" : column_of(hundredths(cell), largest);
    if (integer(cell, "hour") + 1 < kHours) continue;
    const auto day = static_cast<std::size_t>(std::clamp<std::int64_t>(integer(cell, "weekday"), 1, 7) - 1);
    text += fmt::format("{}  {}\n", kDays[day], toned(line, Tone::good, colour));
    line.clear();
  }
  return text;
}

std::string peaks_text(const Value& report, const TableStyle& style) {
  static constexpr std::string_view kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                               "Friday", "Saturday", "Sunday"};
  const Value& peak = report["peak"];
  std::string text =
      span_text(report) + fmt::format("{} {}", number_text(report, "total"), report["metric"].text().value_or("?"));
  if (peak.is_null()) return text + "\n";
  const auto day = static_cast<std::size_t>(std::clamp<std::int64_t>(integer(peak, "weekday"), 1, 7) - 1);
  text += fmt::format("; most on {} from {}:00 on, {} an hour\n\n", kDays[day], integer(peak, "hour"),
                      peak["average"].text().value_or("?"));
  return text + week_lines(report["cells"].items(), style.colour);
}

std::string outcomes_head(const Value& report) {
  return span_text(report) + fmt::format("{} calls, {} of them succeeded\n", number_text(report, "total"),
                                         percent(report["success_share"]));
}

}  // namespace

ExitCode report_popular_accounts(Session& session) {
  return show_report(session, report_target(session, "/api/reports/popular-accounts"),
                     {.rows = "data",
                      .file = of_file({{"", "account_id"}}, of_file(kAccounts, {{"", "share"}, {"", "removed"}})),
                      .text = accounts_text});
}

ExitCode report_websites(Session& session) {
  return show_report(session, report_target(session, "/api/reports/websites"),
                     {.rows = "data",
                      .file = of_file({{"", "website_id"}}, of_file(kWebsites, {{"", "share"}, {"", "removed"}})),
                      .text = websites_text});
}

ExitCode report_peak_times(Session& session) {
  Result<Target> target = report_target(session, "/api/reports/peak-times");
  if (target) target->with("metric", session.text("--metric"));
  return show_report(session, target,
                     {.rows = "cells",
                      .file = {{"", "weekday"}, {"", "hour"}, {"", "calls"}, {"", "occurrences"}, {"", "average"}},
                      .text = peaks_text});
}

ExitCode report_outcomes(Session& session) {
  const std::string by = session.text("--by");
  Result<Target> target = report_target(session, "/api/reports/outcomes");
  if (target && by == "action") target->with("group_by", by);
  if (by == "day") {
    return show_report(session, target,
                       {.rows = "days", .file = kOutcomeDays, .text = [](const Value& report, const TableStyle& style) {
                          return outcomes_head(report) + "\n" + to_table(kOutcomeDays, report["days"].items(), style);
                        }});
  }
  const Columns& columns = by == "action" ? kOutcomesByAction : kOutcomes;
  return show_report(session, target,
                     {.rows = "data",
                      .file = of_file(columns, {{"", "share"}}),
                      .text = [&columns](const Value& report, const TableStyle& style) {
                        const json::Array& rows = report["data"].items();
                        const std::string head = outcomes_head(report);
                        return rows.empty() ? head : head + "\n" + barred(columns, rows, "calls", style);
                      }});
}

}  // namespace keyledger::app
