// store/contract/ledger_failure_contract.h: the ledger beside mutations, with a disk that fails, and when things end.
#pragma once

#include "store/contract/ledger_contract.h"

namespace keyledger::store {

TEST_P(LedgerContract, AMutationsCallIsInItsCommitBeforeThoseThatWait) {
  const std::int64_t before = writer_->figures().commits;
  std::promise<void> running, waiting;
  std::thread mutation([&] {
    EXPECT_TRUE(writer_->run_blocking<void>([&](Transaction& transaction) -> Result<void> {
      running.set_value();
      waiting.get_future().wait();
      transaction.record(owned(1, "rent"));
      transaction.record(owned(2, "return"));
      return {};
    }));
  });
  running.get_future().wait();
  start(call(1, "waits"));
  waiting.set_value();
  mutation.join();
  ASSERT_TRUE(all_stored(outcomes(), 1));
  EXPECT_EQ(writer_->figures().commits, before + 1);
  std::vector<std::string> actions;
  for (const StoredEvent& event : contents().events) actions.push_back(event.action);
  EXPECT_THAT(actions, testing::ElementsAre("rent", "return", "waits"));
  expect_whole(3);
}

TEST_P(LedgerContract, AMutationThatFailsRecordsNothing) {
  EXPECT_FALSE(writer_->run_blocking<void>([](Transaction& transaction) -> Result<void> {
    transaction.record(owned(1, "rent"));
    return fail(Code::not_found, "no account", "no_available_accounts");
  }));
  expect_whole(0);
  EXPECT_EQ(ledger_->figures().events, 0);
}

TEST_P(LedgerContract, ACallThatIsRecordedWithoutALedgerIsAnError) {
  ledger_.reset();
  static const Query<void> kMark{"INSERT INTO ledger_state (name, value) VALUES ('half', 1)"};
  const Result<void> done = writer_->run_blocking<void>([](Transaction& transaction) -> Result<void> {
    EXPECT_TRUE(transaction.change(kMark));
    transaction.record(owned(1, "rent"));
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::internal);
  static const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM ledger_state WHERE name = 'half'"};
  const auto connection = engine_->reading()().value();
  EXPECT_EQ(Transaction(*connection).one(kCount).value()->value, 0);
}

TEST_P(LedgerContract, AFailedCommitLeavesMemoryAsTheDatabaseIs) {
  reopen({.block_events = 10, .rollup_events_max = 10});
  ASSERT_TRUE(all_stored(append_each({call(1, "kept"), call(2, "kept")}), 2));
  const struct {
    const char* name;
    std::optional<Error> Orders::*order;
    const char* reason;
  } cases[] = {{"the disk is full at the commit", &Orders::commit, "disk_full"},
               {"the disk is full before", &Orders::insert_rows, "disk_full"},
               {"the sync fails", &Orders::commit, "io_error"}};
  std::size_t stored = 2;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    orders_.*c.order = made_up(c.reason);
    // Enough to close a block and to write rollups: all of that has to be undone.
    const auto lost = [&] {
      for (int i = 0; i < 25; ++i) {
        runtime::spawn(context_.get_executor(), append_and_note(ledger_.get(), call(i, "lost"), &results_), "append");
      }
      return outcomes();
    }();
    ASSERT_EQ(lost.size(), 25u);
    ASSERT_FALSE(lost[0]);
    EXPECT_EQ(lost[0].error().reason, c.reason);
    stored += static_cast<std::size_t>(
        std::count_if(lost.begin(), lost.end(), [](const auto& result) { return result.has_value(); }));
    ASSERT_TRUE(all_stored(append_each({call(1, "lost"), call(2, "other")}), 2));
    stored += 2;
    expect_whole(stored);
    ASSERT_TRUE(settle());
    expect_whole(stored);
  }
}

TEST_P(LedgerContract, AnEventThatIsOnTheDiskAfterAllIsNotNumberedTwice) {
  ASSERT_TRUE(all_stored(append_each({call(1)}), 1));
  orders_.after_commit = made_up("io_error");
  const auto doubtful = append_each({call(1, "doubtful")});
  ASSERT_FALSE(doubtful.at(0));
  EXPECT_EQ(doubtful[0].error().reason, "io_error");
  ASSERT_TRUE(all_stored(append_each({call(1)}), 1));
  ASSERT_TRUE(settle());
  expect_whole(3);
}

TEST_P(LedgerContract, AFailedBatchTakesItsMutationsAlong) {
  orders_.insert_rows = made_up("disk_full");
  const Result<void> done = writer_->run_blocking<void>([](Transaction& transaction) -> Result<void> {
    transaction.record(owned(1, "rent"));
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "disk_full");
  expect_whole(0);
}

TEST_P(LedgerContract, ASettlingInAFailedBatchHearsIt) {
  ASSERT_TRUE(all_stored(append_each({call(1)}), 1));
  orders_.commit = made_up("disk_full");
  EXPECT_FALSE(ledger_->settle_blocking());
  EXPECT_EQ(ledger_->figures().behind, 1);
  EXPECT_TRUE(ledger_->settle_blocking());
  EXPECT_EQ(contents().progress.rolled_up_to.value, 1);
  expect_whole(1);
}

TEST_P(LedgerContract, AFullQueueRefusesAndCountsIt) {
  reopen({.queue_max = 2});
  const auto results = append_together({call(1), call(1), call(1)});
  ASSERT_EQ(results.size(), 3u);
  ASSERT_FALSE(results[0]);  // it is answered at once
  EXPECT_EQ(results[0].error().code, Code::unavailable);
  EXPECT_EQ(results[0].error().reason, "overloaded");
  EXPECT_TRUE(results[1]);
  EXPECT_TRUE(results[2]);
  EXPECT_EQ(ledger_->figures().refused, 1);
  EXPECT_TRUE(all_stored(append_together({call(1), call(1)}), 2));  // the places are free again
  expect_whole(4);
}

TEST_P(LedgerContract, TheWriterFinishesWhatWaitsBeforeItGoes) {
  start(call(1));
  writer_.reset();
  ASSERT_TRUE(all_stored(outcomes(), 1));
  const auto late = append_each({call(1)});
  ASSERT_FALSE(late.at(0));
  EXPECT_EQ(late[0].error().reason, "stopping");
  const Result<void> settled = ledger_->settle_blocking();
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().reason, "stopping");
  ledger_.reset();
  expect_whole(1);
}

TEST_P(LedgerContract, ALedgerThatGoesAnswersWhoeverWaits) {
  {
    Blocker blocker(*writer_);
    start(call(1));
    std::thread leaving([this] { ledger_.reset(); });
    blocker.release();
    leaving.join();
  }
  const auto results = outcomes();
  ASSERT_EQ(results.size(), 1u);
  if (!results[0]) {
    EXPECT_EQ(results[0].error().reason, "stopping");
  }
  expect_whole(results[0] ? 1 : 0);
}

}  // namespace keyledger::store
