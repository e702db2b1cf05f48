#include "api/door/rate_limit.h"

#include <fmt/format.h>

#include <array>

#include "api/door/fields.h"

namespace keyledger::api {
namespace {

using limits::LimitStanding;
using limits::Metric;
using limits::Window;
using std::chrono::seconds;

constexpr seconds kWorthWaiting{60};
constexpr seconds kUnknownWait{60};

/// How long a window is, as a policy that does not change says it: days of 23 and 25 hours are days, and a month is the
/// longest one, so that nobody who spreads calls over it makes too many.
std::int64_t window_seconds(Window window) {
  switch (window) {
    case Window::second: return 1;
    case Window::minute: return 60;
    case Window::hour: return 3'600;
    case Window::day: return 86'400;
    case Window::month: return 31 * 86'400;
    case Window::at_once: return 0;
  }
  std::unreachable();
}

std::int64_t seconds_until(Instant then, Instant now) {
  return std::max<std::int64_t>(0, std::chrono::ceil<seconds>(then - now).count());
}

/// The draft's units are requests, bytes and requests at once; a client that does not know ours leaves the item alone.
std::string_view unit_of(Metric metric) {
  return metric == Metric::requests ? "" : R"(;qu="rentals")";
}

void append_number(std::string& out, std::int64_t number) {
  const fmt::format_int digits{number};
  out.append(digits.data(), digits.size());
}

/// "requests_per_day";q=100;w=86400
void append_policy(std::string& out, const LimitStanding& standing) {
  out.append(1, '"').append(policy_name(standing.metric, standing.window)).append("\";q=");
  append_number(out, standing.amount);
  out.append(unit_of(standing.metric));
  const std::int64_t window = window_seconds(standing.window);
  if (window == 0) return;
  out.append(";w=");
  append_number(out, window);
}

/// "requests_per_day";r=42;t=3600
void append_standing(std::string& out, const LimitStanding& standing, Instant now) {
  out.append(1, '"').append(policy_name(standing.metric, standing.window)).append("\";r=");
  append_number(out, std::max<std::int64_t>(standing.remaining, 0));
  if (!standing.resets_at) return;
  out.append(";t=");
  append_number(out, seconds_until(*standing.resets_at, now));
}

/// Which limit the older headers are about; none without a limit of requests.
const LimitStanding* main_standing(std::span<const LimitStanding> standings) {
  const LimitStanding* tightest = nullptr;
  for (const LimitStanding& standing : standings) {
    if (standing.metric != Metric::requests) continue;
    if (standing.window == Window::day) return &standing;
    if (tightest == nullptr || standing.remaining < tightest->remaining) tightest = &standing;
  }
  return tightest;
}

template <typename Fields>
void add_all(Fields& fields, std::span<const LimitStanding> standings, Instant now) {
  if (standings.empty()) return;
  fields.add("RateLimit-Policy", [standings](std::string& value) {
    for (const LimitStanding& standing : standings) {
      if (&standing != standings.data()) value += ", ";
      append_policy(value, standing);
    }
  });
  fields.add("RateLimit", [standings, now](std::string& value) {
    for (const LimitStanding& standing : standings) {
      if (&standing != standings.data()) value += ", ";
      append_standing(value, standing, now);
    }
  });
  const LimitStanding* main = main_standing(standings);
  if (main == nullptr) return;
  add_number(fields, "X-RateLimit-Limit", main->amount);
  add_number(fields, "X-RateLimit-Remaining", std::max<std::int64_t>(main->remaining, 0));
  if (!main->resets_at) return;
  const auto reset = std::chrono::ceil<seconds>(*main->resets_at).time_since_epoch().count();
  add_number(fields, "X-RateLimit-Reset", reset);
}

}  // namespace

std::string_view policy_name(Metric metric, Window window) {
  static constexpr std::array<std::string_view, 6> kRequests{"requests_per_second", "requests_per_minute",
                                                             "requests_per_hour",   "requests_per_day",
                                                             "requests_per_month",  "requests_at_once"};
  static constexpr std::array<std::string_view, 6> kRentals{"rentals_per_second", "rentals_per_minute",
                                                            "rentals_per_hour",   "rentals_per_day",
                                                            "rentals_per_month",  "rentals_at_once"};
  return (metric == Metric::requests ? kRequests : kRentals)[static_cast<std::size_t>(window)];
}

void add_rate_limits(net::Headers& headers, std::span<const LimitStanding> standings, Instant now) {
  add_all(headers, standings, now);
}

void add_rate_limits(net::PromptAnswer& answer, std::span<const LimitStanding> standings, Instant now) {
  add_all(answer, standings, now);
}

void add_retry(net::Headers& headers, std::optional<seconds> wait) {
  headers.set("Retry-After", fmt::format_int(wait.value_or(kUnknownWait).count()).str());
  if (!wait || *wait > kWorthWaiting) headers.set("x-should-retry", "false");
}

}  // namespace keyledger::api
