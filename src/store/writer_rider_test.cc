// What rides along in the writer's commits.
#include <atomic>

#include "store/writer_testing.h"

namespace keyledger::store {
namespace {

/// Inserts the words that it is given, one per batch, and notes what becomes of them.
class WordRider final : public Rider {
 public:
  explicit WordRider(Writer* writer) : writer_(writer) {}

  void bring(std::string word) {
    {
      const std::lock_guard lock(mutex_);
      words_.push_back(std::move(word));
    }
    waiting_ = true;
    writer_->work_waits();
  }
  /// Waits until so many batches are done.
  void wait_for(std::size_t batches) {
    while (finished_ < batches) std::this_thread::yield();
  }
  [[nodiscard]] std::vector<Result<void>> outcomes() {
    const std::lock_guard lock(mutex_);
    return outcomes_;
  }
  [[nodiscard]] std::vector<std::string> calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  [[nodiscard]] bool gone() const { return gone_; }

  bool waiting() const override { return waiting_; }
  Result<std::size_t> write(Transaction& transaction, std::span<const ledger::OwnedCall> calls) override {
    const std::lock_guard lock(mutex_);
    for (const ledger::OwnedCall& call : calls) calls_.push_back(call.action);
    const std::vector<std::string> words = std::exchange(words_, {});
    for (const std::string& word : words) {
      if (word == "throw") throw std::runtime_error("thrown by the test");
      const Result<std::int64_t> done = insert(transaction, word);
      if (!done) return std::unexpected(done.error());
    }
    return words.size();
  }
  void finish(const Result<void>& stored) noexcept override {
    {
      const std::lock_guard lock(mutex_);
      waiting_ = false;
      words_.clear();
      outcomes_.push_back(stored);
    }
    ++finished_;
  }
  void writer_gone() noexcept override { gone_ = true; }

 private:
  Writer* writer_;
  std::mutex mutex_{};
  std::vector<std::string> words_{}, calls_{};
  std::vector<Result<void>> outcomes_{};
  std::atomic<bool> waiting_{false}, gone_{false};
  std::atomic<std::size_t> finished_{0};
};

TEST_F(WriterTest, ARiderAloneIsReasonEnoughForACommit) {
  Writer writer(opener());
  WordRider rider(&writer);
  writer.carry(&rider);
  rider.bring("alone");
  rider.wait_for(1);
  EXPECT_TRUE(rider.outcomes().at(0));
  EXPECT_THAT(words(), testing::ElementsAre("alone"));
  EXPECT_EQ(writer.figures().commits, 1);
  EXPECT_EQ(writer.figures().mutations, 0);
  EXPECT_EQ(writer.figures().ridden, 1);
  writer.leave(&rider);
}

TEST_F(WriterTest, ARiderWritesAfterTheMutationsOfItsBatch) {
  Writer writer(opener());
  WordRider rider(&writer);
  writer.carry(&rider);
  ASSERT_TRUE(writer.run_blocking<void>([&](Transaction& transaction) -> Result<void> {
    rider.bring("second");
    EXPECT_TRUE(insert(transaction, "first"));
    transaction.record({.action = "recorded"});
    return {};
  }));
  rider.wait_for(1);
  EXPECT_THAT(words(), testing::ElementsAre("first", "second"));
  EXPECT_THAT(rider.calls(), testing::ElementsAre("recorded"));
  EXPECT_EQ(writer.figures().commits, 1);
  writer.leave(&rider);
}

TEST_F(WriterTest, ARidersFailureLosesTheBatchAndAllHearIt) {
  for (const char* word : {"same", "throw"}) {
    SCOPED_TRACE(word);
    Writer writer(opener());
    WordRider rider(&writer);
    writer.carry(&rider);
    const Result<void> done = writer.run_blocking<void>([&](Transaction& transaction) -> Result<void> {
      EXPECT_TRUE(insert(transaction, "same"));
      rider.bring(word);
      return {};
    });
    ASSERT_FALSE(done);
    EXPECT_FALSE(rider.outcomes().at(0));
    EXPECT_EQ(done.error().code, rider.outcomes()[0].error().code);
    EXPECT_THAT(words(), testing::IsEmpty());
    EXPECT_EQ(writer.figures().commits, 0);
    writer.leave(&rider);
  }
}

TEST_F(WriterTest, ARiderHearsThatTheDatabaseCannotBeOpened) {
  Writer writer([]() -> Result<std::unique_ptr<Connection>> { return std::unexpected(made_up("cannot_open")); });
  WordRider rider(&writer);
  writer.carry(&rider);
  rider.bring("lost");
  rider.wait_for(1);
  ASSERT_FALSE(rider.outcomes().at(0));
  EXPECT_EQ(rider.outcomes()[0].error().reason, "cannot_open");
  writer.leave(&rider);
}

TEST_F(WriterTest, ARiderHearsOfAFailedCommit) {
  Writer writer(opener());
  WordRider rider(&writer);
  writer.carry(&rider);
  orders_.commit = made_up("disk_full");
  rider.bring("lost");
  rider.wait_for(1);
  ASSERT_FALSE(rider.outcomes().at(0));
  EXPECT_EQ(rider.outcomes()[0].error().reason, "disk_full");
  EXPECT_THAT(words(), testing::IsEmpty());
  writer.leave(&rider);
}

TEST_F(WriterTest, WithNothingFromTheRiderAndNoMutationThatSucceededThereIsNoCommit) {
  Writer writer(opener());
  WordRider rider(&writer);
  writer.carry(&rider);
  EXPECT_FALSE(writer.run_blocking<void>([](Transaction&) -> Result<void> { return fail(Code::conflict, "no"); }));
  EXPECT_EQ(writer.figures().commits, 0);
  EXPECT_TRUE(rider.outcomes().at(0));
  writer.leave(&rider);
}

TEST_F(WriterTest, ARiderThatLeftIsAskedNoMore) {
  Writer writer(opener());
  WordRider rider(&writer);
  writer.carry(&rider);
  writer.leave(&rider);
  rider.bring("too late");
  ASSERT_TRUE(add(writer, "other"));
  EXPECT_TRUE(rider.outcomes().empty());
  EXPECT_THAT(words(), testing::ElementsAre("other"));
  EXPECT_FALSE(rider.gone());
}

TEST_F(WriterTest, AWriterThatGoesWritesWhatWaitsAndSaysSo) {
  auto writer = std::make_unique<Writer>(opener());
  WordRider rider(writer.get());
  writer->carry(&rider);
  {
    Blocker blocker(*writer);
    rider.bring("last");
  }
  writer.reset();
  EXPECT_THAT(words(), testing::ElementsAre("last"));
  EXPECT_TRUE(rider.gone());
}

TEST_F(WriterTest, CommitsAreCountedBySizeAndDuration) {
  Writer writer(opener());
  ASSERT_EQ(add_together(writer, {"a", "b", "c", "d", "e"}).size(), 5u);
  const WriterFigures figures = writer.figures();
  EXPECT_EQ(figures.by_pieces[0], 1);  // up to 1: that of the mutation that kept the writer busy
  EXPECT_EQ(figures.by_pieces[1], 0);
  EXPECT_EQ(figures.by_pieces[2], 1);  // up to 16
  std::int64_t commits = 0;
  for (const std::int64_t count : figures.by_micros) commits += count;
  EXPECT_EQ(commits, 2);
  EXPECT_GE(figures.commit_time, figures.commit_time_max);
  EXPECT_GT(figures.commit_time_max.count(), 0);
}

}  // namespace
}  // namespace keyledger::store
