#include "service/reports/span.h"

#include <algorithm>

#include "domain/ledger/bucket.h"

namespace keyledger::service {
namespace {

constexpr std::chrono::hours kHour{1};

LocalDay local(Day day) {
  return LocalDay{day.time_since_epoch()};
}

/// The hours of one day by their beginnings. Where the clocks are not moved they are counted off; where they are, each
/// quarter of an hour is asked for the hour that it belongs to.
void for_hours_of_day(const Zone& zone, Instant begin, Instant end, const auto& act) {
  if (zone.offset(begin) == zone.offset(end)) {
    for (Instant hour = begin; hour < end; hour += kHour) act(hour);
    return;
  }
  std::int64_t before = std::numeric_limits<std::int64_t>::min();
  for (Instant quarter = begin; quarter < end; quarter += ledger::kBucketUnit) {
    const std::int64_t bucket = ledger::bucket_of(zone, quarter);
    if (bucket > before) act(quarter);
    before = std::max(before, bucket);
  }
}

}  // namespace

Result<Span> make_span(const SpanAsked& asked, const Zone& zone, Instant now) {
  const Day today{zone.day_of(now).time_since_epoch()};
  const Result<DayRange> range = resolve_range({.days = asked.days, .from = asked.from, .to = asked.to}, today);
  if (!range) return std::unexpected(range.error());
  Span span{.range = *range, .zone = zone, .now = now};
  span.begin = zone.start_of(local(range->from));
  span.end = zone.start_of(local(range->to + std::chrono::days{1}));
  span.buckets = {ledger::bucket_of(zone, span.begin), ledger::bucket_of(zone, span.end)};
  return span;
}

std::vector<SpanDay> days_of(const Span& span) {
  std::vector<SpanDay> days;
  std::int64_t bucket = span.buckets.from;
  for (Day day = span.range.from; day <= span.range.to; day += std::chrono::days{1}) {
    const Instant end = span.zone.start_of(local(day + std::chrono::days{1}));
    const std::int64_t next = ledger::bucket_of(span.zone, end);
    if (next != bucket) days.push_back({bucket, day});
    bucket = next;
  }
  return days;
}

std::size_t day_at(const std::vector<SpanDay>& days, std::int64_t bucket) {
  const auto after = std::ranges::upper_bound(days, bucket, {}, &SpanDay::from_bucket);
  check_invariant(after != days.begin(), "a bucket of the span is not before its first day");
  return static_cast<std::size_t>(after - days.begin()) - 1;
}

std::size_t hour_of_week(const Zone& zone, Instant instant) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant) + zone.offset(instant);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const auto hour = std::chrono::floor<std::chrono::hours>(seconds - day).count();
  const unsigned weekday = std::chrono::weekday{day}.iso_encoding();
  return (weekday - 1) * 24 + static_cast<std::size_t>(hour);
}

std::vector<std::int64_t> hours_begun(const Span& span) {
  std::vector<std::int64_t> begun(kHoursOfWeek, 0);
  const std::vector<SpanDay> days = days_of(span);
  for (std::size_t i = 0; i < days.size(); ++i) {
    const Instant begin = ledger::start_of(days[i].from_bucket);
    const Instant end = i + 1 < days.size() ? ledger::start_of(days[i + 1].from_bucket) : span.end;
    if (begin > span.now) break;
    for_hours_of_day(span.zone, begin, end, [&](Instant hour) {
      if (hour <= span.now) ++begun[hour_of_week(span.zone, hour)];
    });
  }
  return begun;
}

std::size_t HourOfWeekMemo::at(std::int64_t bucket) {
  if (bucket != bucket_) {
    bucket_ = bucket;
    hour_ = hour_of_week(zone_, ledger::start_of(bucket));
  }
  return hour_;
}

}  // namespace keyledger::service
