#include "service/ledger/period_stats.h"

#include <gtest/gtest.h>

#include "service/ledger/activity.h"
#include "service/ledger/testing.h"

namespace keyledger::service {
namespace {

using ledger::Status;
using testing::at;
using testing::LedgerWorld;
using testing::run;
using testing::Sample;
using testing::zone;

Day day(std::string_view text) {
  const Result<Day> parsed = parse_day(text);
  check_invariant(parsed.has_value(), "the test's day is well-formed");
  return *parsed;
}

/// It is 21 November 2026, 10:30.
class PeriodStatsTest : public ::testing::Test {
 protected:
  PeriodStatsTest() { world_.clock.set(at("2026-11-21T10:30:00Z")); }
  void call(std::string_view time, std::int64_t times, Status status = Status::success, std::string action = "check",
            std::int64_t key = 1) {
    for (std::int64_t i = 0; i < times; ++i) {
      world_.append({.key = key, .at = at(time), .action = action, .status = status});
    }
  }
  PeriodStats stats(SpanAsked asked, std::optional<CustomerId> customer = {}) {
    Result<PeriodStats> read = run(world_.activity().period_stats(asked, customer));
    check_invariant(read.has_value(), "the test's stats can be read");
    return std::move(*read);
  }
  LedgerWorld world_{};
};

TEST_F(PeriodStatsTest, EachOutcomeHasItsPlaceInTheDay) {
  std::int64_t times = 1;
  for (const Status status :
       {Status::success, Status::error, Status::rate_limited, Status::key_revoked, Status::key_expired,
        Status::customer_suspended, Status::ip_not_allowed, Status::action_not_allowed}) {
    call("2026-11-21T09:00:00Z", times++, status);
  }
  const PeriodStats read = stats({.days = 2});
  ASSERT_EQ(read.stats.days.size(), 2U);
  const DayCount& today = read.stats.days.back();
  EXPECT_EQ(today.day, day("2026-11-21"));
  EXPECT_EQ(today.success, 1);
  EXPECT_EQ(today.error, 2);
  EXPECT_EQ(today.rate_limited, 3);
  EXPECT_EQ(today.unknown_or_revoked, 4 + 5);
  EXPECT_EQ(today.other_refused, 6 + 7 + 8);
  EXPECT_EQ(today.total, 36);
  EXPECT_EQ(today.admitted, 3);
  EXPECT_EQ(today.refused, 33);
  EXPECT_EQ(read.refused_share, 917);  // 33 of 36
  EXPECT_EQ(read.from, day("2026-11-20"));
  EXPECT_EQ(read.to, day("2026-11-21"));
  EXPECT_EQ(read.timezone, "UTC");
  EXPECT_EQ(read.stats.totals.period_days, 2);
}

TEST_F(PeriodStatsTest, ChangesLeaveOutTheHourThatHasOnlyBegun) {
  call("2026-11-21T09:59:59Z", 6);
  call("2026-11-21T10:00:00Z", 50);  // this hour
  call("2026-11-20T09:59:59Z", 4);
  call("2026-11-20T10:59:59Z", 3);   // the same hour yesterday
  call("2026-11-20T11:00:00Z", 99);  // later yesterday
  const PeriodStats read = stats({.days = 1});
  EXPECT_EQ(read.stats.totals.total_requests, 56);
  EXPECT_EQ(read.previous.total_requests, 7);
  EXPECT_EQ(read.changes.total_requests, 500);  // from 4 to 6
  EXPECT_EQ(read.changes.failed, std::nullopt);
  EXPECT_EQ(read.previous.from, day("2026-11-20"));
  EXPECT_EQ(read.previous.to, day("2026-11-20"));
}

TEST_F(PeriodStatsTest, ARangeThatIsOverIsComparedAsAWhole) {
  call("2026-11-19T23:59:59Z", 10);
  call("2026-11-18T12:00:00Z", 10, Status::rate_limited);
  call("2026-11-17T23:59:59Z", 5);
  call("2026-11-16T00:00:00Z", 5, Status::rate_limited);
  call("2026-11-15T23:59:59Z", 77);
  const PeriodStats read = stats({.from = day("2026-11-18"), .to = day("2026-11-19")});
  EXPECT_EQ(read.previous.total_requests, 5);
  EXPECT_EQ(read.previous.refused, 5);
  EXPECT_EQ(read.previous.refused_share, 500);
  EXPECT_EQ(read.changes.total_requests, 1'000);
  EXPECT_EQ(read.changes.refused_share, 0);
  EXPECT_EQ(read.previous.from, day("2026-11-16"));
  EXPECT_EQ(read.previous.to, day("2026-11-17"));
}

TEST_F(PeriodStatsTest, DaysAreThoseOfTheInstallationAndTheSameTimeOfDayIsCompared) {
  world_.zone_of_all = zone("Europe/Berlin");
  world_.clock.set(at("2026-10-25T09:30:00Z"));  // 10:30, and in the night the clocks were set back
  call("2026-10-24T22:00:00Z", 2);               // midnight
  call("2026-10-24T21:59:59Z", 30);              // the day before, late
  call("2026-10-24T07:30:00Z", 4);               // the day before, 9:30
  const PeriodStats read = stats({.days = 1});
  EXPECT_EQ(read.stats.totals.total_requests, 2);
  EXPECT_EQ(read.previous.total_requests, 4);
  EXPECT_EQ(read.changes.total_requests, -500);
  EXPECT_EQ(read.timezone, "Europe/Berlin");
}

TEST_F(PeriodStatsTest, WithoutCallsNothingIsAShareOrAChange) {
  const PeriodStats read = stats({});
  EXPECT_EQ(read.stats.days.size(), 30U);
  EXPECT_EQ(read.refused_share, std::nullopt);
  EXPECT_EQ(read.previous.refused_share, std::nullopt);
  EXPECT_EQ(read.changes.total_requests, std::nullopt);
  EXPECT_EQ(read.changes.refused_share, std::nullopt);
}

TEST_F(PeriodStatsTest, OfACustomerOnlyItsOwnCounts) {
  call("2026-11-21T09:00:00Z", 3, Status::success, "rent", 1);
  call("2026-11-21T09:00:00Z", 2, Status::success, "return", 2);
  call("2026-11-21T09:00:00Z", 7, Status::success, "check", 4);
  world_.script(R"sql(
    UPDATE customer_keys SET revoked_at = 5 WHERE id = 1;
    UPDATE customer_keys SET expires_at = 5 WHERE id IN (1, 2);
    UPDATE customers SET suspended_at = 5 WHERE id = 2;
    INSERT INTO rentals (rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info, rented_at,
                         expires_at, ended_at, ended_by)
      VALUES (1, 1, 1, 1, 1, '', 1795251600000, 9000000000000, NULL, ''),
             (2, 1, 4, 2, 1, '', 1795251600000, 9000000000000, NULL, ''),
             (3, 2, 2, 1, 1, '', 1795251600000, 1795251600001, NULL, ''))sql");
  const PeriodStats one = stats({.days = 7}, CustomerId{1});
  EXPECT_EQ(one.stats.totals.total_requests, 5);
  EXPECT_EQ(one.stats.totals.rentals, 3);
  EXPECT_EQ(one.stats.totals.returns, 2);
  EXPECT_EQ(one.open_rentals, 1);  // one is over, though nobody has ended it
  EXPECT_EQ(one.key_counts.total, 3);
  EXPECT_EQ(one.key_counts.active, 1);
  EXPECT_EQ(one.key_counts.expired, 1);
  EXPECT_EQ(one.key_counts.revoked, 1);
  const PeriodStats all = stats({.days = 7});
  EXPECT_EQ(all.stats.totals.total_requests, 12);
  EXPECT_EQ(all.open_rentals, 2);
  EXPECT_EQ(all.key_counts.total, 5);
  EXPECT_EQ(all.key_counts.suspended, 1);
}

TEST_F(PeriodStatsTest, BadQuestionsAreRefused) {
  const auto reason = [&](SpanAsked asked, std::optional<CustomerId> customer = {}) {
    return run(world_.activity().period_stats(asked, customer)).error().reason;
  };
  EXPECT_EQ(reason({.days = 0}), "invalid_days");
  EXPECT_EQ(reason({.days = 1'099}), "invalid_days");
  EXPECT_EQ(reason({.from = day("2026-11-01")}), "range_incomplete");
  EXPECT_EQ(reason({.from = day("2026-11-02"), .to = day("2026-11-01")}), "range_reversed");
  EXPECT_EQ(reason({}, CustomerId{99}), "unknown_customer");
}

}  // namespace
}  // namespace keyledger::service
