#include "domain/usage/budget.h"

#include <gtest/gtest.h>

namespace keyledger::usage {
namespace {

Instant at(std::string_view time) {
  return *parse_rfc3339(time);
}
Amount usd(std::string_view decimal) {
  return *parse_amount(decimal);
}
constexpr Money kHundred{Currency{}, 100'000'000'000};

TEST(Month, RunsFromTheFirstToTheFirst) {
  const struct {
    const char* now;
    const char* from;
    const char* to;
  } cases[] = {{"2026-11-01T00:00:00Z", "2026-11-01", "2026-12-01"},
               {"2026-11-30T23:59:59.999Z", "2026-11-01", "2026-12-01"},
               {"2026-12-31T12:00:00Z", "2026-12-01", "2027-01-01"},
               {"2028-02-29T12:00:00Z", "2028-02-01", "2028-03-01"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.now);
    const Month month = month_of(at(c.now));
    EXPECT_EQ(keyledger::to_string(month.from), c.from);
    EXPECT_EQ(keyledger::to_string(month.to), c.to);
  }
  EXPECT_EQ(to_string(month_of(at("2026-11-21T10:00:00Z"))), "2026-11");
}

TEST(Budget, HalfAMonthsSpendIsExpectedTwice) {
  const BudgetStanding standing = judge(kHundred, usd("30"), at("2026-11-16T00:00:00Z"));
  EXPECT_EQ(standing.spent, usd("30"));
  EXPECT_EQ(standing.expected, usd("60"));
  EXPECT_EQ(standing.percent, 30);
  EXPECT_EQ(standing.pace, 60);
  EXPECT_EQ(standing.level, 0);
}

TEST(Budget, TheLevelsBeginExactlyAtEightyAndAtAHundredPerCent) {
  const struct {
    const char* spent;
    std::int64_t level;
  } cases[] = {{"79.999999999999999999", 0}, {"80", 80}, {"99.999999999999999999", 80}, {"100", 100}, {"250", 100}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.spent);
    EXPECT_EQ(judge(kHundred, usd(c.spent), at("2026-11-21T00:00:00Z")).level, c.level);
  }
}

TEST(Budget, TheMonthsFirstInstantExpectsNoMoreThanWasSpent) {
  const BudgetStanding standing = judge(kHundred, usd("1"), at("2026-11-01T00:00:00Z"));
  EXPECT_EQ(standing.expected, usd("1"));
}

TEST(Budget, AMillisecondsSpendOfMillionsDoesNotOverflow) {
  const BudgetStanding standing = judge(Money{Currency{}, 1}, usd("9000000000"), at("2026-11-01T00:00:00.001Z"));
  EXPECT_EQ(standing.level, 100);
  EXPECT_EQ(standing.percent, kPercentMax);
  EXPECT_GT(standing.expected, usd("9000000000"));
}

TEST(Budget, ACreditCountsAsNothingSpent) {
  const BudgetStanding standing = judge(kHundred, usd("-5"), at("2026-11-16T00:00:00Z"));
  EXPECT_EQ(standing.percent, 0);
  EXPECT_EQ(standing.level, 0);
}

}  // namespace
}  // namespace keyledger::usage
