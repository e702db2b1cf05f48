// What the writer does when the disk does not do as told.
#include <cstdlib>

#include "store/writer_testing.h"

namespace keyledger::store {
namespace {

TEST_F(WriterTest, AFailedCommitStoresNothingOfTheBatchAndEveryCallerHearsIt) {
  Writer writer(opener());
  ASSERT_TRUE(add(writer, "before"));
  bool effect = false;
  orders_.commit = made_up("disk_full");
  const Result<void> done = writer.run_blocking<void>([&](Transaction& transaction) -> Result<void> {
    EXPECT_TRUE(insert(transaction, "lost"));
    transaction.after_commit([&effect] { effect = true; });
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "disk_full");
  EXPECT_FALSE(effect);
  EXPECT_TRUE(add(writer, "after"));
  EXPECT_THAT(words(), testing::ElementsAre("before", "after"));
  EXPECT_EQ(orders_.opened, 1);  // a full disk is no reason to distrust the handle
}

TEST_F(WriterTest, ARefusalInABatchThatCouldNotBeCommittedIsTheCommitsFailureToo) {
  Writer writer(opener());
  std::vector<Result<std::int64_t>> results;
  Blocker blocker(writer);
  for (const char* word : {"a", "a"}) {
    runtime::spawn(context_.get_executor(), insert_and_note(&writer, word, &results), "insert");
  }
  std::thread after([&] {  // the order is given on the writer thread, after the busy one was committed
    EXPECT_FALSE(writer.run_blocking<void>([&](Transaction&) -> Result<void> {
      orders_.commit = made_up("disk_full");
      return {};
    }));
  });
  context_.poll();
  while (writer.figures().queue_depth < 3) std::this_thread::yield();
  blocker.release();
  context_.run();
  after.join();
  ASSERT_EQ(results.size(), 2u);
  for (const auto& result : results) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, "disk_full");
  }
  EXPECT_THAT(words(), testing::IsEmpty());
}

TEST_F(WriterTest, AfterAFailedSyncTheDatabaseIsOpenedAnewAndVerified) {
  Writer writer(opener(), {.on_unrecoverable = [](const Error&) { ADD_FAILURE() << "it was recoverable"; }});
  ASSERT_TRUE(add(writer, "before"));
  orders_.commit = made_up("io_error");
  const auto lost = add(writer, "lost");
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().reason, "io_error");
  EXPECT_TRUE(add(writer, "after"));
  EXPECT_EQ(orders_.opened, 2);
  EXPECT_EQ(orders_.verified, 1);
  EXPECT_THAT(words(), testing::ElementsAre("before", "after"));
}

TEST_F(WriterTest, WhenItCannotBeVerifiedNothingIsAcknowledgedAnyMore) {
  std::promise<std::string> reported;
  Writer writer(opener(), {.on_unrecoverable = [&](const Error& error) { reported.set_value(error.reason); }});
  orders_.commit = made_up("io_error");
  orders_.verify = made_up("database_damaged");
  EXPECT_FALSE(add(writer, "lost"));
  EXPECT_EQ(reported.get_future().get(), "database_damaged");
  const auto next = add(writer, "next");
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().reason, "database_damaged");
  EXPECT_THAT(words(), testing::IsEmpty());
}

TEST_F(WriterTest, ByDefaultItStopsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto provoke = [this] {
    orders_.commit = made_up("io_error");
    orders_.verify = made_up("database_damaged");
    Writer writer(opener());
    (void)add(writer, "lost");
    (void)add(writer, "never answered");
  };
  EXPECT_EXIT(provoke(), testing::ExitedWithCode(EXIT_FAILURE), "could not be verified");
}

}  // namespace
}  // namespace keyledger::store
