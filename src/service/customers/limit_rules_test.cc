#include "service/customers/limit_rules.h"

#include <gtest/gtest.h>

namespace keyledger::service {
namespace {

using limits::Limit;
using limits::Metric;
using limits::Window;
using Limits = std::vector<Limit>;

constexpr Limit kDaily{Metric::requests, Window::day, 100};
constexpr Limit kMinute{Metric::requests, Window::minute, 10};
constexpr Limit kOpen{Metric::rentals, Window::at_once, 2};

Limit daily(std::int64_t amount) {
  return {Metric::requests, Window::day, amount};
}

TEST(NewLimits, AreAHundredRequestsADayUnlessSomethingElseIsSaid) {
  const struct {
    const char* name;
    LimitWishes wishes;
    Limits want;
  } cases[] = {
      {"nothing said", {}, {kDaily}},
      {"a rate limit", {7, {}}, {daily(7)}},
      {"none", {0, {}}, {}},
      {"other limits", {{}, Limits{kOpen, kMinute}}, {kMinute, kDaily, kOpen}},
      {"requests a day among the limits", {{}, Limits{daily(5)}}, {daily(5)}},
      {"both say the same", {5, Limits{daily(5)}}, {daily(5)}},
      {"a rate limit and others", {5, Limits{kOpen}}, {daily(5), kOpen}},
      {"none and others", {0, Limits{kOpen}}, {kOpen}},
      {"the largest", {limits::kAmountMax, {}}, {daily(limits::kAmountMax)}},
  };
  for (const auto& c : cases) {
    const Result<Limits> made = new_limits(c.wishes);
    ASSERT_TRUE(made) << c.name;
    EXPECT_EQ(*made, c.want) << c.name;
  }
}

TEST(NewLimits, AreRefusedWithTheirField) {
  const struct {
    LimitWishes wishes;
    const char *reason, *field;
  } cases[] = {
      {{-1, {}}, "out_of_range", "rate_limit"},
      {{limits::kAmountMax + 1, {}}, "out_of_range", "rate_limit"},
      {{7, Limits{kDaily}}, "contradicting_limits", "rate_limit"},
      {{0, Limits{kDaily}}, "contradicting_limits", "rate_limit"},
      {{{}, Limits{kDaily, daily(0)}}, "out_of_range", "limits[1].amount"},
      {{{}, Limits{kDaily, daily(7)}}, "duplicate_limit", "limits[1]"},
  };
  for (const auto& c : cases) {
    for (const Result<Limits>& refused : {new_limits(c.wishes), changed_limits({kDaily, kOpen}, c.wishes)}) {
      ASSERT_FALSE(refused) << c.reason;
      EXPECT_EQ(refused.error().reason, c.reason);
      EXPECT_EQ(refused.error().field, c.field);
    }
  }
}

TEST(ChangedLimits, ARateLimitChangesRequestsADayAlone) {
  const Limits old{kMinute, kDaily, kOpen};
  EXPECT_EQ(changed_limits(old, {}), old);
  EXPECT_EQ(changed_limits(old, {7, {}}), (Limits{kMinute, daily(7), kOpen}));
  EXPECT_EQ(changed_limits(old, {0, {}}), (Limits{kMinute, kOpen}));
  EXPECT_EQ(changed_limits({kOpen}, {7, {}}), (Limits{daily(7), kOpen}));
}

TEST(ChangedLimits, LimitsReplaceThemAll) {
  const Limits old{kMinute, kDaily};
  EXPECT_EQ(changed_limits(old, {{}, Limits{kOpen}}), (Limits{kOpen}));
  EXPECT_EQ(changed_limits(old, {{}, Limits{}}), (Limits{}));
  EXPECT_EQ(changed_limits(old, {7, Limits{kOpen}}), (Limits{daily(7), kOpen}));
}

TEST(Unused, LimitsHaveAllLeftUntilTheirWindowTurns) {
  const Instant now = *parse_rfc3339("2026-11-18T11:06:40Z");
  const auto standings = unused({kMinute, kDaily, kOpen}, *Zone::find("Europe/Berlin"), now);
  ASSERT_EQ(standings.size(), 3U);
  EXPECT_EQ(standings[0].resets_at, now);
  EXPECT_EQ(to_rfc3339(*standings[1].resets_at), "2026-11-18T23:00:00Z");
  EXPECT_EQ(standings[2].resets_at, std::nullopt);
  for (const auto& standing : standings) {
    EXPECT_EQ(standing.used, 0);
    EXPECT_EQ(standing.remaining, standing.amount);
  }
}

}  // namespace
}  // namespace keyledger::service
