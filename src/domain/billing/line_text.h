// domain/billing/line_text.h: how a line of an invoice reads.
#pragma once

#include "domain/billing/rating.h"

namespace keyledger::billing {

/// "1 to 30 November 2026", "10 November to 9 December 2026", "5 November 2026". The span has a day at least.
[[nodiscard]] std::string days_text(const DaySpan& days);

/// "Pro, 16 to 30 November 2026: 15 of 30 days"; "Rentals, 1 to 30 November 2026: 24, 10 of them included";
/// "Rentals that came in later, 1 to 31 October 2026: 3".
[[nodiscard]] std::string line_text(const Line& line);

}  // namespace keyledger::billing
