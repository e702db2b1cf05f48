#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "service/ledger/activity.h"
#include "service/ledger/testing.h"
#include "service/ledger/verification.h"

namespace keyledger::service {
namespace {

using ledger::Status;
using testing::at;
using testing::kStart;
using testing::LedgerWorld;
using testing::run;
using testing::Sample;
using testing::zone;

constexpr store::LedgerOptions kSmallBlocks{.block_events = 8};

/// 40 calls over 40 hours: five closed blocks; two more are in the open one.
std::vector<Sample> history() {
  std::vector<Sample> samples;
  for (int i = 0; i < 42; ++i) {
    samples.push_back({.key = 1 + i % 3,
                       .at = kStart + std::chrono::hours{i},
                       .action = i % 2 == 0 ? "rent" : "check",
                       .status = i % 7 == 0 ? Status::rate_limited : Status::success,
                       .website = i % 2});
  }
  return samples;
}

LedgerState verified(LedgerWorld& world) {
  const Result<LedgerState> state = run(world.activity().verify());
  check_invariant(state.has_value(), "the ledger can be read");
  return *state;
}

TEST(LedgerVerify, AnEmptyLedgerIsWhole) {
  LedgerWorld world;
  const LedgerState state = verified(world);
  EXPECT_TRUE(state.whole) << state.what;
  EXPECT_TRUE(state.rollups_agree) << state.what;
  EXPECT_EQ(state.events, 0);
  EXPECT_EQ(state.head, "");
}

TEST(LedgerVerify, ALedgerThatNobodyTouchedIsWhole) {
  for (const char* when : {"2026-11-18T11:06:40Z", "2026-11-19T20:00:00Z", "2027-11-18T11:06:40Z"}) {
    SCOPED_TRACE(when);
    LedgerWorld world(kSmallBlocks);
    world.append(history());
    world.clock.set(at(when));
    const LedgerState state = verified(world);
    EXPECT_TRUE(state.whole) << state.what;
    EXPECT_TRUE(state.rollups_agree) << state.what;
    EXPECT_EQ(state.what, "");
    EXPECT_FALSE(state.broken_at);
    EXPECT_EQ(state.events, 42);
    EXPECT_EQ(state.blocks, 5);
    EXPECT_EQ(state.open_events, 2);
    EXPECT_EQ(state.first_at, kStart);
    EXPECT_EQ(state.last_at, kStart + std::chrono::hours{41});
    EXPECT_EQ(state.head.size(), 64U);
  }
}

TEST(LedgerVerify, MoreBlocksThanAStepTakesAreWhole) {
  LedgerWorld world(store::LedgerOptions{.block_events = 2});
  for (int round = 0; round < 3; ++round) world.append(history());
  const LedgerState state = verified(world);
  EXPECT_TRUE(state.whole) << state.what;
  EXPECT_EQ(state.blocks, 63);
  EXPECT_EQ(state.open_events, 0);
}

struct Tampering {
  const char* name;
  const char* sql;
  std::int64_t at;
};

class LedgerTampering : public ::testing::TestWithParam<Tampering> {};

TEST_P(LedgerTampering, ShowsAtTheFirstPlace) {
  LedgerWorld world(kSmallBlocks);
  world.append(history());
  ASSERT_TRUE(verified(world).whole);
  world.script(GetParam().sql);
  const LedgerState state = verified(world);
  EXPECT_FALSE(state.whole);
  EXPECT_EQ(state.broken_at, GetParam().at) << state.what;
  EXPECT_FALSE(state.what.empty());
}

// Blocks hold the events 1 to 8, 9 to 16, and so on; 41 and 42 are not in a block yet.
INSTANTIATE_TEST_SUITE_P(
    Kinds, LedgerTampering,
    ::testing::Values(
        Tampering{"time changed", "UPDATE usage_events SET at = at + 1 WHERE id = 12", 9},
        Tampering{"status changed", "UPDATE usage_events SET status = 1 WHERE id = 8", 1},
        Tampering{"status by a multiple of 256", "UPDATE usage_events SET status = status + 256 WHERE id = 12", 12},
        Tampering{"HTTP status out of range", "UPDATE usage_events SET http_status = 65736 WHERE id = 12", 12},
        Tampering{"address changed", "UPDATE usage_events SET address = x'01020304' WHERE id = 40", 33},
        Tampering{"address too short", "UPDATE usage_events SET address = x'01' WHERE id = 42", 42},
        Tampering{"units changed", "UPDATE usage_events SET units = 2 WHERE id = 9", 9},
        Tampering{"action changed", "UPDATE usage_events SET action_id = action_id + 1 WHERE id = 17", 17},
        Tampering{"a word changed", "UPDATE ledger_words SET word = 'agent/2' WHERE word = 'agent/1'", 1},
        Tampering{"a word removed", "DELETE FROM ledger_words WHERE word = 'check'", 1},
        Tampering{"key changed", "UPDATE usage_events SET customer_key_id = 3 WHERE id = 13", 13},
        Tampering{"chain changed", "UPDATE usage_events SET previous_id = 9 WHERE id = 15", 15},
        Tampering{"chain of an open event changed", "UPDATE usage_events SET previous_id = 1 WHERE id = 42", 42},
        Tampering{"event removed", "DELETE FROM usage_events WHERE id = 20", 20},
        Tampering{"first event removed", "DELETE FROM usage_events WHERE id = 1", 1},
        Tampering{"last of a block removed", "DELETE FROM usage_events WHERE id = 24", 24},
        Tampering{"open event removed", "DELETE FROM usage_events WHERE id = 41", 41},
        Tampering{"last event removed", "DELETE FROM usage_events WHERE id = 42", 42},
        Tampering{"all events removed", "DELETE FROM usage_events", 1},
        Tampering{"removed and closed up",
                  "DELETE FROM usage_events WHERE id = 42; UPDATE usage_events SET id = 42 WHERE id = 41", 41},
        Tampering{"two swapped",
                  "UPDATE usage_events SET id = 99 WHERE id = 10; UPDATE usage_events SET id = 10 WHERE id = 11;"
                  "UPDATE usage_events SET id = 11 WHERE id = 99",
                  13},
        Tampering{"block hash changed", "UPDATE ledger_blocks SET hash = zeroblob(32) WHERE id = 3", 17},
        Tampering{"block hash cut off", "UPDATE ledger_blocks SET hash = x'' WHERE id = 1", 1},
        Tampering{"block's time changed", "UPDATE ledger_blocks SET last_at = last_at + 1 WHERE id = 4", 25},
        Tampering{"block removed", "DELETE FROM ledger_blocks WHERE id = 2", 9},
        Tampering{"block shortened", "UPDATE ledger_blocks SET last_event_id = 15 WHERE id = 2", 9},
        Tampering{
            "events passed off as dropped",
            "DELETE FROM usage_events WHERE id < 5; INSERT INTO ledger_state (name, value) VALUES ('kept_from', 5)",
            5}),
    [](const auto& tampering) {
      std::string name = tampering.param.name;
      for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
      }
      return name;
    });

TEST(LedgerVerify, RollupsThatDifferFromARecountShow) {
  for (const char* sql :
       {"UPDATE ledger_hours SET events = events + 1 WHERE bucket = (SELECT MIN(bucket) FROM ledger_hours)",
        "UPDATE ledger_hours SET events = events - 1 WHERE bucket = (SELECT MAX(bucket) FROM ledger_hours)",
        "UPDATE ledger_hours SET units = units + 1 WHERE bucket = (SELECT MIN(bucket) FROM ledger_hours)",
        "UPDATE ledger_hours SET duration_micros = 0 WHERE bucket = (SELECT MIN(bucket) FROM ledger_hours)",
        "UPDATE ledger_hours SET bucket = bucket - 4 WHERE bucket = (SELECT MIN(bucket) FROM ledger_hours)",
        "UPDATE ledger_hours SET website_id = 7 WHERE bucket = (SELECT MIN(bucket) FROM ledger_hours)",
        "DELETE FROM ledger_hours WHERE bucket = (SELECT MIN(bucket) FROM ledger_hours)",
        "INSERT INTO ledger_hours VALUES (4, 1, 1, 0, 0, 1, 1, 1)",
        "UPDATE customer_key_totals SET admitted = admitted + 1, refused = refused - 1 WHERE customer_key_id = 2",
        "UPDATE customer_key_totals SET last_event_id = last_event_id - 3 WHERE customer_key_id = 2",
        "DELETE FROM customer_key_totals WHERE customer_key_id = 3",
        "UPDATE ledger_all_hours SET events = events + 1 WHERE bucket = (SELECT MIN(bucket) FROM ledger_all_hours)",
        "UPDATE ledger_all_hours SET units = units + 1 WHERE bucket = (SELECT MAX(bucket) FROM ledger_all_hours)",
        "UPDATE ledger_all_hours SET status = 7 WHERE bucket = (SELECT MAX(bucket) FROM ledger_all_hours)",
        "DELETE FROM ledger_all_hours WHERE bucket = (SELECT MIN(bucket) FROM ledger_all_hours)",
        "INSERT INTO ledger_all_hours VALUES (4, 1, 0, 0, 1, 1, 1)",
        "UPDATE ledger_days SET events = events + 1 WHERE day = (SELECT MIN(day) FROM ledger_days)",
        "UPDATE ledger_days SET units = units + 1 WHERE day = (SELECT MAX(day) FROM ledger_days)",
        "UPDATE ledger_days SET status = 7 WHERE day = (SELECT MAX(day) FROM ledger_days)",
        "UPDATE ledger_days SET customer_key_id = 4 WHERE day = (SELECT MIN(day) FROM ledger_days) AND customer_key_id "
        "= 1",
        "DELETE FROM ledger_days WHERE day = (SELECT MIN(day) FROM ledger_days)",
        "INSERT INTO ledger_days VALUES (4, 1, 1, 0, 1, 1)"}) {
    SCOPED_TRACE(sql);
    LedgerWorld world(kSmallBlocks);
    world.append(history());
    ASSERT_TRUE(verified(world).rollups_agree);
    world.script(sql);
    const LedgerState state = verified(world);
    EXPECT_TRUE(state.whole) << state.what;
    EXPECT_FALSE(state.rollups_agree);
    EXPECT_FALSE(state.what.empty());
  }
}

/// As a copy of the database is verified: nothing is brought up to date before.
LedgerState verified_as_it_is(LedgerWorld& world) {
  const Result<LedgerState> state =
      world.store->readers().run_blocking<LedgerState>([&](store::Transaction& transaction) -> Result<LedgerState> {
        Verification verification(1, world.clock.now());
        for (bool more = true; more;) {
          const Result<bool> stepped = verification.step(transaction);
          if (!stepped) return std::unexpected(stepped.error());
          more = *stepped;
        }
        return verification.result();
      });
  check_invariant(state.has_value(), "the ledger can be read");
  return *state;
}

constexpr store::LedgerOptions kOneKeyAtATime{
    .block_events = 8, .rollup_events_max = 20, .slice_min = 1, .settle_slice = 1};

TEST(LedgerVerify, RollupsThatAreHalfWrittenAgreeAtEveryMoment) {
  LedgerWorld world(kOneKeyAtATime);
  int half = 0;
  for (const Sample& sample : history()) {
    world.append(sample);
    half += world.number("SELECT COUNT(*) FROM ledger_state WHERE name = 'rolling_up_to' AND value > 0") > 0 ? 1 : 0;
    const LedgerState state = verified_as_it_is(world);
    EXPECT_TRUE(state.whole) << state.what;
    EXPECT_TRUE(state.rollups_agree) << state.what;
  }
  EXPECT_GE(half, 4);  // two generations of three keys
}

TEST(LedgerVerify, WhereHalfWrittenRollupsStandCannotBeMoved) {
  for (const char* sql : {"UPDATE ledger_state SET value = value + 1 WHERE name = 'rolled_keys_up_to'",
                          "UPDATE ledger_state SET value = value - 1 WHERE name = 'rolled_keys_up_to'",
                          "UPDATE ledger_state SET value = value - 4 WHERE name = 'rolling_up_to'",
                          "UPDATE ledger_state SET value = value + 1 WHERE name = 'rolling_up_to'",
                          "UPDATE ledger_state SET value = 0 WHERE name = 'rolling_up_to'",
                          "UPDATE ledger_state SET value = 20 WHERE name = 'rolled_up_to'",
                          "DELETE FROM ledger_state WHERE name = 'rolling_up_to'",
                          "UPDATE customer_key_totals SET last_event_id = last_event_id - 3 WHERE customer_key_id = 1",
                          "DELETE FROM ledger_days WHERE customer_key_id = 1"}) {
    SCOPED_TRACE(sql);
    LedgerWorld world(kOneKeyAtATime);
    std::vector<Sample> samples = history();
    samples.resize(20);
    for (const Sample& sample : samples) world.append(sample);
    ASSERT_EQ(world.number("SELECT value FROM ledger_state WHERE name = 'rolling_up_to'"), 20);
    ASSERT_EQ(world.number("SELECT value FROM ledger_state WHERE name = 'rolled_keys_up_to'"), 1);
    world.append({.key = 1, .at = kStart + std::chrono::hours{20}});
    ASSERT_EQ(world.number("SELECT value FROM ledger_state WHERE name = 'rolled_keys_up_to'"), 2);
    ASSERT_TRUE(verified_as_it_is(world).rollups_agree);
    world.script(sql);
    const LedgerState state = verified_as_it_is(world);
    EXPECT_TRUE(state.whole) << state.what;
    EXPECT_FALSE(state.rollups_agree);
    EXPECT_FALSE(state.what.empty());
  }
}

TEST(LedgerVerify, RollupsAgreeInEveryZoneAndAfterAMove) {
  LedgerWorld world(kSmallBlocks);
  world.zones[1] = zone("Asia/Kolkata");
  world.zones[2] = zone("Australia/Lord_Howe");
  world.zones[3] = zone("Europe/Berlin");
  std::vector<Sample> samples;
  for (int i = 0; i < 400; ++i) {
    samples.push_back({.key = 1 + i % 3, .at = at("2026-09-30T00:00:00Z") + std::chrono::minutes{i * 20}});
  }
  world.append(samples);
  EXPECT_TRUE(verified(world).rollups_agree);
  ASSERT_TRUE(world.ledger->settle_blocking());
  world.zones[1] = zone("Europe/Berlin");  // half an hour apart
  world.zones[3] = zone("America/New_York");
  for (Sample& sample : samples) sample.at += std::chrono::hours{24 * 30};
  world.append(samples);
  const LedgerState state = verified(world);
  EXPECT_TRUE(state.whole) << state.what;
  EXPECT_TRUE(state.rollups_agree) << state.what;
  world.script("UPDATE ledger_hours SET events = events + 1 WHERE customer_key_id = 1 AND bucket % 4 = 2");
  EXPECT_FALSE(verified(world).rollups_agree);
}

TEST(LedgerVerify, CallsThatComeInMeanwhileDoNotDisturb) {
  LedgerWorld world(kSmallBlocks);
  world.append(history());
  world.clock.set(kStart + std::chrono::hours{42});
  std::atomic<bool> over{false};
  std::thread caller([&] {
    for (int i = 0; !over; ++i) world.append({.key = 1 + i % 4, .at = kStart + std::chrono::hours{42}});
  });
  for (int round = 0; round < 5; ++round) {
    const LedgerState state = verified(world);
    EXPECT_TRUE(state.whole) << state.what;
    EXPECT_TRUE(state.rollups_agree) << state.what;
  }
  over = true;
  caller.join();
}

TEST(LedgerVerify, ALedgerIsWholeAfterARestart) {
  LedgerWorld world(kSmallBlocks);
  world.append(history());
  world.restart();
  world.append(history());
  const LedgerState state = verified(world);
  EXPECT_TRUE(state.whole) << state.what;
  EXPECT_TRUE(state.rollups_agree) << state.what;
  EXPECT_EQ(state.events, 84);
}

}  // namespace
}  // namespace keyledger::service
