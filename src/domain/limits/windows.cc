#include "domain/limits/windows.h"

namespace keyledger::limits {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

/// The instant at which the offset changed, somewhere after `before` and not after `after`, whose offsets differ. An
/// hour has 22 halvings of milliseconds, and sees one change at most.
Instant change_between(const Zone& zone, Instant before, Instant after) {
  const seconds offset = zone.offset(after);
  while (after - before > std::chrono::milliseconds{1}) {
    const Instant middle = before + (after - before) / 2;
    (zone.offset(middle) == offset ? after : before) = middle;
  }
  return after;
}

Span hour_of(const Zone& zone, Instant instant) {
  const seconds offset = zone.offset(instant);
  const Instant begin = std::chrono::floor<hours>(instant + offset) - offset;
  const Instant end = begin + hours{1};
  const Instant last = end - std::chrono::milliseconds{1};
  // Where clocks are moved within this hour, the window is what of it lies on our side of the change.
  return {zone.offset(begin) == offset ? begin : change_between(zone, begin, instant),
          zone.offset(last) == offset ? end : change_between(zone, instant, last)};
}

/// Days from `first` to before `next`. Clocks that are set back over midnight show the end of a day twice; the day that
/// has begun goes on then, so that windows never overlap.
Span days_between(const Zone& zone, LocalDay first, LocalDay next) {
  return {zone.start_of(first), zone.start_of(next)};
}

Span day_of(const Zone& zone, Instant instant) {
  const LocalDay day = zone.day_of(instant);
  const Span span = days_between(zone, day, day + days{1});
  return instant < span.end ? span : days_between(zone, day + days{1}, day + days{2});
}

Span month_of(const Zone& zone, Instant instant) {
  const std::chrono::year_month_day day{zone.day_of(instant)};
  const auto month = day.year() / day.month();
  const auto first = [](std::chrono::year_month of) { return LocalDay{of / std::chrono::day{1}}; };
  const auto next = month + std::chrono::months{1};
  const Span span = days_between(zone, first(month), first(next));
  return instant < span.end ? span : days_between(zone, first(next), first(next + std::chrono::months{1}));
}

}  // namespace

Span window_of(Window window, const Zone& zone, Instant instant) {
  switch (window) {
    case Window::hour: return hour_of(zone, instant);
    case Window::day: return day_of(zone, instant);
    case Window::month: return month_of(zone, instant);
    case Window::second:
    case Window::minute:
    case Window::at_once: break;
  }
  check_invariant(false, "only hours, days and months have windows on the calendar");
  std::unreachable();
}

}  // namespace keyledger::limits
