#include "base/zone.h"

#include <gtest/gtest.h>

namespace keyledger {
namespace {

using namespace std::chrono_literals;

Zone zone(std::string_view name) {
  const Result<Zone> found = Zone::find(name);
  check_invariant(found.has_value(), "the system knows the zone");
  return *found;
}

Instant at(std::string_view text) {
  return parse_rfc3339(text).value();
}

LocalDay day(int year, unsigned month, unsigned of_month) {
  return LocalDay{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{of_month}};
}

TEST(Zone, IsUtcUnlessSaidOtherwise) {
  EXPECT_EQ(Zone{}.name(), "UTC");
  EXPECT_EQ(Zone{}, zone("UTC"));
  EXPECT_EQ(Zone{}.offset(at("2026-07-01T00:00:00Z")), 0s);
  EXPECT_EQ(Zone{}.start_of(day(2026, 7, 1)), at("2026-07-01T00:00:00Z"));
  EXPECT_EQ(Zone{}.day_of(at("2026-07-01T23:59:59.999Z")), day(2026, 7, 1));
}

TEST(Zone, AnUnknownNameIsRefusedAndRepeatedInPart) {
  for (const std::string& name : {std::string{"Europe/Atlantis"}, std::string{}, std::string{"../../etc/passwd"},
                                  std::string{"europe/berlin"}, std::string(100'000, 'x')}) {
    const Result<Zone> found = Zone::find(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().code, Code::invalid_argument);
    EXPECT_EQ(found.error().reason, "unknown_timezone");
    EXPECT_LT(found.error().message.size(), 200U);
  }
}

TEST(Zone, SaysWhatClocksShow) {
  const struct {
    const char* name;
    const char* instant;
    std::chrono::seconds want;
  } cases[] = {
      {"Europe/Berlin", "2026-01-15T12:00:00Z", 1h},          {"Europe/Berlin", "2026-07-15T12:00:00Z", 2h},
      {"Europe/Berlin", "2026-03-29T00:59:59.999Z", 1h},      {"Europe/Berlin", "2026-03-29T01:00:00Z", 2h},
      {"Europe/Berlin", "2026-10-25T00:59:59.999Z", 2h},      {"Europe/Berlin", "2026-10-25T01:00:00Z", 1h},
      {"America/New_York", "2026-11-01T05:59:59.999Z", -4h},  {"America/New_York", "2026-11-01T06:00:00Z", -5h},
      {"America/New_York", "2036-07-01T00:00:00Z", -4h},      {"Asia/Kolkata", "2026-07-15T12:00:00Z", 5h + 30min},
      {"Asia/Kathmandu", "2026-07-15T12:00:00Z", 5h + 45min},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string{c.name} + " " + c.instant);
    EXPECT_EQ(zone(c.name).offset(at(c.instant)), c.want);
  }
}

TEST(Zone, ADayBeginsAtItsFirstInstant) {
  const struct {
    const char* what;
    const char* name;
    LocalDay day;
    const char* want;
  } cases[] = {
      {"an ordinary day", "Europe/Berlin", day(2026, 1, 15), "2026-01-14T23:00:00Z"},
      {"after clocks were set forward", "Europe/Berlin", day(2026, 3, 30), "2026-03-29T22:00:00Z"},
      {"after clocks were set back", "Europe/Berlin", day(2026, 10, 26), "2026-10-25T23:00:00Z"},
      {"west of Greenwich", "America/New_York", day(2026, 3, 8), "2026-03-08T05:00:00Z"},
      {"half an hour off", "Asia/Kolkata", day(2026, 8, 15), "2026-08-14T18:30:00Z"},
      {"midnight is skipped", "Asia/Beirut", day(2026, 3, 29), "2026-03-28T22:00:00Z"},
      {"midnight comes twice", "America/Havana", day(2025, 11, 2), "2025-11-02T04:00:00Z"},
      {"clocks go back over midnight", "America/St_Johns", day(2010, 11, 7), "2010-11-07T02:30:00Z"},
      {"the day before the one left out", "Pacific/Apia", day(2011, 12, 29), "2011-12-29T10:00:00Z"},
      {"the day left out", "Pacific/Apia", day(2011, 12, 30), "2011-12-30T10:00:00Z"},
      {"the day after the one left out", "Pacific/Apia", day(2011, 12, 31), "2011-12-30T10:00:00Z"},
      {"a leap day", "Europe/Berlin", day(2028, 2, 29), "2028-02-28T23:00:00Z"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(to_rfc3339(zone(c.name).start_of(c.day)), c.want);
  }
}

TEST(Zone, TheInstantBeforeADayBeginsBelongsToAnEarlierOne) {
  for (const char* const name : {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Asia/Beirut",
                                 "Australia/Lord_Howe", "Antarctica/Casey", "Pacific/Kiritimati"}) {
    for (LocalDay today = day(2009, 1, 1); today < day(2013, 1, 1); today += std::chrono::days{1}) {
      const Instant start = zone(name).start_of(today);
      ASSERT_GE(zone(name).day_of(start), today) << name;
      ASSERT_LT(zone(name).day_of(start - 1ms), today) << name << " " << to_rfc3339(start);
    }
  }
}

}  // namespace
}  // namespace keyledger
