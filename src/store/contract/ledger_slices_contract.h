// store/contract/ledger_slices_contract.h: rollups on their way into the database, a few keys with each commit: at
// every moment the database says which events they count, and these are counted once.
#pragma once

#include <atomic>

#include "store/admission_store.h"
#include "store/contract/ledger_contract.h"
#include "store/ledger/ledger_retention_store.h"

namespace keyledger::store {

class LedgerSlicesContract : public LedgerContract {
 protected:
  static constexpr int kKeys = 10;
  /// As few keys to a slice as there can be: with every call one, once ten have come.
  static constexpr LedgerOptions kSlow{.rollup_events_max = kKeys, .slice_min = 1, .settle_slice = 1};

  void SetUp() override {
    LedgerContract::SetUp();
    reopen(kSlow);
  }
  void begin_anew() {
    close();
    engine_ = GetParam()();
    ASSERT_TRUE(engine_->migrate());
    open(kSlow);
  }
  /// Each in a commit of its own; the keys in no order.
  void append_one_by_one(int from, int to) {
    for (int i = from; i < to; ++i) ASSERT_TRUE(all_stored(append_each({call(1 + i * 7 % kKeys)}), 1));
  }
  [[nodiscard]] bool half_written() { return contents().progress.half_written(); }

  /// What a key's counters are made of when it gets a limit: its totals, and its calls that these do not count.
  void expect_every_call_of_a_key_found() {
    const LedgerContents found = contents();
    std::map<std::int64_t, std::int64_t> all;
    for (const StoredEvent& event : found.events) ++all[event.customer_key_id.value];
    const std::unique_ptr<Connection> connection = engine_->reading()().value();
    Transaction transaction(*connection);
    for (const auto& [key, calls] : all) {
      const auto totals = found.totals.find(key);
      std::int64_t counted = totals == found.totals.end() ? 0 : std::get<0>(totals->second);
      EXPECT_TRUE(AdmissionStore::each_later_call(transaction, {key}, [&](const AdmissionUse&) { ++counted; }));
      EXPECT_EQ(counted, calls) << "key " << key;
    }
  }
};

TEST_P(LedgerSlicesContract, EachCommitWritesAFewKeys) {
  append_one_by_one(0, kKeys - 1);
  EXPECT_EQ(contents().totals.size(), 0u);
  std::size_t keys = 0;
  for (int i = kKeys - 1; i < 2 * kKeys - 1; ++i) {
    append_one_by_one(i, i + 1);
    const LedgerContents found = contents();
    EXPECT_EQ(found.totals.size(), ++keys);
    EXPECT_EQ(found.progress.half_written(), keys < kKeys);
    EXPECT_EQ(found.progress.counted_up_to().value, kKeys);
    EXPECT_EQ(ledger_->figures().behind, i + 1 - static_cast<std::int64_t>(keys));
    expect_whole(static_cast<std::size_t>(i) + 1);
    expect_every_call_of_a_key_found();
  }
  EXPECT_EQ(contents().progress.rolled_up_to.value, kKeys);
}

TEST_P(LedgerSlicesContract, AGenerationIsWrittenBeforeTheNextIsFull) {
  for (const std::size_t together : {1, 3, 7, 25}) {
    SCOPED_TRACE(together);
    begin_anew();
    std::vector<ledger::Call> calls;
    std::size_t events = 0;
    for (int round = 0; round < 40; ++round) {
      calls.clear();
      for (std::size_t i = 0; i < together; ++i)
        calls.push_back(call(static_cast<std::int64_t>(1 + events++ * 7 % kKeys)));
      ASSERT_TRUE(all_stored(append_together(calls), together));
      EXPECT_LT(ledger_->figures().behind, static_cast<std::int64_t>(2 * kKeys + together));
    }
    expect_whole(events);
  }
}

TEST_P(LedgerSlicesContract, ACrashAfterAnySliceCountsEveryEventOnce) {
  int half = 0;
  for (int events = kKeys - 1; events < 2 * kKeys; ++events) {
    SCOPED_TRACE(events);
    begin_anew();
    append_one_by_one(0, events);
    half += half_written() ? 1 : 0;
    for (int restart = 0; restart < 2; ++restart) {
      reopen(kSlow);
      EXPECT_EQ(contents().progress.rolled_up_to.value, events);
      EXPECT_FALSE(half_written());
      EXPECT_EQ(ledger_->figures().behind, 0);
      expect_whole(static_cast<std::size_t>(events));
    }
    append_one_by_one(events, events + kKeys + 1);
    expect_whole(static_cast<std::size_t>(events) + kKeys + 1);
  }
  EXPECT_EQ(half, kKeys - 1);  // one slice was written, two were, and so on
}

TEST_P(LedgerSlicesContract, ACommitThatFailsInTheMiddleOfAGenerationLosesNothing) {
  const struct {
    const char* name;
    std::optional<Error> Orders::*order;
    bool stored;
  } cases[] = {{"nothing is written", &Orders::insert_rows, false},
               {"nothing is committed", &Orders::commit, false},
               {"it is on the disk after all", &Orders::after_commit, true}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    begin_anew();
    append_one_by_one(0, kKeys - 1);
    std::size_t stored = kKeys - 1;
    for (int i = 0; i < 3 * kKeys; ++i) {
      orders_.*c.order = made_up("io_error");
      ASSERT_FALSE(append_each({call(1 + i % kKeys, "doubtful")}).at(0));
      stored += c.stored ? 1 : 0;
      ASSERT_NO_FATAL_FAILURE(expect_whole(stored));
      ASSERT_TRUE(all_stored(append_each({call(1 + i * 3 % kKeys)}), 1));
      ASSERT_NO_FATAL_FAILURE(expect_whole(++stored));
      expect_every_call_of_a_key_found();
    }
    ASSERT_TRUE(settle());
    expect_whole(stored);
    EXPECT_EQ(contents().progress.rolled_up_to.value, static_cast<std::int64_t>(stored));
  }
}

TEST_P(LedgerSlicesContract, ASettlingThatFailsHalfwayGoesOnLater) {
  append_one_by_one(0, kKeys + 3);
  ASSERT_TRUE(half_written());
  for (const auto order : {&Orders::commit, &Orders::insert_rows, &Orders::after_commit}) {
    orders_.*order = made_up("io_error");
    EXPECT_FALSE(ledger_->settle_blocking());
    expect_whole(kKeys + 3);
  }
  EXPECT_TRUE(ledger_->settle_blocking());
  EXPECT_EQ(contents().progress.rolled_up_to.value, kKeys + 3);
  expect_whole(kKeys + 3);
}

/// Sums go with the zone that a key has when they are written: whichever that is, none is there twice or missing.
TEST_P(LedgerSlicesContract, AKeyThatMovesToAnotherZoneMeanwhileIsCountedOnce) {
  const Zone kathmandu = Zone::find("Asia/Kathmandu").value();
  for (int events = kKeys; events < 2 * kKeys; ++events) {
    SCOPED_TRACE(events);
    zone_of_ = [](CustomerKeyId) { return Zone{}; };
    begin_anew();
    append_one_by_one(0, events);
    zone_of_ = [kathmandu](CustomerKeyId) { return kathmandu; };
    reopen(kSlow);
    std::map<std::int64_t, std::int64_t> in_hours, in_days, in_totals, all;
    const LedgerContents found = contents();
    for (const StoredEvent& event : found.events) ++all[event.customer_key_id.value];
    for (const auto& [name, sums] : found.hours) in_hours[std::get<1>(name)] += std::get<0>(sums);
    for (const auto& [name, sums] : found.days) in_days[std::get<1>(name)] += sums.first;
    for (const auto& [key, totals] : found.totals) in_totals[key] = std::get<0>(totals);
    std::int64_t of_all = 0;
    for (const auto& [name, sums] : found.all_hours) of_all += std::get<0>(sums);
    EXPECT_EQ(in_hours, all);
    EXPECT_EQ(in_days, all);
    EXPECT_EQ(in_totals, all);
    EXPECT_EQ(of_all, events);
  }
}

TEST_P(LedgerSlicesContract, SettlingTakesAsManyShortCommitsAsItNeeds) {
  reopen({.settle_slice = 30});
  std::vector<ledger::Call> calls;
  for (int key = 1; key <= 100; ++key) calls.push_back(call(key));
  ASSERT_TRUE(all_stored(append_together(calls), 100));
  const std::int64_t before = writer_->figures().commits;
  ASSERT_TRUE(settle());
  EXPECT_EQ(writer_->figures().commits, before + 4);
  EXPECT_EQ(contents().progress.rolled_up_to.value, 100);
  ASSERT_TRUE(ledger_->settle_blocking());
  EXPECT_EQ(writer_->figures().commits, before + 4);
  expect_whole(100);
}

TEST_P(LedgerSlicesContract, SettlingEndsWhileCallsComeWithoutEnd) {
  reopen({.slice_min = 1, .settle_slice = 1});
  std::atomic<bool> over{false};
  std::atomic<int> made{0};
  std::thread caller([&] {
    while (!over) {
      EXPECT_TRUE(writer_->run_blocking<void>([&](Transaction& transaction) -> Result<void> {
        for (int i = 0; i < 5; ++i) transaction.record(owned(1 + made++ % 50, "rent"));
        return {};
      }));
    }
  });
  for (int round = 1; round <= 5; ++round) {
    while (made < 100 * round) std::this_thread::yield();
    const int before = made - 5;  // the last five may be on their way
    EXPECT_TRUE(ledger_->settle_blocking());
    EXPECT_GE(contents().progress.rolled_up_to.value, before);
  }
  over = true;
  caller.join();
  expect_whole(static_cast<std::size_t>(made));
}

/// More than a key's entry looks through for each event, so that they are put together now and then.
TEST_P(LedgerSlicesContract, AKeyThatDoesManyThingsHasASumForEach) {
  reopen();
  std::vector<ledger::Call> calls;
  for (int i = 0; i < 1'000; ++i) {
    calls.push_back(call(1 + i % 2));
    calls.back().website_id = {1 + i * 7 % 90};
    calls.back().units = i;
    calls.back().status = i % 5 == 0 ? ledger::Status::rate_limited : ledger::Status::success;
  }
  ASSERT_TRUE(all_stored(append_together(calls), calls.size()));
  EXPECT_EQ(ledger_->figures().behind, 1'000);
  ASSERT_TRUE(settle());
  EXPECT_EQ(contents().progress.rolled_up_to.value, 1'000);
  expect_whole(1'000);
}

TEST_P(LedgerSlicesContract, ACallsOwnZoneGoesBeforeWhatTheLedgerIsTold) {
  const Zone kathmandu = Zone::find("Asia/Kathmandu").value();
  ledger::Call with_zone = call(1);
  with_zone.zone = kathmandu;
  ASSERT_TRUE(all_stored(append_each({with_zone, call(2)}), 2));
  ASSERT_TRUE(settle());
  for (const auto& [name, sums] : contents().hours) {
    const Zone zone = std::get<1>(name) == 1 ? kathmandu : Zone{};
    EXPECT_EQ(std::get<0>(name), ledger::bucket_of(zone, kLedgerStart));
  }
}

TEST_P(LedgerSlicesContract, WhatIsNotCountedIsNotDropped) {
  using Store = LedgerRetentionStore;
  const Instant later = kLedgerStart + std::chrono::hours{1};
  reopen({.block_events = 2, .rollup_events_max = 100, .slice_min = 1});
  ASSERT_TRUE(all_stored(append_each(std::vector<ledger::Call>(7, call(1))), 7));
  const auto droppable = [&] {
    const std::unique_ptr<Connection> connection = engine_->reading()().value();
    Transaction transaction(*connection);
    return Store::droppable(transaction, later).value();
  };
  const auto drop = [&] {
    return writer_->run_blocking<std::int64_t>([](Transaction& transaction) { return Store::drop(transaction, 1); });
  };
  EXPECT_FALSE(droppable());
  const Result<std::int64_t> refused = drop();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "block_not_counted");
  ASSERT_TRUE(settle());
  ASSERT_TRUE(all_stored(append_each(std::vector<ledger::Call>(3, call(1))), 3));
  ASSERT_TRUE(droppable());
  EXPECT_EQ(droppable()->last, 3);  // the events 7 and 8 are one block, and 8 is not counted
  EXPECT_EQ(drop(), 2);
}

}  // namespace keyledger::store
