#include "domain/billing/period.h"

#include <gtest/gtest.h>

namespace keyledger::billing {
namespace {

LocalDay day(std::string_view text) {
  return LocalDay{parse_day(text).value().time_since_epoch()};
}
DaySpan span(std::string_view from, std::string_view until) {
  return {day(from), day(until)};
}
Zone zone(std::string_view name) {
  return Zone::find(name).value();
}

TEST(Period, RunsFromAnchorToAnchorInMonthsOfEveryLength) {
  const struct {
    int anchor;
    const char *day, *from, *until;
    std::int64_t days;
  } cases[] = {
      {1, "2026-01-01", "2026-01-01", "2026-02-01", 31},  {1, "2026-01-31", "2026-01-01", "2026-02-01", 31},
      {1, "2026-02-28", "2026-02-01", "2026-03-01", 28},  {1, "2028-02-29", "2028-02-01", "2028-03-01", 29},
      {1, "2026-04-30", "2026-04-01", "2026-05-01", 30},  {15, "2026-01-14", "2025-12-15", "2026-01-15", 31},
      {15, "2026-01-15", "2026-01-15", "2026-02-15", 31}, {31, "2026-01-31", "2026-01-31", "2026-02-28", 28},
      {31, "2026-02-27", "2026-01-31", "2026-02-28", 28}, {31, "2026-02-28", "2026-02-28", "2026-03-31", 31},
      {31, "2026-03-31", "2026-03-31", "2026-04-30", 30}, {30, "2028-02-28", "2028-01-30", "2028-02-29", 30},
      {30, "2028-02-29", "2028-02-29", "2028-03-30", 30},
  };
  for (const auto& each : cases) {
    const DaySpan period = period_of(each.anchor, day(each.day));
    EXPECT_EQ(period, span(each.from, each.until)) << each.anchor << " " << each.day;
    EXPECT_EQ(period.days(), each.days) << each.anchor << " " << each.day;
  }
}

TEST(Period, TouchesTheNextAndKeepsItsAnchorForTenYears) {
  for (int anchor = 1; anchor <= 31; ++anchor) {
    DaySpan period = period_of(anchor, day("2024-01-31"));
    for (int month = 0; month < 120; ++month) {
      const DaySpan next = period_after(anchor, period);
      ASSERT_EQ(next.from, period.until) << anchor;
      ASSERT_GE(next.days(), 28) << anchor;
      ASSERT_LE(next.days(), 31) << anchor;
      ASSERT_EQ(period_of(anchor, next.until - std::chrono::days{1}), next) << anchor;
      period = next;
    }
  }
}

TEST(Period, BeginsAtMidnightWhereTheCustomerIs) {
  const DaySpan november = span("2026-11-01", "2026-12-01");
  const InstantSpan auckland = instants_of(november, zone("Pacific/Auckland"));
  EXPECT_EQ(to_rfc3339(auckland.from), "2026-10-31T11:00:00Z");
  EXPECT_EQ(to_rfc3339(auckland.until), "2026-11-30T11:00:00Z");
  const InstantSpan angeles = instants_of(november, zone("America/Los_Angeles"));
  EXPECT_EQ(to_rfc3339(angeles.from), "2026-11-01T07:00:00Z");   // still summer time
  EXPECT_EQ(to_rfc3339(angeles.until), "2026-12-01T08:00:00Z");  // no longer
}

TEST(Period, HasNothingInCommonWithOneThatItDoesNotTouch) {
  EXPECT_EQ(common(span("2026-01-01", "2026-02-01"), span("2026-01-10", "2026-03-01")),
            span("2026-01-10", "2026-02-01"));
  EXPECT_TRUE(common(span("2026-01-01", "2026-02-01"), span("2026-02-01", "2026-03-01")).empty());
  EXPECT_EQ(common(span("2026-01-01", "2026-02-01"), span("2026-05-01", "2026-06-01")).days(), 0);
}

}  // namespace
}  // namespace keyledger::billing
