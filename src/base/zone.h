// base/zone.h: time zones: what the clocks of a place show, and when its days begin.
#pragma once

#include <chrono>
#include <string_view>

#include "base/instant.h"

namespace date {
class time_zone;
}

namespace keyledger {

/// A day on the clocks of some zone; which zone is said beside it.
using LocalDay = std::chrono::local_days;

/// A zone of the system's database. Cheap to copy, valid for ever, usable on any thread.
class Zone {
 public:
  Zone();  // UTC
  /// Errors: invalid_argument, reason unknown_timezone.
  [[nodiscard]] static Result<Zone> find(std::string_view name);

  [[nodiscard]] std::string_view name() const;
  /// Local time minus UTC.
  [[nodiscard]] std::chrono::seconds offset(Instant instant) const;
  [[nodiscard]] LocalDay day_of(Instant instant) const;
  /// The first instant whose local day is `day` or later. Where midnight is skipped, that is the end of the gap; where
  /// a whole day is skipped (Pacific/Apia left out 2011-12-30), it is the beginning of the next.
  [[nodiscard]] Instant start_of(LocalDay day) const;

  bool operator==(const Zone&) const = default;

 private:
  explicit Zone(const date::time_zone* zone) : zone_(zone) {}
  const date::time_zone* zone_;
};

}  // namespace keyledger
