#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/ledger/activity.h"
#include "service/ledger/testing.h"

namespace keyledger::service {
namespace {

using ledger::Status;
using testing::at;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using testing::kStart;
using testing::LedgerWorld;
using testing::run;
using testing::Sample;
using testing::zone;

std::vector<Sample> times(std::int64_t count, Sample sample) {
  return std::vector<Sample>(static_cast<std::size_t>(count), sample);
}

void rent(LedgerWorld& world, std::int64_t key, std::int64_t account, Instant at) {
  world.script(fmt::format(
      R"sql(INSERT INTO rentals (rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info,
                                 rented_at, expires_at, ended_at, ended_by)
            VALUES ({}, 1, {}, 1, 1, '', {}, {}, {}, 'returned'))sql",
      account, key, to_millis(at), to_millis(at) + 1, to_millis(at)));
}

TEST(CallStats, AddUpWhatAKeyDid) {
  LedgerWorld world;
  world.append(times(3, {.key = 1, .at = kStart, .action = "rent", .website = 1, .account = 1}));
  world.append(times(2, {.key = 1, .at = kStart, .action = "return", .website = 1}));
  world.append(times(1, {.key = 1, .at = kStart, .action = "rent", .status = Status::error, .website = 2}));
  world.append(times(4, {.key = 1, .at = kStart, .action = "check", .status = Status::rate_limited}));
  world.append(times(7, {.key = 2, .at = kStart, .action = "check", .website = 2}));
  for (const std::int64_t account : {1, 1, 2}) rent(world, 1, account, kStart);
  rent(world, 2, 3, kStart);
  const Result<DetailedStats> stats = run(world.activity().detailed_stats(CustomerKeyId{1}, 30));
  ASSERT_TRUE(stats) << stats.error().message << stats.error().detail;
  const CallStats& totals = stats->totals;
  EXPECT_EQ(totals.total_requests, 6);
  EXPECT_EQ(totals.succeeded, 5);
  EXPECT_EQ(totals.failed, 1);
  EXPECT_EQ(totals.refused, 4);
  EXPECT_EQ(totals.rentals, 3);
  EXPECT_EQ(totals.returns, 2);
  EXPECT_EQ(totals.unique_accounts, 2);
  EXPECT_THAT(totals.websites_used, ElementsAre("Example.com", "other.example"));
  EXPECT_EQ(totals.success_rate, "83.3");
  EXPECT_EQ(totals.period_days, 30);
  ASSERT_EQ(stats->days.size(), 30U);
  EXPECT_EQ(stats->days.back().admitted, 6);
  EXPECT_EQ(stats->days.back().refused, 4);
  ASSERT_EQ(stats->outcomes.size(), 4U);
  EXPECT_EQ(stats->outcomes[0].action, "check");
  EXPECT_EQ(stats->outcomes[0].status, Status::rate_limited);
  EXPECT_EQ(stats->outcomes[0].events, 4);
  EXPECT_EQ(stats->outcomes[3].events, 1);

  const Result<CallStats> all = run(world.activity().stats({}, 30));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->total_requests, 13);
  EXPECT_EQ(all->unique_accounts, 3);
}

TEST(CallStats, OfAKeyThatWasNeverUsedAreZero) {
  LedgerWorld world;
  const Result<CallStats> stats = run(world.activity().stats(CustomerKeyId{5}, 1));
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->total_requests, 0);
  EXPECT_EQ(stats->success_rate, "0.0");
  EXPECT_TRUE(stats->websites_used.empty());
}

