#include "service/ledger/activity.h"

#include <charconv>

#include "api/handlers.h"
#include "api/query.h"
#include "api/range.h"
#include "api/replies.h"

namespace keyledger::api {
namespace {

using service::DetailedStats;

constexpr std::int64_t kDaysDefault = 30;
constexpr std::int64_t kDaysMax = 366;

/// How many days, today included. Errors: invalid_argument, reason out_of_range.
Result<std::int64_t> query_days(const net::Request& request) {
  const std::optional<std::string_view> text = request.query_value("days");
  if (!text) return kDaysDefault;
  std::int64_t days = 0;
  const char* const end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, days);
  if (error == std::errc{} && rest == end && days >= 1 && days <= kDaysMax) return days;
  return fail(Code::invalid_argument, "days is a whole number from 1 to " + std::to_string(kDaysMax) + ".",
              "out_of_range", "days");
}

/// The totals, and beside them the days and the outcomes.
void write_stats(json::Writer& out, const DetailedStats& stats) {
  json::write_members(out, stats.totals);
  json::write(out.name("days"), stats.days);
  json::write(out.name("outcomes"), stats.outcomes);
}

}  // namespace

Task<Result<Reply>> get_key_stats(const Services* services, Call call) {
  const Result<CustomerKeyId> id = path_id<CustomerKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<std::int64_t> days = query_days(call.request);
  if (!days) co_return std::unexpected(days.error());
  const Result<DetailedStats> stats = co_await services->activity->detailed_stats(*id, *days);
  if (!stats) co_return std::unexpected(stats.error());
  json::Writer out;
  out.begin_object();
  write_stats(out, *stats);
  out.end_object();
  co_return net::json_reply(200, out.take());
}

Task<Result<Reply>> get_stats(const Services* services, Call call) {
  const Result<RangeAsked> range = query_range(call.request);
  if (!range) co_return std::unexpected(range.error());
  const Result<std::optional<CustomerId>> customer = query_id<CustomerId>(call.request, "customer_id");
  if (!customer) co_return std::unexpected(customer.error());
  const service::SpanAsked asked{range->days, range->from, range->to};
  const Result<service::PeriodStats> stats = co_await services->activity->period_stats(asked, *customer);
  if (!stats) co_return std::unexpected(stats.error());
  json::Writer out;
  out.begin_object();
  write_stats(out, stats->stats);
  json::write_members(out, *stats);
  out.end_object();
  co_return net::json_reply(200, out.take());
}

Task<Result<Reply>> get_ledger_stats(const Services* services, Call) {
  const Result<service::LedgerStats> stats = co_await services->activity->ledger_stats();
  if (!stats) co_return std::unexpected(stats.error());
  co_return ok(*stats);
}

Task<Result<Reply>> verify_ledger(const Services* services, Call) {
  const Result<service::LedgerState> state = co_await services->activity->verify();
  if (!state) co_return std::unexpected(state.error());
  co_return ok(*state);
}

}  // namespace keyledger::api
