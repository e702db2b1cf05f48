// domain/limits/calendar.h: counts what was used in an hour, day or month. Pure.
#pragma once

#include "domain/limits/windows.h"

namespace keyledger::limits {

/// A count and the window that it belongs to. Small, since a million of them are kept: the window is in minutes since
/// 1970, on which every window of our time begins.
struct CalendarCount {
  std::int64_t used = 0;
  std::int32_t begin_minutes = 0, end_minutes = 0;

  /// Whether the count's window, as it was when it began, holds `instant`.
  [[nodiscard]] bool stands_at(Instant instant) const;
  [[nodiscard]] Instant end() const { return Instant{std::chrono::minutes{end_minutes}}; }
  /// Begins the window that holds `now`, at nothing used, unless the one so far still stands. Only that costs a look at
  /// the zone; a zone that is changed therefore counts from the next window on, which begins where the last one ended.
  void turn(Window window, const Zone& zone, Instant now);
};

}  // namespace keyledger::limits
