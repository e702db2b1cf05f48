// service/customers/limit_rules.h: how rate_limit, which is the limit of requests a day, and `limits` go together.
// Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/zone.h"
#include "domain/limits/limit.h"

namespace keyledger::service {

/// What a request says about limits.
struct LimitWishes {
  std::optional<std::int64_t> rate_limit{};  // requests a day; 0: no such limit
  std::optional<std::vector<limits::Limit>> limits{};
};

/// The limits of a new key, in order: 100 requests a day unless something else is said about that.
/// Errors: invalid_argument: out_of_range (field rate_limit), contradicting_limits (rate_limit and limits differ about
///         requests a day; field rate_limit), those of limits::check_limits.
[[nodiscard]] Result<std::vector<limits::Limit>> new_limits(const LimitWishes& wishes);

/// What becomes of limits: a rate_limit changes requests a day alone, limits replace them all. Errors: as new_limits.
[[nodiscard]] Result<std::vector<limits::Limit>> changed_limits(std::vector<limits::Limit> limits,
                                                                const LimitWishes& wishes);

/// Requests a day; 0 where there is no such limit.
[[nodiscard]] std::int64_t rate_limit_of(const std::vector<limits::Limit>& limits);

/// Where the limits of a key stand that nobody has called with.
[[nodiscard]] std::vector<limits::LimitStanding> unused(const std::vector<limits::Limit>& limits, const Zone& zone,
                                                        Instant now);

}  // namespace keyledger::service
