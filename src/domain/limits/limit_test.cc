#include "domain/limits/limit.h"

#include <gtest/gtest.h>

namespace keyledger::limits {
namespace {

TEST(CheckLimits, EveryKindOfLimitTogetherIsFine) {
  std::vector<Limit> limits;
  for (const Metric metric : {Metric::requests, Metric::rentals}) {
    for (const Window window : {Window::second, Window::minute, Window::hour, Window::day, Window::month}) {
      limits.push_back({metric, window, kAmountMax});
    }
  }
  limits.push_back({Metric::rentals, Window::at_once, 1});
  EXPECT_EQ(limits.size(), kLimitsMax);
  EXPECT_TRUE(check_limits(limits));
  EXPECT_TRUE(check_limits({}));
}

TEST(CheckLimits, WhatIsWrongIsNamedWithItsField) {
  const Limit day{Metric::requests, Window::day, 100};
  const struct {
    const char* name;
    std::vector<Limit> limits;
    const char* reason;
    const char* field;
  } cases[] = {
      {"nothing at all", {{Metric::requests, Window::day, 0}}, "out_of_range", "limits[0].amount"},
      {"less than nothing", {day, {Metric::rentals, Window::day, -1}}, "out_of_range", "limits[1].amount"},
      {"too much", {{Metric::requests, Window::day, kAmountMax + 1}}, "out_of_range", "limits[0].amount"},
      {"the same twice", {day, {Metric::rentals, Window::day, 1}, day}, "duplicate_limit", "limits[2]"},
      {"requests at once", {day, {Metric::requests, Window::at_once, 1}}, "unknown_value", "limits[1].window"},
      {"very many", std::vector<Limit>(1'000'000, day), "duplicate_limit", "limits[1]"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Result<void> checked = check_limits(c.limits);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Code::invalid_argument);
    EXPECT_EQ(checked.error().reason, c.reason);
    EXPECT_EQ(checked.error().field, c.field);
  }
}

}  // namespace
}  // namespace keyledger::limits
