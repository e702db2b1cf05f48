// service/usage/windows.h: which days to ask a provider for. Pure.
#pragma once

#include <optional>
#include <vector>

#include "domain/usage/records.h"

namespace keyledger::service {

inline constexpr int kRevisedDays = 2;         // providers revise these: today and yesterday are always read again
inline constexpr int kCatchUpDaysMax = 31;     // a longer gap is left to the back-fill
inline constexpr int kHourlyDays = 30;         // how far back hours are read; those once read are kept
inline constexpr int kEmptyWindowsMax = 3;     // so many in succession, and kHistoryTriedDays tried: the beginning
inline constexpr int kHistoryTriedDays = 396;  // 13 months
inline constexpr int kHistoryDaysMax = 3'660;  // nobody has more, whatever a provider goes on answering

struct DayWindow {
  Day from{};
  Day to{};  // exclusive
  bool operator==(const DayWindow&) const = default;
};

/// The days that a regular sync reads, up to and with today: the last two, or more after a pause.
/// `caught_up_to` is the day of the last success of whatever dataset is furthest behind; nothing: never.
[[nodiscard]] Day recent_from(std::optional<Day> caught_up_to, Day today);

/// [from, to) in pieces of at most `days`, oldest first.
[[nodiscard]] std::vector<DayWindow> split(DayWindow window, int days);

/// The oldest day worth asking for; `history_days` as in the provider's description.
[[nodiscard]] Day history_begin(int history_days, Day today);

/// The next window of a back-fill that goes from new to old, or none when it has reached `begin`.
[[nodiscard]] std::optional<DayWindow> next_window(Day before, Day begin, int days);

/// Whether a back-fill that has just read the window from `from` on is at an end.
[[nodiscard]] bool history_ends(Day from, Day begin, std::int64_t empty_windows, Day today);

}  // namespace keyledger::service
