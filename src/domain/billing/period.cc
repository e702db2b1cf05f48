#include "domain/billing/period.h"

#include <algorithm>

namespace keyledger::billing {
namespace {

using std::chrono::year_month;
using std::chrono::year_month_day;

LocalDay anchored(const year_month& month, int anchor) {
  const unsigned last = static_cast<unsigned>(
      std::chrono::year_month_day_last{month.year(), std::chrono::month_day_last{month.month()}}.day());
  const unsigned day = std::min(static_cast<unsigned>(anchor), last);
  return LocalDay{year_month_day{month.year(), month.month(), std::chrono::day{day}}};
}

}  // namespace

DaySpan common(const DaySpan& left, const DaySpan& right) {
  const DaySpan both{std::max(left.from, right.from), std::min(left.until, right.until)};
  return both.empty() ? DaySpan{both.from, both.from} : both;
}

DaySpan period_of(int anchor, LocalDay day) {
  const year_month_day date{day};
  year_month month{date.year(), date.month()};
  if (anchored(month, anchor) > day) month -= std::chrono::months{1};
  return {anchored(month, anchor), anchored(month + std::chrono::months{1}, anchor)};
}

DaySpan period_after(int anchor, const DaySpan& period) {
  return period_of(anchor, period.until);
}

InstantSpan instants_of(const DaySpan& span, const Zone& zone) {
  return {zone.start_of(span.from), zone.start_of(span.until)};
}

}  // namespace keyledger::billing
