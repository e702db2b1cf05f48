#include "base/instant.h"

#include <gtest/gtest.h>

namespace keyledger {
namespace {

Instant at(const char* text) {
  const Result<Instant> instant = parse_rfc3339(text);
  EXPECT_TRUE(instant) << text;
  return instant.value_or(Instant{});
}

TEST(InstantTest, Rfc3339IsReadInAllItsForms) {
  const struct {
    const char* text;
    std::int64_t millis;
  } cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01t00:00:00z", 0},
      {"1970-01-01 00:00:00Z", 0},
      {"1969-12-31T23:59:59.999Z", -1},
      {"2026-11-21T20:14:05Z", 1795292045000},
      {"2026-11-21T20:14:05.1Z", 1795292045100},
      {"2026-11-21T20:14:05.12Z", 1795292045120},
      {"2026-11-21T20:14:05.123Z", 1795292045123},
      {"2026-11-21T20:14:05.123999999999Z", 1795292045123},  // cut off, not rounded
      {"2026-11-21T20:14:05.000000Z", 1795292045000},
      {"2026-11-21T22:14:05+02:00", 1795292045000},
      {"2026-11-21T22:14:05.5+02:00", 1795292045500},
      {"2026-11-21T14:44:05-05:30", 1795292045000},
      {"2026-11-22T20:13:05+23:59", 1795292045000},
      {"2026-11-21T20:14:05-00:00", 1795292045000},
      {"2016-12-31T23:59:60Z", 1483228800000},  // a leap second is the first of the next minute
      {"2024-02-29T00:00:00Z", 1709164800000},
      {"0000-01-01T00:00:00Z", -62167219200000},
      {"9999-12-31T23:59:59.999Z", 253402300799999},
  };
  for (const auto& c : cases) {
    const Result<Instant> instant = parse_rfc3339(c.text);
    ASSERT_TRUE(instant) << c.text;
    EXPECT_EQ(to_millis(*instant), c.millis) << c.text;
  }
}

TEST(InstantTest, AnythingElseIsRefused) {
  for (const char* text : {"",
                           "now",
                           "2026-11-21",
                           "2026-11-21T20:14:05",
                           "2026-11-21T20:14Z",
                           "2026-11-21T20:14:05 Z",
                           "2026-11-21T20:14:05.Z",
                           "2026-11-21T20:14:05,5Z",
                           "2026-11-21T24:00:00Z",
                           "2026-11-21T20:60:00Z",
                           "2026-11-21T20:14:61Z",
                           "2026-11-21T20:14:05+24:00",
                           "2026-11-21T20:14:05+02:60",
                           "2026-11-21T20:14:05+0200",
                           "2026-11-21T20:14:05+02",
                           "2026-11-21T20:14:05+02:00x",
                           "2026-11-21T20:14:05ZZ",
                           "2026-11-21X20:14:05Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-11-31T00:00:00Z",
                           "2026-11-00T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2100-02-29T00:00:00Z",
                           "+026-11-21T20:14:05Z",
                           "2026-1-21T20:14:005Z",
                           " 2026-11-21T20:14:05Z",
                           "2026-11-21T-1:14:05Z",
                           "12026-11-21T20:14:05Z",
                           "2026-11-21T2a:14:05Z",
                           "0000-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "9999-12-31T23:59:60Z"}) {
    const Result<Instant> instant = parse_rfc3339(text);
    ASSERT_FALSE(instant) << text;
    EXPECT_EQ(instant.error().code, Code::invalid_argument);
    EXPECT_FALSE(instant.error().message.empty());
  }
}

TEST(InstantTest, WritesMillisecondsOnlyWhereThereAreSome) {
  EXPECT_EQ(to_rfc3339(from_millis(1795292045000)), "2026-11-21T20:14:05Z");
  EXPECT_EQ(to_rfc3339(from_millis(1795292045007)), "2026-11-21T20:14:05.007Z");
  EXPECT_EQ(to_rfc3339(from_millis(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(from_millis(-62167219200000)), "0000-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(from_millis(253402300799999)), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(from_millis(253402300800000)), "10000-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(from_millis(-62167219200001)), "-001-12-31T23:59:59Z");
  std::string text = "at ";
  append_rfc3339(text, from_millis(1795292045010));
  EXPECT_EQ(text, "at 2026-11-21T20:14:05.010Z");
}

TEST(InstantTest, ComesBackAsItWas) {
  for (std::int64_t millis = -62167219200000; millis < 253402300800000; millis += 86'399'999'877) {
    EXPECT_EQ(to_millis(at(to_rfc3339(from_millis(millis)).c_str())), millis);
  }
}

TEST(DayTest, ReadsFourTwoAndTwoDigitsOfARealDay) {
  for (const char* text : {"2026-11-21", "2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31", "2026-04-30"}) {
    const Result<Day> day = parse_day(text);
    ASSERT_TRUE(day) << text;
    EXPECT_EQ(to_string(*day), text);
  }
  for (const char* text : {"",           "2026-11",     "2026-11-1",   "2026-1-21",  "26-11-21",
                           "2026/11/21", "2026-11-21 ", " 2026-11-21", "2026-11-2x", "2026-02-29",
                           "1900-02-29", "2023-02-29",  "2026-04-31",  "2026-00-10", "2026-13-10",
                           "2026-10-00", "2026-10-32",  "-026-11-21",  "20261121",   "2026-11-21T00:00:00Z"}) {
    const Result<Day> day = parse_day(text);
    ASSERT_FALSE(day) << text;
    EXPECT_EQ(day.error().code, Code::invalid_argument);
  }
}

TEST(DayTest, ADayBeginsAtMidnightUtc) {
  EXPECT_EQ(to_string(day_of(at("2026-11-21T00:00:00Z"))), "2026-11-21");
  EXPECT_EQ(to_string(day_of(at("2026-11-20T23:59:59.999Z"))), "2026-11-20");
  EXPECT_EQ(to_string(day_of(from_millis(-1))), "1969-12-31");
}

TEST(ClockTest, AManualClockStandsUntilItIsMoved) {
  ManualClock clock{from_millis(1000)};
  EXPECT_EQ(clock.now(), from_millis(1000));
  clock.advance(std::chrono::seconds{2});
  EXPECT_EQ(clock.now(), from_millis(3000));
  clock.set(from_millis(5));
  EXPECT_EQ(clock.now(), from_millis(5));
}

TEST(ClockTest, TheSystemClockIsInThisAge) {
  EXPECT_GT(SystemClock{}.now(), at("2025-01-01T00:00:00Z"));
  EXPECT_LT(SystemClock{}.now(), at("2200-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace keyledger
