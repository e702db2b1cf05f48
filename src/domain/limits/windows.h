// domain/limits/windows.h: when calendar windows begin and end on a customer's clocks.
#pragma once

#include "base/zone.h"
#include "domain/limits/limit.h"

namespace keyledger::limits {

struct Span {
  Instant begin{}, end{};  // begin inclusive, end exclusive
  bool operator==(const Span&) const = default;
};

/// The hour, day or month of `zone` that holds `instant`; windows touch and never overlap. A day has 23 or 25 hours
/// where clocks are moved. An hour of the clock that is shown twice is two windows.
[[nodiscard]] Span window_of(Window window, const Zone& zone, Instant instant);

}  // namespace keyledger::limits
