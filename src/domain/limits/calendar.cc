#include "domain/limits/calendar.h"

#include <algorithm>

namespace keyledger::limits {

bool CalendarCount::stands_at(Instant instant) const {
  return Instant{std::chrono::minutes{begin_minutes}} <= instant && instant < end();
}

void CalendarCount::turn(Window window, const Zone& zone, Instant now) {
  if (stands_at(now)) return;
  const Span span = window_of(window, zone, now);
  // Rounded apart, so that the window holds `now` also on clocks of the nineteenth century, which are seconds off.
  const auto begin = std::chrono::floor<std::chrono::minutes>(span.begin.time_since_epoch());
  const auto end = std::chrono::ceil<std::chrono::minutes>(span.end.time_since_epoch());
  auto begin_count = static_cast<std::int32_t>(begin.count());
  // In another zone the window may have begun before the last one ended, whose uses are not counted again.
  if (this->end() <= now) begin_count = std::max(begin_count, end_minutes);
  *this = {0, begin_count, static_cast<std::int32_t>(end.count())};
}

}  // namespace keyledger::limits
