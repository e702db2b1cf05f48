#include <fmt/format.h>

#include "app/pretend/answers.h"

namespace keyledger::app::pretend {
namespace {

constexpr std::int64_t kMonthQuota = 2000;
constexpr std::int64_t kUsed = 731;

Reply search(const Request& request, Instant now) {
  static const std::vector<DemoKey> kKeys = brave_keys();
  if (caller(kKeys, request) == nullptr) {
    return net::json_reply(422, R"({"type":"ErrorResponse","error":{"id":"demo","status":422,)"
                                R"("code":"SUBSCRIPTION_TOKEN_INVALID",)"
                                R"("detail":"The provided subscription token is invalid."}})");
  }
  const std::chrono::year_month_day today{day_of(now)};
  const Day next_month = std::chrono::sys_days{(today.year() / today.month() + std::chrono::months{1}) / 1};
  const auto left = std::chrono::floor<std::chrono::seconds>(Instant{next_month} - now);
  Reply reply = net::json_reply(200, R"({"type":"search","query":{"original":"demo"},"web":{"results":[]}})");
  const std::pair<std::string, std::string> quota[] = {
      {"Limit", fmt::format("1, {}", kMonthQuota)},
      {"Policy", fmt::format("1;w=1, {};w=2592000", kMonthQuota)},
      {"Remaining", fmt::format("1, {}", kMonthQuota - kUsed)},
      {"Reset", fmt::format("1, {}", left.count())},
  };
  for (const auto& [name, value] : quota) reply.headers.add("X-RateLimit-" + name, value);
  return reply;
}

}  // namespace

void add_brave(std::vector<net::Route>& routes, const Clock* clock) {
  routes.push_back(route(net::Method::get, "/brave/v1/web/search",
                         [clock](const Request& request) { return search(request, clock->now()); }));
}

}  // namespace keyledger::app::pretend
