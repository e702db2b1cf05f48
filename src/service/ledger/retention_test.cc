#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/audit.h"
#include "service/ledger/activity.h"
#include "service/ledger/testing.h"

namespace keyledger::service {
namespace {

using testing::at;
using testing::LedgerWorld;
using testing::run;
using testing::Sample;
using testing::zone;

constexpr store::LedgerOptions kSmallBlocks{.block_events = 10};

/// A call a day from 1 July to 30 October 2026: 122 of them, twelve blocks and two events over.
std::vector<Sample> a_call_a_day() {
  std::vector<Sample> samples;
  for (int day = 0; day < 122; ++day) {
    samples.push_back({.key = 1 + day % 2, .at = at("2026-07-01T12:00:00Z") + std::chrono::hours{24} * day});
  }
  return samples;
}

struct RetentionTest : ::testing::Test {
  RetentionTest() {
    world_.append(a_call_a_day());
    world_.clock.set(at("2026-10-31T12:00:00Z"));
  }
  std::int64_t drop(std::int64_t months) {
    const Result<std::int64_t> dropped = run(world_.activity().drop_old(months));
    check_invariant(dropped.has_value(), "old events can be dropped");
    return *dropped;
  }
  std::int64_t kept() { return world_.number("SELECT COUNT(*) FROM usage_events"); }

  LedgerWorld world_{kSmallBlocks};
};

TEST_F(RetentionTest, ZeroMonthsKeepEverything) {
  EXPECT_EQ(drop(0), 0);
  EXPECT_EQ(drop(-1), 0);
  EXPECT_EQ(kept(), 122);
}

TEST_F(RetentionTest, OnlyWholeBlocksOfMonthsThatAreOldEnoughGo) {
  EXPECT_EQ(drop(3), 0);   // July ended three months ago less a few hours: nothing before 1 July
  EXPECT_EQ(drop(2), 30);  // before 1 August, 31 days: three blocks of ten
  EXPECT_EQ(kept(), 92);
  EXPECT_EQ(world_.number("SELECT value FROM ledger_state WHERE name = 'kept_from'"), 31);
  EXPECT_EQ(drop(2), 0);
  EXPECT_EQ(drop(1), 30);  // before 1 September, 62 days
  const Result<LedgerStats> stats = run(world_.activity().ledger_stats());
  EXPECT_EQ(stats->events, 62);
  EXPECT_EQ(stats->blocks, 12);
  EXPECT_EQ(stats->kept_from, at("2026-08-30T12:00:00Z"));
}

TEST_F(RetentionTest, MonthsEndAtMidnightOfTheInstallation) {
  LedgerWorld world(store::LedgerOptions{.block_events = 1});
  world.zone_of_all = zone("Europe/Berlin");
  world.append(Sample{.key = 1, .at = at("2026-09-30T21:59:59Z")});
  world.append(Sample{.key = 1, .at = at("2026-09-30T22:00:00Z")});  // October
  world.append(Sample{.key = 1, .at = at("2026-10-31T00:00:00Z")});
  world.clock.set(at("2026-11-01T12:00:00Z"));
  EXPECT_EQ(run(world.activity().drop_old(1)), 1);
  EXPECT_EQ(world.number("SELECT MIN(id) FROM usage_events"), 2);
}

TEST_F(RetentionTest, SumsAndHashesStay) {
  const auto before = run(world_.activity().detailed_stats({}, 366));
  const std::string head = run(world_.activity().verify())->head;
  ASSERT_GT(drop(1), 0);
  const auto after = run(world_.activity().detailed_stats({}, 366));
  EXPECT_EQ(after->totals.total_requests, before->totals.total_requests);
  EXPECT_EQ(world_.number("SELECT SUM(admitted) FROM customer_key_totals"), 122);
  EXPECT_EQ(world_.number("SELECT SUM(units) FROM ledger_days"), 122);
  const Result<LedgerState> state = run(world_.activity().verify());
  ASSERT_TRUE(state);
  EXPECT_TRUE(state->whole) << state->what;
  EXPECT_TRUE(state->rollups_agree) << state->what;
  EXPECT_EQ(state->events, 62);
  EXPECT_EQ(state->blocks, 6);
  EXPECT_EQ(state->open_events, 2);
  EXPECT_EQ(state->head, head);
}

TEST_F(RetentionTest, TheLedgerGoesOnWhereItWas) {
  world_.clock.set(at("2030-01-01T00:00:00Z"));
  EXPECT_EQ(drop(1), 110);  // the newest block stays, however old it is
  world_.restart();
  world_.append(Sample{.key = 1, .at = world_.clock.now()});
  EXPECT_EQ(world_.number("SELECT MAX(id) FROM usage_events"), 123);
  EXPECT_EQ(world_.number("SELECT previous_id FROM usage_events WHERE id = 123"), 121);
  const Result<LedgerState> state = run(world_.activity().verify());
  ASSERT_TRUE(state);
  EXPECT_TRUE(state->whole) << state->what;
  EXPECT_TRUE(state->rollups_agree) << state->what;
}

TEST_F(RetentionTest, TamperingShowsAfterwardsToo) {
  const struct {
    const char* name;
    const char* sql;
    std::int64_t at;
  } cases[] = {
      {"an event", "UPDATE usage_events SET units = 9 WHERE id = 75", 71},
      {"the first that is kept", "DELETE FROM usage_events WHERE id = 61", 61},
      {"the chain over the edge", "UPDATE usage_events SET previous_id = 61 WHERE id = 62", 62},
      {"the hash before the first block", "UPDATE ledger_blocks SET hash = zeroblob(32) WHERE id = 6", 61},
      {"a block whose events are gone", "DELETE FROM ledger_blocks WHERE id = 3", 21},
      {"where it is kept from", "UPDATE ledger_state SET value = 75 WHERE name = 'kept_from'", 75},
      {"a rollup", "UPDATE ledger_hours SET events = 9 WHERE bucket = (SELECT MAX(bucket) FROM ledger_hours)", 0}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    LedgerWorld world(kSmallBlocks);
    world.append(a_call_a_day());
    world.clock.set(at("2026-10-31T12:00:00Z"));
    ASSERT_EQ(run(world.activity().drop_old(1)), 60);
    world.script(c.sql);
    const Result<LedgerState> state = run(world.activity().verify());
    ASSERT_TRUE(state);
    EXPECT_FALSE(state->whole && state->rollups_agree) << state->what;
    EXPECT_EQ(state->broken_at.value_or(0), c.at) << state->what;
  }
}

TEST_F(RetentionTest, TheAuditLogTells) {
  ASSERT_GT(drop(1), 0);
  const auto listed = run(Audit{world_.core()}.list({}));
  ASSERT_TRUE(listed);
  const std::vector<AuditLine>& lines = listed->rows;
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines.front().actor_kind, "system");
  EXPECT_EQ(lines.front().action, "ledger.drop_events");
  EXPECT_EQ(lines.front().subject, "ledger_blocks/1");
  EXPECT_EQ(lines.front().details.at("to_block"), "6");
  EXPECT_EQ(lines.front().details.at("before"), "2026-09-01T00:00:00Z");
  EXPECT_EQ(drop(1), 0);
  EXPECT_EQ(run(Audit{world_.core()}.list({}))->count, 1);
}

}  // namespace
}  // namespace keyledger::service
