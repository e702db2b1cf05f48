#include "service/admission/forward_clock.h"

#include "base/log.h"

namespace keyledger::service {

Instant ForwardClock::now() const {
  const std::int64_t wall = to_millis(clock_->now());
  std::int64_t latest = latest_millis_.load();
  while (wall > latest) {
    if (latest_millis_.compare_exchange_weak(latest, wall)) return from_millis(wall);
  }
  if (from_millis(latest) - from_millis(wall) <= kStepMax) return from_millis(latest);
  if (latest_millis_.compare_exchange_strong(latest, wall)) {
    log::error("the clock stepped back by more than two days and is followed",
               {{"from", to_rfc3339(from_millis(latest))}, {"to", to_rfc3339(from_millis(wall))}});
    return from_millis(wall);
  }
  return from_millis(latest);  // another thread has just done so
}

Instant ForwardClock::step() {
  std::int64_t latest = to_millis(now());
  while (!latest_millis_.compare_exchange_weak(latest, latest + 1)) {
  }
  return from_millis(latest + 1);
}

void ForwardClock::set_floor(Instant floor) {
  const Instant wall = now();
  if (floor <= wall) return;
  if (floor - wall > kStepMax) {
    log::error("the clock is more than two days behind the newest event and is followed",
               {{"newest_event", to_rfc3339(floor)}, {"clock", to_rfc3339(wall)}});
    return;
  }
  std::int64_t latest = to_millis(wall);
  while (latest < to_millis(floor) && !latest_millis_.compare_exchange_weak(latest, to_millis(floor))) {
  }
}

}  // namespace keyledger::service
