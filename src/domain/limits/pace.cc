#include "domain/limits/pace.h"

#include <algorithm>

namespace keyledger::limits {

Rate rate_of(const Limit& limit) {
  check_invariant(limit.window == Window::second || limit.window == Window::minute, "only short windows have a pace");
  const std::chrono::seconds period{limit.window == Window::second ? 1 : 60};
  return {limit.amount, period};
}

Pace::Wide Pace::whole(const Rate& rate, std::int64_t units) {
  return static_cast<Wide>(units) * static_cast<Wide>(rate.period.count());
}

void Pace::drain(const Rate& rate, SteadyTime now) {
  if (now <= drained_at_) return;
  if (owed_ > 0) {
    const std::chrono::nanoseconds passed = now - drained_at_;
    owed_ -= std::min(owed_, static_cast<Wide>(passed.count()) * static_cast<Wide>(rate.amount));
  }
  drained_at_ = now;
}

void Pace::take(const Rate& rate, std::int64_t units) {
  owed_ += whole(rate, units);
}

void Pace::give_back(const Rate& rate, std::int64_t units, SteadyTime at) {
  if (owed_ == 0) return;
  const std::chrono::nanoseconds passed = std::max(drained_at_ - at, SteadyTime::duration{0});
  const Wide drained = static_cast<Wide>(passed.count()) * static_cast<Wide>(rate.amount);
  const Wide taken = whole(rate, units);
  if (taken > drained) owed_ -= std::min(owed_, taken - drained);
}

void Pace::recall(const Rate& rate, std::int64_t units, SteadyTime at, SteadyTime from) {
  const Wide all = whole(rate, rate.amount);
  if (drained_at_ < from) {
    owed_ = all;
    drained_at_ = from;
  }
  drain(rate, at);
  owed_ = std::min(all, owed_ + whole(rate, units));
}

std::int64_t Pace::used(const Rate& rate) const {
  const Wide unit = whole(rate, 1);
  return static_cast<std::int64_t>((owed_ + unit - 1) / unit);
}

std::int64_t Pace::remaining(const Rate& rate) const {
  return std::max<std::int64_t>(0, rate.amount - used(rate));
}

std::chrono::nanoseconds Pace::until(const Rate& rate, std::int64_t units) const {
  const Wide room = whole(rate, rate.amount - std::min(units, rate.amount));  // what may still be owed then
  if (owed_ <= room) return std::chrono::nanoseconds{0};
  const Wide amount = static_cast<Wide>(rate.amount);
  return std::chrono::nanoseconds{static_cast<std::int64_t>((owed_ - room + amount - 1) / amount)};
}

}  // namespace keyledger::limits
