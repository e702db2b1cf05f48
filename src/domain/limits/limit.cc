#include "domain/limits/limit.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::limits {
namespace {

std::unexpected<Error> wrong(std::size_t index, std::string_view member, std::string reason, std::string message) {
  return fail(Code::invalid_argument, std::move(message), std::move(reason),
              member.empty() ? fmt::format("limits[{}]", index) : fmt::format("limits[{}].{}", index, member));
}

}  // namespace

Result<void> check_limits(const std::vector<Limit>& limits) {
  // More than kLimitsMax cannot pass: one of them would be there twice. So this looks at few, however many were sent.
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const Limit& limit = limits[i];
    if (limit.metric == Metric::requests && limit.window == Window::at_once) {
      return wrong(i, "window", "unknown_value", "The window at_once is for rentals only; requests are never open.");
    }
    if (limit.amount < 1 || limit.amount > kAmountMax) {
      return wrong(i, "amount", "out_of_range",
                   fmt::format("The amount of a limit is from 1 to {}; leave the limit out for no limit.", kAmountMax));
    }
    const auto same = [&limit](const Limit& other) {
      return other.metric == limit.metric && other.window == limit.window;
    };
    const auto end = limits.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(limits.begin(), end, same)) {
      return wrong(i, {}, "duplicate_limit", "There is already a limit of this metric in this window; keep one.");
    }
  }
  return {};
}

}  // namespace keyledger::limits
