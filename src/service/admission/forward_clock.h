// service/admission/forward_clock.h: a clock that never runs backwards, though the machine's may.
#pragma once

#include <atomic>
#include <chrono>

#include "base/instant.h"

namespace keyledger::service {

/// The latest time that was ever seen, while the machine's clock is behind it: a day that has turned never comes back,
/// and no window grants twice.
///
/// Only within kStepMax. A clock that is further back was wrong before (set by hand to another year, a battery that
/// died), and holding on to the wrong time would keep every window and every event there until that year comes; such a
/// step is logged as an error and followed. Two days are more than any mistake of a zone or a daylight saving rule.
///
/// Thread-safe, without a lock.
class ForwardClock {
 public:
  static constexpr std::chrono::hours kStepMax{48};

  explicit ForwardClock(const Clock* clock) : clock_(clock) {}
  [[nodiscard]] Instant now() const;
  /// Later than all that `now` has said so far; all that it will say is not before this.
  [[nodiscard]] Instant step();
  /// Not to be before `floor`, which comes from a former run, under the same rule.
  void set_floor(Instant floor);

 private:
  const Clock* clock_;
  mutable std::atomic<std::int64_t> latest_millis_ = 0;
};

}  // namespace keyledger::service
