#include "service/usage/query.h"

#include <gtest/gtest.h>

namespace keyledger::service {
namespace {

const Day kToday = parse_day("2026-11-21").value();
Day day(std::string_view text) {
  return parse_day(text).value();
}

TEST(UsageQuery, TheLastDaysEndTodayAndBothEndsOfARangeBelongToIt) {
  EXPECT_EQ(resolve_range({}, kToday)->from, day("2026-10-23"));
  EXPECT_EQ(resolve_range({}, kToday)->to, kToday);
  EXPECT_EQ(resolve_range({.days = 1}, kToday)->from, kToday);
  EXPECT_EQ(resolve_range({.days = kReportDaysMax}, kToday)->days(), kReportDaysMax);
  const DayRange range = *resolve_range({.from = day("2026-11-01"), .to = day("2026-11-07")}, kToday);
  EXPECT_EQ(range.days(), 7);
  EXPECT_EQ(range.previous().from, day("2026-10-25"));
  EXPECT_EQ(range.previous().to, day("2026-10-31"));
  EXPECT_EQ(resolve_range({.from = kToday, .to = kToday}, kToday)->days(), 1);
}

TEST(UsageQuery, EachMistakeHasItsOwnCode) {
  const struct {
    const char* name;
    UsageQuery query;
    const char* reason;
  } cases[] = {
      {"no days", {.days = 0}, "invalid_days"},
      {"negative", {.days = -1}, "invalid_days"},
      {"one too many", {.days = kReportDaysMax + 1}, "invalid_days"},
      {"very many", {.days = INT64_MAX}, "invalid_days"},
      {"only from", {.from = kToday}, "range_incomplete"},
      {"only to", {.to = kToday}, "range_incomplete"},
      {"days and range", {.days = 7, .from = kToday, .to = kToday}, "range_incomplete"},
      {"reversed", {.from = kToday, .to = kToday - std::chrono::days{1}}, "range_reversed"},
      {"a hundred years", {.from = day("1926-11-21"), .to = kToday}, "range_too_long"},
      {"one day too long", {.from = kToday - std::chrono::days{kReportDaysMax}, .to = kToday}, "range_too_long"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Result<DayRange> range = resolve_range(c.query, kToday);
    ASSERT_FALSE(range);
    EXPECT_EQ(range.error().code, Code::invalid_argument);
    EXPECT_EQ(range.error().reason, c.reason);
  }
}

}  // namespace
}  // namespace keyledger::service
