// The reports as CSV files. A report is one list that its sums need in memory anyway, so its file is one page.
#include "api/csv.h"
#include "api/handlers.h"
#include "api/query.h"
#include "api/range.h"
#include "api/reports/asked.h"
#include "api/reports/grouping.h"

namespace keyledger::api {
namespace {

using service::CallReportQuery;

using Row = std::vector<std::string>;

std::string number(std::int64_t value) {
  return std::to_string(value);
}

std::string yes_no(bool value) {
  return value ? "true" : "false";
}

template <typename T>
std::string word(T value) {
  return boost::describe::enum_to_string(value, "unknown");
}

Task<Result<CsvPage>> page_of(std::vector<Row> rows) {
  co_return CsvPage{.rows = std::move(rows)};
}

template <typename Report>
Task<Result<Reply>> file_of(std::string what, const Report& report, std::vector<std::string> columns,
                            std::vector<Row> rows) {
  return csv_reply(csv_file_name(what, report.from, report.to, report.timezone), std::move(columns),
                   [rows = std::move(rows)](std::optional<std::string>) { return page_of(rows); });
}

std::vector<Row> rows_of(const service::PopularAccounts& report) {
  std::vector<Row> rows;
  for (const service::PopularAccount& line : report.data) {
    rows.push_back({number(line.account_id.value), line.website, line.username, number(line.rentals),
                    number(line.customers), line.hours, number(line.share), yes_no(line.removed)});
  }
  return rows;
}

std::vector<Row> rows_of(const service::PopularWebsites& report) {
  std::vector<Row> rows;
  for (const service::PopularWebsite& line : report.data) {
    rows.push_back({number(line.website_id.value), line.website, number(line.rentals), number(line.customers),
                    number(line.calls), number(line.refused_no_account), number(line.account_count), number(line.share),
                    yes_no(line.removed)});
  }
  return rows;
}

std::vector<Row> rows_of(const service::PeakTimes& report) {
  std::vector<Row> rows;
  for (const service::PeakCell& cell : report.cells) {
    rows.push_back({number(cell.weekday), number(cell.hour), number(cell.calls), number(cell.occurrences),
                    cell.average.value_or("")});
  }
  return rows;
}

std::vector<Row> outcome_rows(const service::OutcomeReport& report) {
  std::vector<Row> rows;
  for (const service::OutcomeLine& line : report.data) {
    rows.push_back({word(line.status), line.action.value_or(""), number(line.calls), number(line.share)});
  }
  return rows;
}

std::vector<Row> day_rows(const service::OutcomeReport& report) {
  std::vector<Row> rows;
  for (const service::OutcomeDay& day : report.days) {
    const auto& counts = day.counts;
    rows.push_back({to_string(day.day), number(counts.success), number(counts.rate_limited), number(counts.error),
                    number(counts.unknown_or_revoked), number(counts.other_refused), number(counts.total)});
  }
  return rows;
}

}  // namespace

Task<Result<Reply>> get_popular_accounts_csv(const Services* services, Call call) {
  Result<CallReportQuery> query = report_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const auto report = co_await services->call_reports->popular_accounts(std::move(*query), std::nullopt);
  if (!report) co_return std::unexpected(report.error());
  std::vector<std::string> columns{"account_id", "website", "username", "rentals",
                                   "customers",  "hours",   "share",    "removed"};
  Result<Reply> reply = co_await file_of("popular-accounts", *report, std::move(columns), rows_of(*report));
  co_return reply;
}

Task<Result<Reply>> get_popular_websites_csv(const Services* services, Call call) {
  Result<CallReportQuery> query = report_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const auto report = co_await services->call_reports->websites(std::move(*query), std::nullopt);
  if (!report) co_return std::unexpected(report.error());
  std::vector<std::string> columns{"website_id",         "website",       "rentals", "customers", "calls",
                                   "refused_no_account", "account_count", "share",   "removed"};
  Result<Reply> reply = co_await file_of("websites", *report, std::move(columns), rows_of(*report));
  co_return reply;
}

Task<Result<Reply>> get_peak_times_csv(const Services* services, Call call) {
  Result<CallReportQuery> query = report_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const auto metric = query_word<service::PeakMetric>(call.request, "metric");
  if (!metric) co_return std::unexpected(metric.error());
  const service::PeakMetric counted = metric->value_or(service::PeakMetric::calls);
  const auto report = co_await services->call_reports->peak_times(std::move(*query), counted);
  if (!report) co_return std::unexpected(report.error());
  std::vector<std::string> columns{"weekday", "hour", word(counted), "occurrences", "average"};
  Result<Reply> reply = co_await file_of("peak-times", *report, std::move(columns), rows_of(*report));
  co_return reply;
}

Task<Result<Reply>> get_outcomes_csv(const Services* services, Call call) {
  Result<CallReportQuery> query = report_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const auto grouping = query_word<OutcomeFileGrouping>(call.request, "group_by");
  if (!grouping) co_return std::unexpected(grouping.error());
  const bool by_action = *grouping == OutcomeFileGrouping::action;
  const auto report = co_await services->call_reports->outcomes(std::move(*query), by_action);
  if (!report) co_return std::unexpected(report.error());
  std::vector<std::string> columns{"status", "action", "calls", "share"};
  std::vector<Row> rows;
  if (*grouping == OutcomeFileGrouping::day) {
    columns = {"day", "success", "rate_limited", "error", "unknown_or_revoked", "other_refused", "total"};
    rows = day_rows(*report);
  } else {
    rows = outcome_rows(*report);
  }
  Result<Reply> reply = co_await file_of("outcomes", *report, std::move(columns), std::move(rows));
  co_return reply;
}

}  // namespace keyledger::api
