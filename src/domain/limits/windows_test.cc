#include "domain/limits/windows.h"

#include <gtest/gtest.h>

#include "domain/limits/calendar.h"

namespace keyledger::limits {
namespace {

using namespace std::chrono_literals;

Zone zone(std::string_view name) {
  return Zone::find(name).value();
}

Instant at(std::string_view text) {
  return parse_rfc3339(text).value();
}

std::string text(const Span& span) {
  return to_rfc3339(span.begin) + " " + to_rfc3339(span.end);
}

TEST(WindowOf, IsTheHourDayOrMonthOnTheClocksOfTheZone) {
  const struct {
    const char* what;
    Window window;
    const char* zone;
    const char* instant;
    const char* want;
  } cases[] = {
      {"an hour", Window::hour, "UTC", "2026-11-21T20:14:05Z", "2026-11-21T20:00:00Z 2026-11-21T21:00:00Z"},
      {"an hour that begins at the half", Window::hour, "Asia/Kolkata", "2026-11-21T20:14:05Z",
       "2026-11-21T19:30:00Z 2026-11-21T20:30:00Z"},
      {"the hour before one that is skipped", Window::hour, "Europe/Berlin", "2026-03-29T00:59:59Z",
       "2026-03-29T00:00:00Z 2026-03-29T01:00:00Z"},
      {"the hour after one that is skipped", Window::hour, "Europe/Berlin", "2026-03-29T01:00:00Z",
       "2026-03-29T01:00:00Z 2026-03-29T02:00:00Z"},
      {"an hour shown twice, first", Window::hour, "Europe/Berlin", "2026-10-25T00:30:00Z",
       "2026-10-25T00:00:00Z 2026-10-25T01:00:00Z"},
      {"an hour shown twice, again", Window::hour, "Europe/Berlin", "2026-10-25T01:30:00Z",
       "2026-10-25T01:00:00Z 2026-10-25T02:00:00Z"},
      {"half an hour that is left of one", Window::hour, "Australia/Lord_Howe", "2026-10-03T15:40:00Z",
       "2026-10-03T15:30:00Z 2026-10-03T16:00:00Z"},
      {"half an hour shown twice, first, as part of its hour", Window::hour, "Australia/Lord_Howe",
       "2026-04-04T14:45:00Z", "2026-04-04T14:00:00Z 2026-04-04T15:00:00Z"},
      {"half an hour shown twice, again", Window::hour, "Australia/Lord_Howe", "2026-04-04T15:15:00Z",
       "2026-04-04T15:00:00Z 2026-04-04T15:30:00Z"},
      {"a day", Window::day, "UTC", "2026-11-21T20:14:05Z", "2026-11-21T00:00:00Z 2026-11-22T00:00:00Z"},
      {"23 hours in Berlin", Window::day, "Europe/Berlin", "2026-03-29T12:00:00Z",
       "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z"},
      {"25 hours in Berlin", Window::day, "Europe/Berlin", "2026-10-25T22:59:59.999Z",
       "2026-10-24T22:00:00Z 2026-10-25T23:00:00Z"},
      {"23 hours in New York", Window::day, "America/New_York", "2026-03-08T12:00:00Z",
       "2026-03-08T05:00:00Z 2026-03-09T04:00:00Z"},
      {"25 hours in New York", Window::day, "America/New_York", "2026-11-01T12:00:00Z",
       "2026-11-01T04:00:00Z 2026-11-02T05:00:00Z"},
      {"a day in Kolkata", Window::day, "Asia/Kolkata", "2026-03-29T18:30:00Z",
       "2026-03-29T18:30:00Z 2026-03-30T18:30:00Z"},
      {"the day before the one that Apia left out", Window::day, "Pacific/Apia", "2011-12-30T09:59:59.999Z",
       "2011-12-29T10:00:00Z 2011-12-30T10:00:00Z"},
      {"the day after it", Window::day, "Pacific/Apia", "2011-12-30T10:00:00Z",
       "2011-12-30T10:00:00Z 2011-12-31T10:00:00Z"},
      {"a month of 30 days", Window::month, "UTC", "2026-11-30T23:59:59.999Z",
       "2026-11-01T00:00:00Z 2026-12-01T00:00:00Z"},
      {"the last month of a year", Window::month, "UTC", "2026-12-31T12:00:00Z",
       "2026-12-01T00:00:00Z 2027-01-01T00:00:00Z"},
      {"February", Window::month, "UTC", "2026-02-28T12:00:00Z", "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z"},
      {"February in a leap year", Window::month, "UTC", "2028-02-29T23:59:59Z",
       "2028-02-01T00:00:00Z 2028-03-01T00:00:00Z"},
      {"a month that begins earlier in Apia", Window::month, "Pacific/Apia", "2026-10-31T12:00:00Z",
       "2026-10-31T11:00:00Z 2026-11-30T11:00:00Z"},
      {"a month of 31 days less an hour", Window::month, "Europe/Berlin", "2026-03-15T12:00:00Z",
       "2026-02-28T23:00:00Z 2026-03-31T22:00:00Z"},
      {"a month that is 30 days long since Apia left one out", Window::month, "Pacific/Apia", "2011-12-15T12:00:00Z",
       "2011-12-01T10:00:00Z 2011-12-31T10:00:00Z"},
      {"a day that goes on when clocks go back over midnight", Window::day, "America/St_Johns", "2010-11-07T02:45:00Z",
       "2010-11-07T02:30:00Z 2010-11-08T03:30:00Z"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(text(window_of(c.window, zone(c.zone), at(c.instant))), c.want);
  }
}

TEST(WindowOf, WindowsHoldTheirInstantTouchAndNeverOverlap) {
  for (const char* const name :
       {"UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kolkata", "Pacific/Apia", "Asia/Beirut",
        "America/Havana", "Australia/Lord_Howe", "Antarctica/Casey", "Asia/Pyongyang"}) {
    for (const Window window : {Window::hour, Window::day, Window::month}) {
      for (Instant instant = at("2009-12-31T00:00:00Z"); instant < at("2012-02-01T00:00:00Z");) {
        const Span span = window_of(window, zone(name), instant);
        ASSERT_LE(span.begin, instant) << name;
        ASSERT_LT(instant, span.end) << name;
        ASSERT_EQ(window_of(window, zone(name), span.begin), span) << name << " " << text(span);
        ASSERT_EQ(window_of(window, zone(name), span.end - 1ms), span) << name << " " << text(span);
        ASSERT_EQ(window_of(window, zone(name), span.end).begin, span.end) << name << " " << text(span);
        instant = span.end + (span.end - span.begin) * 4 / 3;
      }
    }
  }
}

TEST(CalendarCount, TurnsWithItsWindowAndNotBefore) {
  CalendarCount count;
  const Zone berlin = zone("Europe/Berlin");
  count.turn(Window::day, berlin, at("2026-10-25T12:00:00Z"));
  count.used = 7;
  count.turn(Window::day, berlin, at("2026-10-25T22:59:59.999Z"));
  EXPECT_EQ(count.used, 7);
  EXPECT_EQ(to_rfc3339(count.end()), "2026-10-25T23:00:00Z");
  EXPECT_TRUE(count.stands_at(at("2026-10-24T22:00:00Z")));
  EXPECT_FALSE(count.stands_at(at("2026-10-24T21:59:59.999Z")));
  EXPECT_FALSE(count.stands_at(at("2026-10-25T23:00:00Z")));
  count.turn(Window::day, berlin, at("2026-10-25T23:00:00Z"));
  EXPECT_EQ(count.used, 0);
}

TEST(CalendarCount, AnotherZoneCountsFromTheNextWindowOn) {
  CalendarCount count;
  count.turn(Window::day, zone("Europe/Berlin"), at("2026-11-21T12:00:00Z"));
  count.used = 7;
  count.turn(Window::day, zone("Asia/Kolkata"), at("2026-11-21T20:00:00Z"));
  EXPECT_EQ(count.used, 7);
  count.turn(Window::day, zone("Asia/Kolkata"), at("2026-11-21T23:00:00Z"));
  EXPECT_EQ(count.used, 0);
  EXPECT_EQ(to_rfc3339(count.end()), "2026-11-22T18:30:00Z");
  EXPECT_FALSE(count.stands_at(at("2026-11-21T22:59:59.999Z"))) << "that was in the day of Berlin";
  EXPECT_TRUE(count.stands_at(at("2026-11-21T23:00:00Z")));
}

TEST(CalendarCount, AWindowThatBeginsWithinAMinuteStillHoldsItsInstant) {
  CalendarCount count;
  const Instant instant = at("1970-06-01T00:44:20Z");  // Monrovia was 44 minutes and 30 seconds behind until 1972
  count.turn(Window::day, zone("Africa/Monrovia"), instant);
  EXPECT_TRUE(count.stands_at(instant));
}

}  // namespace
}  // namespace keyledger::limits
