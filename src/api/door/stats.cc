// What a customer's program may know about its own key.
#include "api/door/answers.h"
#include "api/door/customer_call.h"
#include "api/handlers.h"
#include "api/query.h"
#include "service/customers/customer_keys.h"

namespace keyledger::api {
namespace {

constexpr std::int64_t kDaysDefault = 30;
constexpr std::int64_t kDaysMax = 366;
constexpr std::int64_t kRecentLines = 10;

Result<std::int64_t> read_days(const net::Request& request) {
  const std::optional<std::string_view> text = request.query_value("days");
  if (!text) return kDaysDefault;
  const Result<std::int64_t> days = positive(*text, "days");
  if (days && *days <= kDaysMax) return *days;
  return fail(Code::invalid_argument, "days is a whole number from 1 to 366.", "out_of_range", "days");
}

OwnKey own_key(const service::CustomerKeyView& key, const service::Admitted& admitted) {
  OwnKey own{key.name, key.total_requests, key.rate_limit, std::nullopt, key.created_at};
  for (const limits::LimitStanding& standing : std::span{admitted.standings}.first(admitted.standings_count)) {
    const bool daily = standing.metric == limits::Metric::requests && standing.window == limits::Window::day;
    if (daily) own.remaining_today = standing.remaining;
  }
  return own;
}

}  // namespace

Task<Result<Reply>> get_my_stats(const Services* services, Call call) {
  const Result<std::int64_t> days = read_days(call.request);
  if (!days) co_return std::unexpected(days.error());
  const service::Admitted& admitted = call.customer->admitted;
  Result<service::CallStats> stats = co_await services->activity->stats(admitted.key_id, *days);
  if (!stats) co_return std::unexpected(stats.error());
  service::ActivityQuery query;
  query.key_id = admitted.key_id;
  query.limit = kRecentLines;
  Result<service::ActivityPage> recent = co_await services->activity->list(std::move(query));
  if (!recent) co_return std::unexpected(recent.error());
  Result<service::CustomerKeyView> key = co_await services->customer_keys->get(admitted.key_id);
  if (!key) co_return std::unexpected(key.error());
  co_return net::json_reply(200, write_stats(own_key(*key, admitted), *stats, recent->lines, services->clock->now()));
}

}  // namespace keyledger::api
