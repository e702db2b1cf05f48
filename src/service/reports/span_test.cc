#include "service/reports/span.h"

#include <gtest/gtest.h>

#include <numeric>

#include "service/ledger/testing.h"

namespace keyledger::service {
namespace {

using testing::at;
using testing::zone;

Day day(std::string_view text) {
  return parse_day(text).value();
}

Span span_of(const char* zone_name, const char* from, const char* to, const char* now) {
  const auto span = make_span({.from = day(from), .to = day(to)}, zone(zone_name), at(now));
  check_invariant(span.has_value(), "the test's span is right");
  return *span;
}

std::size_t cell(int weekday, int hour) {
  return static_cast<std::size_t>((weekday - 1) * 24 + hour);
}

TEST(ReportSpan, IsTheLastThirtyDaysOfTheZoneWhereNothingIsSaid) {
  // On the clocks of Berlin it is the 22nd already.
  const auto span = make_span({}, zone("Europe/Berlin"), at("2026-11-21T23:30:00Z"));
  ASSERT_TRUE(span);
  EXPECT_EQ(span->range.to, day("2026-11-22"));
  EXPECT_EQ(span->range.from, day("2026-10-24"));
  EXPECT_EQ(span->begin, at("2026-10-23T22:00:00Z"));
  EXPECT_EQ(span->end, at("2026-11-22T23:00:00Z"));
}

TEST(ReportSpan, BadRangesAreRefused) {
  const struct {
    SpanAsked asked;
    const char* reason;
  } cases[] = {{{.days = 0}, "invalid_days"},
               {{.days = 1'099}, "invalid_days"},
               {{.from = day("2026-11-01")}, "range_incomplete"},
               {{.days = 1, .from = day("2026-11-01"), .to = day("2026-11-01")}, "range_incomplete"},
               {{.from = day("2026-11-02"), .to = day("2026-11-01")}, "range_reversed"},
               {{.from = day("2020-01-01"), .to = day("2026-11-01")}, "range_too_long"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.reason);
    const auto span = make_span(c.asked, Zone{}, at("2026-11-21T12:00:00Z"));
    ASSERT_FALSE(span);
    EXPECT_EQ(span.error().reason, c.reason);
  }
}

TEST(ReportSpan, ADayThatWasLeftOutIsNone) {
  const Span span = span_of("Pacific/Apia", "2011-12-29", "2011-12-31", "2012-06-01T00:00:00Z");
  const std::vector<SpanDay> days = days_of(span);
  ASSERT_EQ(days.size(), 2U);
  EXPECT_EQ(days[0].day, day("2011-12-29"));
  EXPECT_EQ(days[1].day, day("2011-12-31"));
  EXPECT_EQ(day_at(days, days[1].from_bucket - 1), 0U);
  EXPECT_EQ(day_at(days, days[1].from_bucket), 1U);
  EXPECT_EQ(day_at(days, span.buckets.to - 1), 1U);
}

TEST(HoursBegun, CountEachHourOfTheWeekOnceADay) {
  // 16 to 29 November 2026: Monday to Sunday, twice.
  const std::vector<std::int64_t> begun =
      hours_begun(span_of("Europe/Berlin", "2026-11-16", "2026-11-29", "2027-01-01T00:00:00Z"));
  EXPECT_EQ(begun, std::vector<std::int64_t>(kHoursOfWeek, 2));
}

TEST(HoursBegun, LeaveOutWhatHasNotBegunYet) {
  const Span span = span_of("UTC", "2026-11-21", "2026-11-22", "2026-11-21T20:00:00Z");  // a Saturday
  std::vector<std::int64_t> begun = hours_begun(span);
  EXPECT_EQ(begun[cell(6, 20)], 1) << "it begins at this very instant";
  EXPECT_EQ(begun[cell(6, 21)], 0);
  EXPECT_EQ(std::accumulate(begun.begin(), begun.end(), 0), 21);
  EXPECT_EQ(hours_begun(span_of("UTC", "2026-11-22", "2026-11-22", "2026-11-21T20:00:00Z")),
            std::vector<std::int64_t>(kHoursOfWeek, 0));
}

TEST(HoursBegun, KnowTheHoursThatClocksSkipAndShowTwice) {
  const struct {
    const char *zone, *day;
    int weekday, hour;
    std::int64_t occurrences, all;
  } cases[] = {{"Europe/Berlin", "2026-03-29", 7, 2, 0, 23},
               {"Europe/Berlin", "2026-10-25", 7, 2, 2, 25},
               {"America/New_York", "2026-11-01", 7, 1, 2, 25},
               {"Africa/Cairo", "2026-04-24", 5, 0, 0, 23},         // midnight is skipped
               {"Australia/Lord_Howe", "2026-04-05", 7, 1, 2, 25},  // half an hour is shown twice
               {"Australia/Lord_Howe", "2026-10-04", 7, 2, 1, 24},  // half an hour is skipped
               {"Asia/Kathmandu", "2026-11-21", 6, 5, 1, 24}};
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string{c.zone} + " " + c.day);
    const std::vector<std::int64_t> begun = hours_begun(span_of(c.zone, c.day, c.day, "2027-01-01T00:00:00Z"));
    EXPECT_EQ(begun[cell(c.weekday, c.hour)], c.occurrences);
    EXPECT_EQ(std::accumulate(begun.begin(), begun.end(), std::int64_t{0}), c.all);
  }
}

TEST(HourOfWeek, IsThatOfTheZonesClocks) {
  const struct {
    const char *zone, *at;
    std::size_t hour;
  } cases[] = {
      {"UTC", "2026-11-23T00:00:00Z", cell(1, 0)},           {"UTC", "2026-11-22T23:59:59.999Z", cell(7, 23)},
      {"Europe/Berlin", "2026-11-22T23:00:00Z", cell(1, 0)}, {"America/New_York", "2026-11-23T04:59:00Z", cell(7, 23)},
      {"Asia/Kolkata", "2026-11-22T18:30:00Z", cell(1, 0)},  {"UTC", "1969-12-31T23:30:00Z", cell(3, 23)}};
  for (const auto& c : cases) EXPECT_EQ(hour_of_week(zone(c.zone), at(c.at)), c.hour) << c.zone << c.at;
}

}  // namespace
}  // namespace keyledger::service
