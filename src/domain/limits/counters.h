// domain/limits/counters.h: the counters of one key, which move together or not at all. Pure.
#pragma once

#include <span>

#include "domain/limits/calendar.h"
#include "domain/limits/pace.h"

namespace keyledger::limits {

/// A limit and where its counter lies: `calendar` for hour, day and month, `pace` for second and minute, neither for
/// at_once.
struct Counter {
  const Limit* limit = nullptr;
  CalendarCount* calendar = nullptr;
  Pace* pace = nullptr;
};

/// Now, on both clocks, and the zone whose calendar counts.
struct Moment {
  Instant now{};
  SteadyTime steady{};
  Zone zone{};
};

/// What is asked of the limits of each metric; nothing (or less) leaves those alone.
struct Need {
  std::int64_t requests = 0, rentals = 0;
  [[nodiscard]] std::int64_t of(Metric metric) const;
};

struct Taking {
  bool taken = false;
  std::size_t exceeded = 0;  // unless taken: of the standings that refuse, the one that turns last
};

/// Takes from every limit, or from none if one has too little left. `open`, the rentals that are open now, grows with
/// what was taken. `standings` has room for as many as there are counters, and is filled with where they stand
/// afterwards: a pace "resets" when what was asked for, or else one unit more than now, can be taken.
[[nodiscard]] Taking take(std::span<const Counter> counters, std::int64_t& open, const Need& need, const Moment& moment,
                          std::span<LimitStanding> standings);

/// Gives back to one counter what was taken at `at` (and `steady_at`), if its window still stands. `rentals` at once
/// are given back by whoever keeps that number.
void give_back(const Counter& counter, const Need& need, Instant at, SteadyTime steady_at, const Moment& moment);

/// How far back the calls of a former run have to be told to a pace; see Pace::recall.
inline constexpr std::chrono::minutes kRecalled{2};

/// Adds to one counter what was used at `at`, of which it does not know, if that is in its window now; to a pace, if it
/// is not longer ago than kRecalled, and in the order of time.
void add_before(const Counter& counter, std::int64_t amount, Instant at, const Moment& moment);

}  // namespace keyledger::limits
