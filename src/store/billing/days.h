// store/billing/days.h: days on a customer's clocks as columns hold them.
#pragma once

#include <optional>

#include "base/zone.h"

namespace keyledger::store {

[[nodiscard]] inline Day to_day(LocalDay day) {
  return Day{day.time_since_epoch()};
}
[[nodiscard]] inline LocalDay to_local(Day day) {
  return LocalDay{day.time_since_epoch()};
}
[[nodiscard]] inline std::optional<Day> to_day(const std::optional<LocalDay>& day) {
  return day ? std::optional{to_day(*day)} : std::nullopt;
}
[[nodiscard]] inline std::optional<LocalDay> to_local(const std::optional<Day>& day) {
  return day ? std::optional{to_local(*day)} : std::nullopt;
}

}  // namespace keyledger::store
