// domain/limits/limit.h: so much of a metric in a window.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/instant.h"

namespace keyledger::limits {

/// requests: admitted calls. rentals: rented accounts.
BOOST_DEFINE_ENUM_CLASS(Metric, requests, rentals)

/// second and minute let calls through at an even pace (GCRA) with a burst of the whole amount; hour, day and month
/// turn on the customer's clocks; at_once counts what is open now (rentals only).
BOOST_DEFINE_ENUM_CLASS(Window, second, minute, hour, day, month, at_once)

struct Limit {
  Metric metric = Metric::requests;
  Window window = Window::day;
  std::int64_t amount = 0;
  bool operator==(const Limit&) const = default;
};
BOOST_DESCRIBE_STRUCT(Limit, (), (metric, window, amount))

inline constexpr std::int64_t kAmountMax = 1'000'000'000'000;
inline constexpr std::size_t kLimitsMax = 11;  // two metrics, six windows, less requests at once

/// Checks the limits of one key: amounts from 1 to kAmountMax, each (metric, window) once, at_once for rentals only.
/// Errors: invalid_argument, reasons out_of_range, duplicate_limit, unknown_value; `field` as "limits[2].amount".
[[nodiscard]] Result<void> check_limits(const std::vector<Limit>& limits);

/// Where a limit stands, as answers show it.
struct LimitStanding {
  Metric metric = Metric::requests;
  Window window = Window::day;
  std::int64_t amount = 0;
  std::int64_t used = 0;
  std::int64_t remaining = 0;
  std::optional<Instant> resets_at{};  // when there is more again; none for at_once
};
BOOST_DESCRIBE_STRUCT(LimitStanding, (), (metric, window, amount, used, remaining, resets_at))

}  // namespace keyledger::limits
