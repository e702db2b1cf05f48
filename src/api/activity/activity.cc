#include <charconv>

#include "api/activity/cursor.h"
#include "api/activity/lines.h"
#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"

namespace keyledger::api {
namespace {

using service::ActivityLine;
using service::ActivityPage;
using service::ActivityQuery;
using service::DetailedStats;

constexpr std::int64_t kDaysDefault = 30;
constexpr std::int64_t kDaysMax = 366;

/// The words and times of the query; whose activity it is, is read apart.
Result<ActivityQuery> activity_query(const net::Request& request) {
  ActivityQuery query;
  const Result<std::int64_t> limit = page_limit(request);
  if (!limit) return std::unexpected(limit.error());
  Result<std::optional<service::ActivityCursor>> cursor = read_activity_cursor(request);
  if (!cursor) return std::unexpected(cursor.error());
  Result<std::optional<std::string>> action = query_text(request, "action");
  if (!action) return std::unexpected(action.error());
  Result<std::optional<std::string>> website = query_text(request, "website");
  if (!website) return std::unexpected(website.error());
  const auto status = query_word<ledger::Status>(request, "status");
  if (!status) return std::unexpected(status.error());
  const Result<std::optional<Instant>> from = query_instant(request, "from");
  if (!from) return std::unexpected(from.error());
  const Result<std::optional<Instant>> to = query_instant(request, "to");
  if (!to) return std::unexpected(to.error());
  if (*from && *to && **from > **to) {
    return fail(Code::invalid_argument, "from is after to; turn them round.", "range_reversed", "from");
  }
  query.limit = *limit;
  query.cursor = std::move(*cursor);
  query.action = std::move(*action);
  query.website = std::move(*website);
  query.status = *status;
  query.from = *from;
  query.to = *to;
  return query;
}

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

Reply activity_reply(const ActivityPage& page) {
  json::Writer out;
  out.begin_object().name("data").begin_array();
  for (const ActivityLine& line : page.lines) write_line(out, line);
  out.end_array().name("next_cursor");
  if (page.next) {
    out.string(write_activity_cursor(*page.next));
  } else {
    out.null();
  }
  out.end_object();
  return net::json_reply(200, out.take());
}

/// The totals, and beside them the days and the outcomes.
Reply stats_reply(const DetailedStats& stats) {
  json::Writer out;
  out.begin_object();
  json::write_members(out, stats.totals);
  json::write(out.name("days"), stats.days);
  json::write(out.name("outcomes"), stats.outcomes);
  out.end_object();
  return net::json_reply(200, out.take());
}

Task<Result<Reply>> page_of(const Services* services, ActivityQuery query) {
  const Result<ActivityPage> page = co_await services->activity->list(std::move(query));
  if (!page) co_return std::unexpected(page.error());
  co_return activity_reply(*page);
}

Task<Result<Reply>> stats_of(const Services* services, std::optional<CustomerKeyId> id, std::int64_t days) {
  const Result<DetailedStats> stats = co_await services->activity->detailed_stats(id, days);
  if (!stats) co_return std::unexpected(stats.error());
  co_return stats_reply(*stats);
}

}  // namespace

Task<Result<Reply>> list_activity(const Services* services, Call call) {
  Result<ActivityQuery> query = activity_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const Result<std::optional<CustomerKeyId>> key = query_id<CustomerKeyId>(call.request, "key_id");
  if (!key) co_return std::unexpected(key.error());
  const Result<std::optional<CustomerId>> customer = query_id<CustomerId>(call.request, "customer_id");
  if (!customer) co_return std::unexpected(customer.error());
  query->key_id = *key;
  query->customer_id = *customer;
  Result<Reply> reply = co_await page_of(services, std::move(*query));
  co_return reply;
}

Task<Result<Reply>> list_key_activity(const Services* services, Call call) {
  const Result<CustomerKeyId> id = path_id<CustomerKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<ActivityQuery> query = activity_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  query->key_id = *id;
  Result<Reply> reply = co_await page_of(services, std::move(*query));
  co_return reply;
}

Task<Result<Reply>> get_key_stats(const Services* services, Call call) {
  const Result<CustomerKeyId> id = path_id<CustomerKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<std::int64_t> days = query_days(call.request);
  if (!days) co_return std::unexpected(days.error());
  Result<Reply> reply = co_await stats_of(services, *id, *days);
  co_return reply;
}

Task<Result<Reply>> get_stats(const Services* services, Call call) {
  const Result<std::int64_t> days = query_days(call.request);
  if (!days) co_return std::unexpected(days.error());
  Result<Reply> reply = co_await stats_of(services, std::nullopt, *days);
  co_return reply;
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
