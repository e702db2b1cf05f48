// domain/limits/pace.h: an even pace with a burst (GCRA), for limits by the second and the minute. Pure: the monotonic
// time is handed in.
#pragma once

#include <chrono>

#include "domain/limits/limit.h"

namespace keyledger::limits {

using SteadyTime = std::chrono::steady_clock::time_point;

/// `amount` units may be taken at once, and drain off evenly over `period`; whenever something has drained, as much can
/// be taken again.
struct Rate {
  std::int64_t amount = 1;
  std::chrono::nanoseconds period{};
};

/// Only for second and minute.
[[nodiscard]] Rate rate_of(const Limit& limit);

/// What was taken and has not drained yet.
///
/// Units: units of the metric times nanoseconds of the period, in 128 bits (10^12 units in a minute are 6 * 10^22). In
///        this measure taking adds whole periods and draining `amount` for each nanosecond, so nothing is ever rounded;
///        and it does not depend on the amount, so that a limit can be changed while it runs.
class Pace {
 public:
  /// Lets drain what has drained until `now`; a `now` before the last one drains nothing.
  void drain(const Rate& rate, SteadyTime now);
  void take(const Rate& rate, std::int64_t units);
  /// Gives back what was taken at `at` and has not drained since: never more than would be free had it not been taken.
  void give_back(const Rate& rate, std::int64_t units, SteadyTime at);

  /// Begins with what is known of a former run: the calls since `from`, told one by one in the order of time. What was
  /// owed at `from` is not known, so that all of it is presumed. Therefore it never has more left than it had before;
  /// and the same, if the calls since then have left as much room as one period has, which is why `from` lies further
  /// back.
  void recall(const Rate& rate, std::int64_t units, SteadyTime at, SteadyTime from);

  [[nodiscard]] std::int64_t used(const Rate& rate) const;       // a unit that has drained in part counts as used
  [[nodiscard]] std::int64_t remaining(const Rate& rate) const;  // whole units that can be taken now
  /// How long until `units` can be taken, rounded up; zero: now. More than the whole amount is taken for the amount.
  [[nodiscard]] std::chrono::nanoseconds until(const Rate& rate, std::int64_t units) const;

 private:
  __extension__ using Wide = unsigned __int128;
  [[nodiscard]] static Wide whole(const Rate& rate, std::int64_t units);

  Wide owed_ = 0;
  SteadyTime drained_at_ = SteadyTime::min();  // never; then nothing is owed
};

}  // namespace keyledger::limits
