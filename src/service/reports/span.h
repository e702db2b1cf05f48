// service/reports/span.h: the days of a report on the clocks of the installation, and the hours that they are made of.
#pragma once

#include <vector>

#include "base/zone.h"
#include "service/usage/query.h"
#include "store/ledger/ledger_totals_store.h"

namespace keyledger::service {

/// What every report is asked: `days`, or `from` and `to`; nothing: the last 30 days.
struct SpanAsked {
  std::optional<std::int64_t> days{};
  std::optional<Day> from{}, to{};
};

/// Whole days that begin at midnight of `zone`.
struct Span {
  DayRange range{};
  Zone zone{};
  Instant now{};
  Instant begin{}, end{};  // exclusive
  store::BucketRange buckets{};
};
/// The days are the installation's: today is where `now` is on the clocks of `zone`. Errors: those of resolve_range.
[[nodiscard]] Result<Span> make_span(const SpanAsked& asked, const Zone& zone, Instant now);

/// A day and its first hour.
struct SpanDay {
  std::int64_t from_bucket = 0;
  Day day{};
};
/// The oldest first. A day that the zone has left out (Pacific/Apia, 2011-12-30) is none.
[[nodiscard]] std::vector<SpanDay> days_of(const Span& span);
/// The day that holds a bucket of the span, by its place in `days`.
[[nodiscard]] std::size_t day_at(const std::vector<SpanDay>& days, std::int64_t bucket);

/// An hour of the week, Monday 0 o'clock being 0 and Sunday 23 o'clock 167.
inline constexpr std::size_t kHoursOfWeek = 168;
[[nodiscard]] std::size_t hour_of_week(const Zone& zone, Instant instant);
/// How often each hour of the week has begun in the span until now. One that the clocks skip has not, one that they
/// show twice has twice.
[[nodiscard]] std::vector<std::int64_t> hours_begun(const Span& span);

/// Several buckets by the hour of the week in which they begin. Looking a zone's offset up takes longer than adding, so
/// each bucket is looked up once as long as they come in order.
class HourOfWeekMemo {
 public:
  explicit HourOfWeekMemo(const Zone& zone) : zone_(zone) {}
  [[nodiscard]] std::size_t at(std::int64_t bucket);

 private:
  Zone zone_;
  std::int64_t bucket_ = std::numeric_limits<std::int64_t>::min();
  std::size_t hour_ = 0;
};

}  // namespace keyledger::service
