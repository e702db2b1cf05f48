// store/contract/ledger_contract.h: what the ledger holds on every engine: numbers, chains, words, blocks, rollups.
#pragma once

#include <random>

#include "store/contract/ledger_fixture.h"

namespace keyledger::store {

inline bool all_stored(const std::vector<Result<void>>& results, std::size_t count) {
  return results.size() == count &&
         std::all_of(results.begin(), results.end(), [](const auto& result) { return result.has_value(); });
}

TEST_P(LedgerContract, EventsAreNumberedInTheOrderInWhichTheyCame) {
  ASSERT_TRUE(all_stored(append_each({call(1, "a"), call(2, "b")}), 2));
  ASSERT_TRUE(all_stored(append_together({call(1, "c"), call(3, "d"), call(1, "e")}), 3));
  std::string actions;
  for (const StoredEvent& event : contents().events) actions += event.action;
  EXPECT_EQ(actions, "abcde");
  expect_whole(5);
}

TEST_P(LedgerContract, AllThatWaitShareOneCommit) {
  const std::int64_t before = writer_->figures().commits;
  ASSERT_TRUE(all_stored(append_together(std::vector<ledger::Call>(300, call(1))), 300));
  EXPECT_EQ(writer_->figures().commits, before + 1);  // that of the mutation that kept the writer busy
  EXPECT_EQ(writer_->figures().ridden, 300);
  EXPECT_EQ(ledger_->figures().events, 300);
  EXPECT_EQ(ledger_->figures().commits, 1);
  EXPECT_EQ(ledger_->figures().queue_depth, 0);
  expect_whole(300);
}

TEST_P(LedgerContract, ACommitHasAMaximum) {
  reopen({.batch_max = 100});
  const std::int64_t before = ledger_->figures().commits;
  ASSERT_TRUE(all_stored(append_together(std::vector<ledger::Call>(250, call(1))), 250));
  EXPECT_EQ(ledger_->figures().commits, before + 3);
  expect_whole(250);
}

TEST_P(LedgerContract, EveryFieldComesBack) {
  const ledger::Call v4{.at = kLedgerStart,
                        .customer_key_id = {11},
                        .status = ledger::Status::ip_not_allowed,
                        .http_status = 403,
                        .rental_account_id = {12},
                        .website_id = {13},
                        .units = 14,
                        .duration = std::chrono::microseconds{1'234'567},
                        .address = IpAddress::parse("192.0.2.7").value(),
                        .action = "rent",
                        .resource = "model/a",
                        .user_agent = "Größe/1.0"};
  ledger::Call v6 = v4;
  v6.address = IpAddress::parse("2001:db8::1").value();
  v6.resource = v6.user_agent = "";
  ASSERT_TRUE(all_stored(append_each({v4, v6}), 2));
  const std::vector<StoredEvent> events = contents().events;
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].address, (Bytes{192, 0, 2, 7}));
  EXPECT_EQ(events[1].address.size(), 16u);
  for (const auto& [stored, want] : {std::pair{events[0], v4}, std::pair{events[1], v6}}) {
    const ledger::Call found = event_of(stored).call;
    EXPECT_EQ(found.at, want.at);
    EXPECT_EQ(found.customer_key_id, want.customer_key_id);
    EXPECT_EQ(found.status, want.status);
    EXPECT_EQ(found.http_status, want.http_status);
    EXPECT_EQ(found.rental_account_id, want.rental_account_id);
    EXPECT_EQ(found.website_id, want.website_id);
    EXPECT_EQ(found.units, want.units);
    EXPECT_EQ(found.duration, want.duration);
    EXPECT_EQ(found.address, want.address);
    EXPECT_EQ(stored.action, want.action);
    EXPECT_EQ(stored.resource, want.resource);
    EXPECT_EQ(stored.user_agent, want.user_agent);
  }
}

TEST_P(LedgerContract, AWordThatIsTooLongIsCut) {
  const std::string longer(ledger::kUserAgentBytesMax + 1, 'x');
  ledger::Call long_call = call(1);
  long_call.user_agent = longer;
  ASSERT_TRUE(all_stored(append_each({long_call}), 1));
  EXPECT_EQ(contents().events.at(0).user_agent.size(), ledger::kUserAgentBytesMax);
}

