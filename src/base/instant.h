// base/instant.h: points in time (milliseconds, UTC), calendar days, and who says what time it is.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace keyledger {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Day = std::chrono::sys_days;  // a UTC calendar day

/// Says what time it is. Decisions take an Instant; whoever calls them asks a Clock.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
};

/// A clock for tests: it stands until it is moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  [[nodiscard]] Instant now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }
  void set(Instant instant) { now_ = instant; }

 private:
  Instant now_;
};

/// "2026-11-21T20:14:05Z", or with ".123" before the Z where there are milliseconds.
[[nodiscard]] std::string to_rfc3339(Instant instant);
void append_rfc3339(std::string& text, Instant instant);
/// Reads RFC 3339 with `Z` or an offset; more than three decimals of a second are cut off.
/// Errors: invalid_argument for anything else, also for a day that the month does not have.
[[nodiscard]] Result<Instant> parse_rfc3339(std::string_view text);

/// "2026-11-21".
[[nodiscard]] std::string to_string(Day day);
/// Errors: invalid_argument for anything but four, two and two digits that name a real day.
[[nodiscard]] Result<Day> parse_day(std::string_view text);

[[nodiscard]] constexpr Day day_of(Instant instant) {
  return std::chrono::floor<std::chrono::days>(instant);
}
[[nodiscard]] constexpr std::int64_t to_millis(Instant instant) {
  return instant.time_since_epoch().count();
}
[[nodiscard]] constexpr Instant from_millis(std::int64_t millis) {
  return Instant{std::chrono::milliseconds{millis}};
}

}  // namespace keyledger
