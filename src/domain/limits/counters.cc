#include "domain/limits/counters.h"

#include <algorithm>

namespace keyledger::limits {
namespace {

/// Brings the counter to this moment.
void advance(const Counter& counter, const Moment& moment) {
  if (counter.calendar != nullptr) counter.calendar->turn(counter.limit->window, moment.zone, moment.now);
  if (counter.pace != nullptr) counter.pace->drain(rate_of(*counter.limit), moment.steady);
}

void add(const Counter& counter, std::int64_t units) {
  if (counter.calendar != nullptr) counter.calendar->used += units;
  if (counter.pace != nullptr) counter.pace->take(rate_of(*counter.limit), units);
}

LimitStanding standing_of(const Counter& counter, std::int64_t open, std::int64_t need, const Moment& moment) {
  const Limit& limit = *counter.limit;
  LimitStanding standing{limit.metric, limit.window, limit.amount};
  if (counter.pace != nullptr) {
    const Rate rate = rate_of(limit);
    standing.used = counter.pace->used(rate);
    standing.remaining = counter.pace->remaining(rate);
    const std::int64_t wanted = need > standing.remaining ? need : standing.remaining + 1;
    standing.resets_at = moment.now + std::chrono::ceil<std::chrono::milliseconds>(counter.pace->until(rate, wanted));
    return standing;
  }
  standing.used = counter.calendar != nullptr ? counter.calendar->used : open;
  standing.remaining = std::max<std::int64_t>(0, limit.amount - standing.used);
  if (counter.calendar != nullptr) standing.resets_at = counter.calendar->end();
  return standing;
}

}  // namespace

std::int64_t Need::of(Metric metric) const {
  return metric == Metric::requests ? requests : rentals;
}

Taking take(std::span<const Counter> counters, std::int64_t& open, const Need& need, const Moment& moment,
            std::span<LimitStanding> standings) {
  check_invariant(standings.size() >= counters.size(), "there is room for every standing");
  Taking taking{true, 0};
  for (std::size_t i = 0; i < counters.size(); ++i) {
    const std::int64_t wanted = need.of(counters[i].limit->metric);
    advance(counters[i], moment);
    standings[i] = standing_of(counters[i], open, wanted, moment);
    if (wanted <= 0 || wanted <= standings[i].remaining) continue;
    // What is open at once turns at a time that nobody knows, so any other says better how long to wait.
    if (taking.taken || standings[taking.exceeded].resets_at < standings[i].resets_at) taking.exceeded = i;
    taking.taken = false;
  }
  if (!taking.taken || (need.requests <= 0 && need.rentals <= 0)) return taking;
  open += std::max<std::int64_t>(0, need.rentals);
  for (std::size_t i = 0; i < counters.size(); ++i) {
    const std::int64_t wanted = need.of(counters[i].limit->metric);
    if (wanted <= 0) continue;
    add(counters[i], wanted);
    standings[i] = standing_of(counters[i], open, 0, moment);
  }
  return taking;
}

void give_back(const Counter& counter, const Need& need, Instant at, SteadyTime steady_at, const Moment& moment) {
  const std::int64_t units = need.of(counter.limit->metric);
  if (units <= 0) return;
  if (counter.calendar != nullptr && counter.calendar->stands_at(at)) {
    counter.calendar->used = std::max<std::int64_t>(0, counter.calendar->used - units);
  }
  if (counter.pace != nullptr) {
    advance(counter, moment);
    counter.pace->give_back(rate_of(*counter.limit), units, steady_at);
  }
}

void add_before(const Counter& counter, std::int64_t amount, Instant at, const Moment& moment) {
  if (counter.calendar != nullptr) {
    advance(counter, moment);
    if (counter.calendar->stands_at(at)) counter.calendar->used += amount;
  }
  if (counter.pace != nullptr) {
    const auto age = std::max(moment.now - at, std::chrono::milliseconds{0});
    if (age > kRecalled) return;
    counter.pace->recall(rate_of(*counter.limit), amount, moment.steady - age, moment.steady - kRecalled);
  }
}

}  // namespace keyledger::limits
