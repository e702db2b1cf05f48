#include "service/customers/limit_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "domain/customers/rules.h"
#include "domain/limits/windows.h"

namespace keyledger::service {
namespace {

using limits::Limit;
using limits::Metric;
using limits::Window;

bool daily(const Limit& limit) {
  return limit.metric == Metric::requests && limit.window == Window::day;
}

Result<void> check_wishes(const LimitWishes& wishes) {
  if (wishes.rate_limit && (*wishes.rate_limit < 0 || *wishes.rate_limit > limits::kAmountMax)) {
    return fail(Code::invalid_argument,
                fmt::format("rate_limit is from 0 (no limit) to {} requests a day.", limits::kAmountMax),
                "out_of_range", "rate_limit");
  }
  if (!wishes.limits) return {};
  const Result<void> fine = limits::check_limits(*wishes.limits);
  if (!fine) return fine;
  const auto said = std::ranges::find_if(*wishes.limits, daily);
  if (!wishes.rate_limit || said == wishes.limits->end() || said->amount == *wishes.rate_limit) return {};
  return fail(Code::invalid_argument,
              fmt::format("rate_limit says {} requests a day, limits say {}; give one of them.", *wishes.rate_limit,
                          said->amount),
              "contradicting_limits", "rate_limit");
}

std::vector<Limit> in_order(std::vector<Limit> limits) {
  std::ranges::sort(limits, {}, [](const Limit& limit) { return std::pair{limit.metric, limit.window}; });
  return limits;
}

void set_rate_limit(std::vector<Limit>& limits, std::int64_t amount) {
  std::erase_if(limits, daily);
  if (amount > 0) limits.push_back({Metric::requests, Window::day, amount});
}

}  // namespace

Result<std::vector<Limit>> new_limits(const LimitWishes& wishes) {
  const Result<void> fine = check_wishes(wishes);
  if (!fine) return std::unexpected(fine.error());
  std::vector<Limit> limits = wishes.limits.value_or(std::vector<Limit>{});
  const bool said = std::ranges::any_of(limits, daily);
  if (!said) set_rate_limit(limits, wishes.rate_limit.value_or(customers::kRateLimitDefault));
  return in_order(std::move(limits));
}

Result<std::vector<Limit>> changed_limits(std::vector<Limit> limits, const LimitWishes& wishes) {
  const Result<void> fine = check_wishes(wishes);
  if (!fine) return std::unexpected(fine.error());
  if (wishes.limits) limits = *wishes.limits;
  if (wishes.rate_limit) set_rate_limit(limits, *wishes.rate_limit);
  return in_order(std::move(limits));
}

std::int64_t rate_limit_of(const std::vector<Limit>& limits) {
  const auto found = std::ranges::find_if(limits, daily);
  return found == limits.end() ? 0 : found->amount;
}

std::vector<limits::LimitStanding> unused(const std::vector<Limit>& limits, const Zone& zone, Instant now) {
  std::vector<limits::LimitStanding> standings;
  for (const Limit& limit : limits) {
    limits::LimitStanding& standing =
        standings.emplace_back(limits::LimitStanding{limit.metric, limit.window, limit.amount, 0, limit.amount, {}});
    switch (limit.window) {
      case Window::at_once: break;
      case Window::second:
      case Window::minute: standing.resets_at = now; break;
      case Window::hour:
      case Window::day:
      case Window::month: standing.resets_at = limits::window_of(limit.window, zone, now).end; break;
    }
  }
  return standings;
}

}  // namespace keyledger::service
