#include "store/writer_testing.h"

namespace keyledger::store {
namespace {

TEST_F(WriterTest, AMutationIsStoredWhenItsCallerGoesOn) {
  Writer writer(opener());
  EXPECT_EQ(add(writer, "one"), 1);
  EXPECT_THAT(words(), testing::ElementsAre("one"));
}

TEST_F(WriterTest, AllThatWaitShareOneCommit) {
  Writer writer(opener());
  std::vector<std::string> many;
  for (int i = 0; i < 100; ++i) many.push_back("word " + std::to_string(i));
  const auto results = add_together(writer, many);
  ASSERT_EQ(results.size(), 100u);
  for (const auto& result : results) EXPECT_EQ(result, 1);
  EXPECT_EQ(words(), many);
  EXPECT_EQ(writer.figures().commits, 2);  // the one that kept the writer busy, and the hundred
  EXPECT_EQ(writer.figures().mutations, 101);
  EXPECT_EQ(writer.figures().queue_depth, 0);
  EXPECT_GT(writer.figures().commit_time.count(), 0);
}

TEST_F(WriterTest, ABatchHasAMaximum) {
  Writer writer(opener(), {.batch_max = 2});
  ASSERT_EQ(add_together(writer, {"a", "b", "c"}).size(), 3u);
  EXPECT_EQ(writer.figures().commits, 3);  // the busy one, then two, then one
}

TEST_F(WriterTest, AFailedMutationIsRolledBackAlone) {
  Writer writer(opener());
  const auto results = add_together(writer, {"a", "a", "b"});
  EXPECT_TRUE(results[0]);
  ASSERT_FALSE(results[1]);
  EXPECT_EQ(results[1].error().detail, "words.word");
  EXPECT_TRUE(results[2]);
  EXPECT_THAT(words(), testing::ElementsAre("a", "b"));
}

TEST_F(WriterTest, WhatAMutationDidBeforeItFailedIsUndone) {
  Writer writer(opener());
  const Result<void> done = writer.run_blocking<void>([](Transaction& transaction) -> Result<void> {
    EXPECT_TRUE(insert(transaction, "half"));
    return fail(Code::conflict, "changed its mind", "mind_changed");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "mind_changed");
  EXPECT_THAT(words(), testing::IsEmpty());
  EXPECT_EQ(writer.figures().commits, 0);  // nothing to make durable
}

TEST_F(WriterTest, WhatAMutationThrowsIsAnInternalErrorAndUndone) {
  Writer writer(opener());
  const Result<void> done = writer.run_blocking<void>([](Transaction& transaction) -> Result<void> {
    EXPECT_TRUE(insert(transaction, "half"));
    throw std::runtime_error("thrown by the test");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::internal);
  EXPECT_EQ(done.error().detail, "thrown by the test");
  EXPECT_THAT(words(), testing::IsEmpty());
  EXPECT_TRUE(add(writer, "next"));
}

TEST_F(WriterTest, AFullQueueRefusesAndCountsIt) {
  Writer writer(opener(), {.queue_max = 1});
  const auto results = add_together(writer, {"fits", "too much"});
  ASSERT_EQ(results.size(), 2u);
  const Result<std::int64_t>& refused = results[0];  // it is answered at once
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::unavailable);
  EXPECT_EQ(refused.error().reason, "overloaded");
  EXPECT_TRUE(results[1]);
  EXPECT_EQ(writer.figures().refused, 1);
  EXPECT_THAT(words(), testing::ElementsAre("fits"));
}

TEST_F(WriterTest, EffectsRunAfterTheCommitInOrderAndOnlyOfWhatWasStored) {
  Writer writer(opener());
  std::vector<std::string> order;
  const auto mutate = [&](std::string word, bool succeed) {
    return writer.run_blocking<void>([&, word, succeed](Transaction& transaction) -> Result<void> {
      EXPECT_TRUE(insert(transaction, word));
      transaction.after_commit([&, word] {
        EXPECT_THAT(words(), testing::Contains(word));  // another connection sees it: it is committed
        order.push_back(word + " 1");
      });
      transaction.after_commit([&, word] { order.push_back(word + " 2"); });
      if (!succeed) return fail(Code::conflict, "no");
      return {};
    });
  };
  EXPECT_TRUE(mutate("a", true));
  EXPECT_FALSE(mutate("b", false));
  EXPECT_TRUE(mutate("c", true));
  EXPECT_THAT(order, testing::ElementsAre("a 1", "a 2", "c 1", "c 2"));
}

TEST_F(WriterTest, AnEffectThatThrowsStopsNothing) {
  Writer writer(opener());
  const Result<void> done = writer.run_blocking<void>([](Transaction& transaction) -> Result<void> {
    transaction.after_commit([] { throw std::runtime_error("thrown by the test"); });
    return {};
  });
  EXPECT_TRUE(done);
  EXPECT_TRUE(add(writer, "next"));
}

TEST_F(WriterTest, WhileTheDatabaseCannotBeOpenedEachCallerHearsWhy) {
  bool there = false;
  Writer writer([&, open = opener()]() -> Result<std::unique_ptr<Connection>> {
    if (!there) return std::unexpected(made_up("cannot_open"));
    return open();
  });
  const auto refused = add(writer, "early");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "cannot_open");
  there = true;
  EXPECT_TRUE(add(writer, "later"));
}

TEST_F(WriterTest, ItFinishesWhatIsQueuedBeforeItGoes) {
  std::vector<Result<std::int64_t>> results;
  {
    Writer writer(opener());
    runtime::spawn(context_.get_executor(), insert_and_note(&writer, "queued", &results), "insert");
    context_.poll();
  }
  context_.run();
  ASSERT_EQ(results.size(), 1u);
  EXPECT_TRUE(results[0]);
  EXPECT_THAT(words(), testing::ElementsAre("queued"));
}

}  // namespace
}  // namespace keyledger::store
