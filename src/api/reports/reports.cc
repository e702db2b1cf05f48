// What is rented most, when most is going on, and what became of calls.
#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"
#include "api/reports/asked.h"
#include "api/reports/grouping.h"

namespace keyledger::api {
namespace {

using service::CallReportQuery;
using service::OutcomeDay;
using service::OutcomeReport;

/// The members as they are described, but for the days, whose counts stand beside the date.
Reply outcomes_reply(const OutcomeReport& report) {
  json::Writer out;
  out.begin_object();
  json::write(out.name("from"), report.from);
  json::write(out.name("to"), report.to);
  json::write(out.name("timezone"), report.timezone);
  json::write(out.name("total"), report.total);
  json::write(out.name("success_share"), report.success_share);
  json::write(out.name("data"), report.data);
  out.name("days").begin_array();
  for (const OutcomeDay& day : report.days) {
    json::write(out.begin_object().name("day"), day.day);
    json::write_members(out, day.counts);
    out.end_object();
  }
  out.end_array().end_object();
  return net::json_reply(200, out.take());
}

}  // namespace

Task<Result<Reply>> get_popular_accounts(const Services* services, Call call) {
  Result<CallReportQuery> query = report_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const Result<std::int64_t> limit = report_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const auto report = co_await services->call_reports->popular_accounts(std::move(*query), *limit);
  if (!report) co_return std::unexpected(report.error());
  co_return ok(*report);
}

Task<Result<Reply>> get_popular_websites(const Services* services, Call call) {
  Result<CallReportQuery> query = report_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const Result<std::int64_t> limit = report_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const auto report = co_await services->call_reports->websites(std::move(*query), *limit);
  if (!report) co_return std::unexpected(report.error());
  co_return ok(*report);
}

Task<Result<Reply>> get_peak_times(const Services* services, Call call) {
  Result<CallReportQuery> query = report_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const auto metric = query_word<service::PeakMetric>(call.request, "metric");
  if (!metric) co_return std::unexpected(metric.error());
  const service::PeakMetric counted = metric->value_or(service::PeakMetric::calls);
  const auto report = co_await services->call_reports->peak_times(std::move(*query), counted);
  if (!report) co_return std::unexpected(report.error());
  co_return ok(*report);
}

Task<Result<Reply>> get_outcomes(const Services* services, Call call) {
  Result<CallReportQuery> query = report_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const auto grouping = query_word<OutcomeGrouping>(call.request, "group_by");
  if (!grouping) co_return std::unexpected(grouping.error());
  const bool by_action = *grouping == OutcomeGrouping::action;
  const auto report = co_await services->call_reports->outcomes(std::move(*query), by_action);
  if (!report) co_return std::unexpected(report.error());
  co_return outcomes_reply(*report);
}

}  // namespace keyledger::api