TEST_P(LedgerContract, BlocksCloseWhenTheyAreFullAndOnDemand) {
  reopen({.block_events = 10});
  ASSERT_TRUE(all_stored(append_together(std::vector<ledger::Call>(25, call(1))), 25));
  ASSERT_EQ(contents().blocks.size(), 2u);
  EXPECT_EQ(ledger_->figures().open_events, 5);
  ASSERT_TRUE(close_block());
  EXPECT_EQ(ledger_->figures().open_events, 0);
  const std::vector<StoredBlock> blocks = contents().blocks;
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[2].first_event_id.value, 21);
  EXPECT_EQ(blocks[2].last_event_id.value, 25);
  ASSERT_TRUE(all_stored(append_together(std::vector<ledger::Call>(10, call(2))), 10));
  EXPECT_EQ(contents().blocks.size(), 4u);
  expect_whole(35);
}

TEST_P(LedgerContract, ABlockGoesOnOverARestart) {
  reopen({.block_events = 10});
  ASSERT_TRUE(all_stored(append_each(std::vector<ledger::Call>(7, call(1, "a"))), 7));
  reopen({.block_events = 10});
  EXPECT_EQ(ledger_->figures().open_events, 7);
  ASSERT_TRUE(all_stored(append_each(std::vector<ledger::Call>(3, call(1, "b"))), 3));
  EXPECT_EQ(contents().blocks.size(), 1u);
  expect_whole(10);
}

TEST_P(LedgerContract, OrdersForWhatIsDoneCommitNothing) {
  ASSERT_TRUE(all_stored(append_each({call(1)}), 1));
  ASSERT_TRUE(close_block());
  ASSERT_TRUE(settle());
  const std::int64_t before = writer_->figures().commits;
  EXPECT_TRUE(close_block());
  EXPECT_TRUE(settle());
  EXPECT_TRUE(ledger_->settle_blocking());
  EXPECT_EQ(writer_->figures().commits, before);
}

TEST_P(LedgerContract, RollupsRunBehindByLessThanTheMaximum) {
  reopen({.rollup_events_max = 10});
  for (int i = 1; i <= 30; ++i) {
    ASSERT_TRUE(all_stored(append_each({call(i % 3)}), 1));
    EXPECT_EQ(contents().progress.rolled_up_to.value, i / 10 * 10);
    EXPECT_EQ(ledger_->figures().behind, i % 10);
  }
  ASSERT_TRUE(all_stored(append_together(std::vector<ledger::Call>(15, call(1))), 15));
  EXPECT_EQ(contents().progress.rolled_up_to.value, 45);
  expect_whole(45);
}

TEST_P(LedgerContract, SettlingCountsEverything) {
  ASSERT_TRUE(all_stored(append_each({call(1), call(2)}), 2));
  EXPECT_EQ(contents().progress.rolled_up_to.value, 0);
  ASSERT_TRUE(settle());
  EXPECT_EQ(contents().progress.rolled_up_to.value, 2);
  ASSERT_TRUE(all_stored(append_each({call(1)}), 1));
  ASSERT_TRUE(ledger_->settle_blocking());
  EXPECT_EQ(contents().progress.rolled_up_to.value, 3);
  EXPECT_EQ(ledger_->figures().behind, 0);
  expect_whole(3);
}

TEST_P(LedgerContract, WhatACrashLeftUncountedIsCountedOnce) {
  ASSERT_TRUE(all_stored(append_each({call(1), call(2), call(1)}), 3));
  for (int restart = 0; restart < 2; ++restart) {
    reopen();
    EXPECT_EQ(contents().progress.rolled_up_to.value, 3);
    EXPECT_EQ(ledger_->figures().behind, 0);
    expect_whole(3);
  }
  ASSERT_TRUE(all_stored(append_each({call(1)}), 1));
  ASSERT_TRUE(settle());
  expect_whole(4);
}

