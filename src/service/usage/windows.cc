#include "service/usage/windows.h"

#include <algorithm>

namespace keyledger::service {

using std::chrono::days;

Day recent_from(std::optional<Day> caught_up_to, Day today) {
  const Day revised = today - days{kRevisedDays - 1};
  if (!caught_up_to) return revised;
  const Day wanted = std::min(*caught_up_to - days{kRevisedDays - 1}, revised);
  return std::max(wanted, today - days{kCatchUpDaysMax - 1});
}

std::vector<DayWindow> split(DayWindow window, int length) {
  std::vector<DayWindow> pieces;
  for (Day from = window.from; from < window.to; from += days{std::max(length, 1)}) {
    pieces.push_back({from, std::min(from + days{std::max(length, 1)}, window.to)});
  }
  return pieces;
}

Day history_begin(int history_days, Day today) {
  const int length = history_days > 0 ? std::min(history_days, kHistoryDaysMax) : kHistoryDaysMax;
  return today - days{length - 1};
}

std::optional<DayWindow> next_window(Day before, Day begin, int length) {
  if (before <= begin) return std::nullopt;
  return DayWindow{std::max(before - days{std::max(length, 1)}, begin), before};
}

bool history_ends(Day from, Day begin, std::int64_t empty_windows, Day today) {
  if (from <= begin) return true;
  return empty_windows >= kEmptyWindowsMax && today - from >= days{kHistoryTriedDays};
}

}  // namespace keyledger::service
