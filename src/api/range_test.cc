#include "api/range.h"

#include <gtest/gtest.h>

namespace keyledger::api {
namespace {

net::Request asking(std::vector<std::pair<std::string, std::string>> query) {
  net::Request request;
  request.query = std::move(query);
  return request;
}

TEST(Range, IsTakenAsItIsGiven) {
  const Result<RangeAsked> nothing = query_range(asking({}));
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(nothing->days || nothing->from || nothing->to);
  const Result<RangeAsked> all = query_range(asking({{"days", "7"}, {"from", "2026-11-01"}, {"to", "2026-11-30"}}));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->days, 7);
  EXPECT_EQ(all->from, parse_day("2026-11-01").value());
  EXPECT_EQ(all->to, parse_day("2026-11-30").value());
}

TEST(Range, WhatIsNoDayOrNoNumberIsTold) {
  const struct {
    const char *name, *value, *reason;
  } cases[] = {{"days", "0", "invalid_days"},      {"days", "-1", "invalid_days"},
               {"days", "ten", "invalid_days"},    {"days", "", "invalid_days"},
               {"from", "today", "malformed_day"}, {"to", "2026-02-30", "malformed_day"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.value);
    const Result<RangeAsked> range = query_range(asking({{c.name, c.value}}));
    ASSERT_FALSE(range);
    EXPECT_EQ(range.error().reason, c.reason);
    EXPECT_EQ(range.error().field, c.name);
  }
}

TEST(Range, AFileIsNamedAfterItsDaysAndItsZone) {
  const Day from = parse_day("2026-10-23").value();
  const Day to = parse_day("2026-11-21").value();
  EXPECT_EQ(csv_file_name("usage", from, to, "Europe/Berlin"), "usage_2026-10-23_2026-11-21_Europe-Berlin.csv");
  EXPECT_EQ(csv_file_name("x", from, to, "America/Argentina/Ushuaia"),
            "x_2026-10-23_2026-11-21_America-Argentina-Ushuaia.csv");
}

}  // namespace
}  // namespace keyledger::api