TEST_P(LedgerContract, HoursAreThoseOfTheKeysZone) {
  const Zone kathmandu = Zone::find("Asia/Kathmandu").value();
  zone_of_ = [kathmandu](CustomerKeyId key) { return key.value == 1 ? kathmandu : Zone{}; };
  reopen();
  ASSERT_TRUE(all_stored(append_each({call(1), call(2)}), 2));
  ASSERT_TRUE(settle());
  const auto hours = contents().hours;
  ASSERT_EQ(hours.size(), 2u);
  const std::int64_t first = std::get<0>(hours.begin()->first), second = std::get<0>(std::next(hours.begin())->first);
  EXPECT_NE(first % 4, second % 4);  // 5:45 before UTC
  expect_whole(2);
}

TEST_P(LedgerContract, TheNewestTimeIsKnownOverARestart) {
  EXPECT_EQ(ledger_->newest_at(), std::nullopt);
  reopen({.block_events = 2});
  ledger::Call late = call(1), early = call(1);
  late.at = kLedgerStart + std::chrono::seconds{5};
  ASSERT_TRUE(all_stored(append_each({late, early, early}), 3));
  EXPECT_EQ(ledger_->newest_at(), late.at);
  reopen({.block_events = 2});
  EXPECT_EQ(ledger_->newest_at(), late.at);
  expect_whole(3);
}

TEST_P(LedgerContract, NumbersGoOnWhereEventsWereDropped) {
  static const Query<void> kDrop{"DELETE FROM usage_events"};
  reopen({.block_events = 2});
  ASSERT_TRUE(all_stored(append_each(std::vector<ledger::Call>(4, call(7))), 4));
  ASSERT_TRUE(settle());
  ASSERT_TRUE(writer_->run_blocking<std::int64_t>([](Transaction& transaction) { return transaction.change(kDrop); }));
  reopen();
  ASSERT_TRUE(all_stored(append_each({call(7)}), 1));
  const std::vector<StoredEvent> events = contents().events;
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].id.value, 5);
  EXPECT_EQ(events[0].previous_id.value, 4);
}

/// Calls, settlings, closings, failures and restarts at random: after each, all is as a recount says.
TEST_P(LedgerContract, ARandomHistoryIsWhole) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto below = [&random](int end) { return std::uniform_int_distribution<int>(0, end - 1)(random); };
  const std::vector<Zone> zones{Zone{}, Zone::find("Asia/Kolkata").value(), Zone::find("Europe/Berlin").value()};
  zone_of_ = [&zones](CustomerKeyId key) { return zones[static_cast<std::size_t>(key.value) % zones.size()]; };
  const std::vector<std::string> words{"", "rent", "return", "check", "a longer word of somebody's"};
  const auto any_word = [&] { return std::string_view(words[static_cast<std::size_t>(below(5))]); };
  const auto any_call = [&] {
    return ledger::Call{.at = kLedgerStart + std::chrono::minutes{below(500)},
                        .customer_key_id = {1 + below(6)},
                        .status = static_cast<ledger::Status>(below(8)),
                        .website_id = {below(3)},
                        .units = below(4),
                        .duration = std::chrono::microseconds{below(1'000)},
                        .action = any_word(),
                        .resource = any_word(),
                        .user_agent = any_word()};
  };
  reopen();
  std::size_t stored = 0;
  for (int step = 0; step < 60; ++step) {
    std::vector<ledger::Call> calls(static_cast<std::size_t>(1 + below(40)));
    std::generate(calls.begin(), calls.end(), any_call);
    switch (below(8)) {
      case 0: ASSERT_TRUE(settle()); break;
      case 1: ASSERT_TRUE(close_block()); break;
      case 2:
        reopen({.block_events = static_cast<std::size_t>(1 + below(30)),
                .words_max = static_cast<std::size_t>(1 + below(4)),
                .rollup_events_max = static_cast<std::size_t>(1 + below(30)),
                .slice_min = static_cast<std::size_t>(1 + below(4)),
                .settle_slice = static_cast<std::size_t>(1 + below(8))});
        break;
      case 3:
        (below(2) == 0 ? orders_.insert_rows : orders_.after_commit) = made_up("io_error");
        start(any_call());
        ASSERT_FALSE(outcomes().at(0));
        stored = contents().events.size();
        break;
      default: ASSERT_TRUE(all_stored(append_together(calls), calls.size())); stored += calls.size();
    }
    ASSERT_NO_FATAL_FAILURE(expect_whole(stored));
  }
}

}  // namespace keyledger::store
