#include "service/admission/limit_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace keyledger::service {
namespace {

/// Equal sets have equal names. Only used while keys are put.
std::string name_of(const LimitSets::Set& limits) {
  std::string name;
  for (const limits::Limit& limit : limits) {
    name += fmt::format("{}/{}/{} ", static_cast<int>(limit.metric), static_cast<int>(limit.window), limit.amount);
  }
  return name;
}

auto place_of(const limits::Limit& limit) {
  return std::tuple{!on_calendar(limit.window), limit.metric, limit.window};
}

}  // namespace

bool on_calendar(limits::Window window) {
  using limits::Window;
  return window == Window::hour || window == Window::day || window == Window::month;
}

LimitSets::LimitSets() {
  check_invariant(sets_.add() == 0, "the empty set comes first, and stays");
}

std::uint32_t LimitSets::take(Set limits) {
  std::ranges::sort(limits, {}, &place_of);
  if (limits.empty()) return 0;
  if (sets_[newest_].limits == limits) {  // keys that come one after another are often alike
    sets_[newest_].uses += 1;
    return newest_;
  }
  const auto [named, fresh] = numbers_.try_emplace(name_of(limits), 0);
  if (fresh) {
    named->second = sets_.add();
    sets_[named->second] = {std::move(limits), 0};
  }
  newest_ = named->second;
  sets_[newest_].uses += 1;
  return newest_;
}

void LimitSets::release(std::uint32_t number) {
  if (number == 0) return;  // the keys that are new have it without taking it
  Counted& set = sets_[number];
  set.uses -= 1;
  if (set.uses > 0) return;
  numbers_.erase(name_of(set.limits));
  set = {};
  newest_ = 0;
  sets_.free(number);
}

}  // namespace keyledger::service
