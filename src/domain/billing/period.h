// domain/billing/period.h: the months of a subscription, counted from a day of the month on the customer's clocks.
#pragma once

#include "base/zone.h"

namespace keyledger::billing {

/// Days on the customer's clocks, `from` inclusive, `until` exclusive.
struct DaySpan {
  LocalDay from{}, until{};
  bool operator==(const DaySpan&) const = default;
  [[nodiscard]] std::int64_t days() const { return (until - from).count(); }
  [[nodiscard]] bool empty() const { return until <= from; }
  [[nodiscard]] bool holds(LocalDay day) const { return from <= day && day < until; }
};

/// What both have; empty (of no days) where that is nothing.
[[nodiscard]] DaySpan common(const DaySpan& left, const DaySpan& right);

/// The period that holds `day`: from the anchor day of a month to that of the next. An anchor of 29 to 31 stands for
/// the last day of months that are shorter, and is itself again in longer ones: 31 Jan, 28 Feb, 31 Mar. `anchor` is 1
/// to 31.
[[nodiscard]] DaySpan period_of(int anchor, LocalDay day);
/// The one after; periods touch and never overlap.
[[nodiscard]] DaySpan period_after(int anchor, const DaySpan& period);

/// The instants of the span in a zone: from its first midnight up to, and without, its last.
struct InstantSpan {
  Instant from{}, until{};
  bool operator==(const InstantSpan&) const = default;
};
[[nodiscard]] InstantSpan instants_of(const DaySpan& span, const Zone& zone);

}  // namespace keyledger::billing
