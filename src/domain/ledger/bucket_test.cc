#include "domain/ledger/bucket.h"

#include <gtest/gtest.h>

namespace keyledger::ledger {
namespace {

Instant at(const char* text) {
  return parse_rfc3339(text).value();
}
Zone zone(const char* name) {
  return Zone::find(name).value();
}

TEST(Bucket, BeginsWithAnHourOfTheZonesClocks) {
  const struct {
    const char* zone;
    const char* instant;
    const char* start;
  } cases[] = {
      {"UTC", "2026-11-21T20:00:00Z", "2026-11-21T20:00:00Z"},
      {"UTC", "2026-11-21T20:59:59.999Z", "2026-11-21T20:00:00Z"},
      {"UTC", "1969-12-31T23:59:59Z", "1969-12-31T23:00:00Z"},
      {"Europe/Berlin", "2026-11-21T20:14:05Z", "2026-11-21T20:00:00Z"},
      {"Asia/Kolkata", "2026-11-21T20:14:05Z", "2026-11-21T19:30:00Z"},
      {"Asia/Kolkata", "2026-11-21T20:30:00Z", "2026-11-21T20:30:00Z"},
      {"Asia/Kathmandu", "2026-11-21T20:14:05Z", "2026-11-21T19:15:00Z"},
      {"Asia/Kathmandu", "2026-11-21T20:15:00Z", "2026-11-21T20:15:00Z"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.zone) + " " + c.instant);
    EXPECT_EQ(start_of(bucket_of(zone(c.zone), at(c.instant))), at(c.start));
  }
}

TEST(Bucket, AnHourThatTheClocksShowTwiceIsTwo) {
  const Zone berlin = zone("Europe/Berlin");  // 2026-10-25, 3:00 becomes 2:00 at 1:00 UTC
  EXPECT_EQ(bucket_of(berlin, at("2026-10-25T00:30:00Z")) + 4, bucket_of(berlin, at("2026-10-25T01:30:00Z")));
}

TEST(Bucket, EveryMidnightBeginsOne) {
  for (const char* name : {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Apia",
                           "Australia/Lord_Howe", "America/Havana", "Asia/Beirut"}) {
    SCOPED_TRACE(name);
    const Zone zone_of_test = zone(name);
    Instant midnight = zone_of_test.start_of(zone_of_test.day_of(at("2011-01-01T12:00:00Z")));
    for (int day = 0; day < 800; ++day) {
      ASSERT_EQ(start_of(bucket_of(zone_of_test, midnight)), midnight) << to_rfc3339(midnight);
      ASSERT_LT(bucket_of(zone_of_test, midnight - std::chrono::milliseconds{1}), bucket_of(zone_of_test, midnight));
      const LocalDay next = zone_of_test.day_of(midnight) + std::chrono::days{1};
      midnight = zone_of_test.start_of(next);
    }
  }
}

}  // namespace
}  // namespace keyledger::ledger
