#include "providers/brave/quota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyledger::providers::brave {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Instant kNow = parse_rfc3339("2026-11-21T12:00:00Z").value();

net::Headers headers(std::string policy, std::string limit, std::string remaining, std::string reset) {
  net::Headers all;
  if (!policy.empty()) all.add("x-ratelimit-policy", std::move(policy));
  if (!limit.empty()) all.add("x-ratelimit-limit", std::move(limit));
  if (!remaining.empty()) all.add("x-ratelimit-remaining", std::move(remaining));
  if (!reset.empty()) all.add("x-ratelimit-reset", std::move(reset));
  return all;
}

TEST(BraveQuota, AListIsWholeNumbersWithCommasBetween) {
  const struct {
    const char* text;
    std::vector<std::int64_t> want;
  } cases[] = {
      {"1, 15000", {1, 15000}},
      {"1,15000", {1, 15000}},
      {"1 \t,\t 15000", {1, 15000}},
      {"  7  ", {7}},
      {"0", {0}},
      {"1000000000000000", {1'000'000'000'000'000}},
      {"1000000000000001", {}},
      {"99999999999999999999", {}},
      {"", {}},
      {",", {}},
      {"1,", {}},
      {",1", {}},
      {"1,,2", {}},
      {"1 2", {}},
      {"-1", {}},
      {"-0", {}},
      {"+1", {}},
      {"1.5", {}},
      {"1e3", {}},
      {"one", {}},
      {"1;w=1", {}},
      {"1,2,3,4,5,6,7,8", {1, 2, 3, 4, 5, 6, 7, 8}},
      {"1,2,3,4,5,6,7,8,9", {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(parse_list(c.text), c.want);
  }
}

TEST(BraveQuota, APolicyGivesLimitAndLengthOfEachWindow) {
  const struct {
    const char* text;
    std::vector<std::pair<std::int64_t, std::int64_t>> want;  // limit, seconds
  } cases[] = {
      {"1;w=1, 15000;w=2592000", {{1, 1}, {15000, 2592000}}},
      {"15000;w=2592000", {{15000, 2592000}}},
      {"1 ; w = 1 ,15000; burst=5 ;w=2592000", {{1, 1}, {15000, 2592000}}},
      {"1;name=\"x\";w=1", {{1, 1}}},
      {"1", {{1, 0}}},
      {"0;w=2592000", {{0, 2592000}}},
      {"", {}},
      {"w=1", {}},
      {"1;w", {}},
      {"1;w=", {}},
      {"1;w=0", {}},
      {"1;w=-1", {}},
      {"1;w=1s", {}},
      {"1;;w=1", {}},
      {"1;w=1,", {}},
      {"1;w=1, x;w=2592000", {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const std::vector<Window> windows = parse_policy(c.text);
    ASSERT_EQ(windows.size(), c.want.size());
    for (std::size_t i = 0; i < windows.size(); ++i) {
      EXPECT_EQ(windows[i].limit, c.want[i].first);
      EXPECT_EQ(windows[i].seconds, c.want[i].second);
    }
  }
}

TEST(BraveQuota, TheDocumentedHeadersGiveMonthAndSecond) {
  const std::vector<usage::Reading> readings =
      to_readings(read_windows(headers("1;w=1, 15000;w=2592000", "1, 15000", "1, 1000", "1, 1419704")), kNow);
  ASSERT_EQ(readings.size(), 2U);
  EXPECT_EQ(readings[0].name, "month_quota");
  EXPECT_EQ(readings[0].unit, "requests");
  EXPECT_EQ(readings[0].limit, 15000);
  EXPECT_EQ(readings[0].remaining, 1000);
  EXPECT_EQ(readings[0].used, 14000);
  EXPECT_EQ(readings[0].resets_at, kNow + std::chrono::seconds{1'419'704});
  EXPECT_FALSE(readings[0].unlimited);
  EXPECT_EQ(readings[1].name, "second_quota");
  EXPECT_EQ(readings[1].limit, 1);
  EXPECT_EQ(readings[1].resets_at, kNow + std::chrono::seconds{1});
}

TEST(BraveQuota, TheMonthIsFoundByItsLengthAndNotByItsPlace) {
  const std::vector<Window> windows =
      read_windows(headers("15000;w=2592000, 1;w=1", "15000, 1", "1000, 0", "1419704, 1"));
  ASSERT_NE(month_of(windows), nullptr);
  EXPECT_EQ(month_of(windows)->remaining, 1000);
  ASSERT_NE(second_of(windows), nullptr);
  EXPECT_EQ(second_of(windows)->remaining, 0);
}

TEST(BraveQuota, ASingleWindowIsWhatItsLengthSays) {
  const std::vector<usage::Reading> month =
      to_readings(read_windows(headers("2000;w=2592000", "2000", "1985", "100")), kNow);
  ASSERT_EQ(month.size(), 1U);
  EXPECT_EQ(month[0].name, "month_quota");
  EXPECT_EQ(month[0].used, 15);
  const std::vector<usage::Reading> second = to_readings(read_windows(headers("1;w=1", "1", "0", "1")), kNow);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].name, "second_quota");
  EXPECT_EQ(second[0].used, 1);
}

TEST(BraveQuota, AWindowOfADayIsAMonthAndOneOfAMinuteASecondButNothingBetweenIsEither) {
  const struct {
    std::int64_t seconds;
    bool month, second;
  } cases[] = {{86'400, true, false}, {86'399, false, false}, {61, false, false}, {60, false, true}, {0, false, false}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.seconds);
    const std::vector<Window> windows{{.seconds = c.seconds, .limit = 5}};
    EXPECT_EQ(month_of(windows) != nullptr, c.month);
    EXPECT_EQ(second_of(windows) != nullptr, c.second);
  }
}

TEST(BraveQuota, AMonthLimitOfZeroMeansUnlimited) {
  const std::vector<usage::Reading> readings =
      to_readings(read_windows(headers("50;w=1, 0;w=2592000", "50, 0", "49, 0", "1, 1419704")), kNow);
  ASSERT_EQ(readings.size(), 2U);
  EXPECT_TRUE(readings[0].unlimited);
  EXPECT_FALSE(readings[0].limit || readings[0].remaining || readings[0].used);
  EXPECT_FALSE(readings[1].unlimited);
}

TEST(BraveQuota, WithoutAReadablePolicyNothingIsGuessed) {
  EXPECT_THAT(read_windows(headers("", "1, 15000", "1, 1000", "1, 1419704")), IsEmpty());
  EXPECT_THAT(read_windows(headers("soon", "1, 15000", "1, 1000", "1, 1419704")), IsEmpty());
  EXPECT_THAT(to_readings({}, kNow), IsEmpty());
  EXPECT_THAT(to_readings(read_windows(headers("15000", "15000", "1000", "5")), kNow), IsEmpty());
}

TEST(BraveQuota, AListOfAnotherLengthThanThePolicyIsLeftOut) {
  const std::vector<Window> windows = read_windows(headers("1;w=1, 15000;w=2592000", "1, 15000", "1000", "1, x"));
  ASSERT_EQ(windows.size(), 2U);
  EXPECT_EQ(windows[1].limit, 15000);
  EXPECT_FALSE(windows[1].remaining);
  EXPECT_FALSE(windows[1].reset_seconds);
}

TEST(BraveQuota, MoreRemainingThanTheLimitTellsNoUseAndAnAbsurdResetNoTime) {
  const std::vector<usage::Reading> readings =
      to_readings(read_windows(headers("100;w=2592000", "100", "101", "1000000000000000")), kNow);
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_FALSE(readings[0].used);
  EXPECT_EQ(readings[0].remaining, 101);
  EXPECT_FALSE(readings[0].resets_at);
}

}  // namespace
}  // namespace keyledger::providers::brave