TEST(CallStats, TheRateIsRoundedButNeverHidesAFailure) {
  const struct {
    std::int64_t succeeded, failed;
    const char* rate;
  } cases[] = {{1, 0, "100.0"}, {0, 1, "0.0"}, {2, 1, "66.7"}, {1, 2, "33.3"}, {197, 3, "98.5"}, {2'999, 1, "99.9"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.rate);
    LedgerWorld world;
    world.append(times(c.succeeded, {.at = kStart}));
    world.append(times(c.failed, {.at = kStart, .status = Status::error}));
    EXPECT_EQ(run(world.activity().stats(CustomerKeyId{1}, 1))->success_rate, c.rate);
  }
}

TEST(CallStats, BadQuestionsAreRefused) {
  LedgerWorld world;
  for (const std::int64_t days : {-1, 0, 367}) {
    const auto stats = run(world.activity().stats({}, days));
    ASSERT_FALSE(stats);
    EXPECT_EQ(stats.error().reason, "out_of_range");
    EXPECT_EQ(stats.error().field, "days");
  }
  EXPECT_TRUE(run(world.activity().stats({}, 366)));
  EXPECT_EQ(run(world.activity().stats(CustomerKeyId{99}, 1)).error().reason, "unknown_customer_key");
}

/// Four calls an hour, from `from` to `to`, the first a millisecond after it and the last a millisecond before.
std::vector<Sample> quarters(Instant from, Instant to) {
  std::vector<Sample> samples;
  for (Instant time = from; time < to; time += std::chrono::minutes{15}) {
    samples.push_back({.key = 1, .at = time});
    samples.push_back({.key = 1, .at = time + std::chrono::minutes{15} - std::chrono::milliseconds{1}});
  }
  return samples;
}

struct DayCase {
  const char* zone;
  const char* from;  // UTC, of the first of the days
  const char* now;
  std::vector<std::pair<std::string, std::int64_t>> days;  // with how many hours they have, in quarters
};

class LocalDays : public ::testing::TestWithParam<DayCase> {};

TEST_P(LocalDays, HaveTheHoursThatTheirClocksHad) {
  const DayCase& c = GetParam();
  LedgerWorld world;
  world.zones[1] = zone(c.zone);
  std::int64_t quarters_in_all = 0;
  for (const auto& [day, count] : c.days) quarters_in_all += count;
  const Instant from = at(c.from);
  const Instant to = from + std::chrono::minutes{15} * quarters_in_all;
  // A quarter on either side belongs to the days around.
  world.append(quarters(from - std::chrono::minutes{15}, to + std::chrono::minutes{15}));
  world.clock.set(at(c.now));
  const auto days = static_cast<std::int64_t>(c.days.size());
  for (const bool all : {false, true}) {
    SCOPED_TRACE(all);
    world.zone_of_all = zone(c.zone);
    const auto stats = run(world.activity().detailed_stats(all ? std::nullopt : std::optional{CustomerKeyId{1}}, days));
    ASSERT_TRUE(stats) << stats.error().message;
    std::vector<std::pair<std::string, std::int64_t>> counted;
    for (const DayCount& day : stats->days) counted.emplace_back(to_string(day.day), day.admitted / 2);
    EXPECT_THAT(counted, ElementsAreArray(c.days));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Zones, LocalDays,
    ::testing::Values(
        DayCase{"UTC", "2026-11-20T00:00:00Z", "2026-11-21T23:59:59Z", {{"2026-11-20", 96}, {"2026-11-21", 96}}},
        DayCase{"Europe/Berlin",
                "2026-03-27T23:00:00Z",
                "2026-03-30T10:00:00Z",
                {{"2026-03-28", 96}, {"2026-03-29", 92}, {"2026-03-30", 96}}},
        DayCase{"Europe/Berlin",
                "2026-10-23T22:00:00Z",
                "2026-10-26T22:59:59Z",
                {{"2026-10-24", 96}, {"2026-10-25", 100}, {"2026-10-26", 96}}},
        DayCase{"America/New_York",
                "2026-11-01T04:00:00Z",
                "2026-11-02T12:00:00Z",
                {{"2026-11-01", 100}, {"2026-11-02", 96}}},
        DayCase{
            "Asia/Kolkata", "2026-11-19T18:30:00Z", "2026-11-21T18:29:59Z", {{"2026-11-20", 96}, {"2026-11-21", 96}}},
        DayCase{
            "Asia/Kathmandu", "2026-11-19T18:15:00Z", "2026-11-21T18:00:00Z", {{"2026-11-20", 96}, {"2026-11-21", 96}}},
        // The clocks go forward by half an hour, and back again.
        DayCase{"Australia/Lord_Howe",
                "2026-10-02T13:30:00Z",
                "2026-10-05T00:00:00Z",
                {{"2026-10-03", 96}, {"2026-10-04", 94}, {"2026-10-05", 96}}},
        DayCase{"Australia/Lord_Howe",
                "2026-04-03T13:00:00Z",
                "2026-04-06T00:00:00Z",
                {{"2026-04-04", 96}, {"2026-04-05", 98}, {"2026-04-06", 96}}},
        // Midnight is skipped.
        DayCase{
            "Africa/Cairo", "2026-04-22T22:00:00Z", "2026-04-24T20:00:00Z", {{"2026-04-23", 96}, {"2026-04-24", 92}}}));

TEST(LocalDays, ADayThatWasLeftOutIsNone) {
  LedgerWorld world;
  world.zones[1] = zone("Pacific/Apia");
  world.append(quarters(at("2011-12-29T10:00:00Z"), at("2011-12-31T10:00:00Z")));  // midnight to midnight, 48 hours
  world.clock.set(at("2011-12-30T12:00:00Z"));                                     // the 31st, 02:00
  const auto stats = run(world.activity().detailed_stats(CustomerKeyId{1}, 3));
  ASSERT_TRUE(stats);
  ASSERT_EQ(stats->days.size(), 2U);
  EXPECT_EQ(to_string(stats->days[0].day), "2011-12-29");
  EXPECT_EQ(stats->days[0].admitted, 2 * 96);
  EXPECT_EQ(to_string(stats->days[1].day), "2011-12-31");
  EXPECT_EQ(stats->days[1].admitted, 2 * 96);
}

TEST(LedgerFigures, TellHowLargeTheLedgerIs) {
  LedgerWorld world(store::LedgerOptions{.block_events = 4});
  EXPECT_EQ(run(world.activity().ledger_stats())->events, 0);
  world.append(times(5, {.key = 1, .at = kStart - std::chrono::hours{48}}));
  world.append(times(5, {.key = 2, .at = kStart}));
  world.append(times(3, {.key = 2, .at = kStart, .status = Status::rate_limited}));
  const Result<LedgerStats> stats = run(world.activity().ledger_stats());
  ASSERT_TRUE(stats) << stats.error().detail;
  EXPECT_EQ(stats->events, 13);
  EXPECT_EQ(stats->blocks, 3);
  EXPECT_EQ(stats->keys, 2);
  EXPECT_EQ(stats->first_at, kStart - std::chrono::hours{48});
  EXPECT_EQ(stats->last_at, kStart);
  EXPECT_FALSE(stats->kept_from);
  EXPECT_EQ(stats->events_today, 8);
  EXPECT_EQ(stats->refused_today, 3);
}

}  // namespace
}  // namespace keyledger::service
