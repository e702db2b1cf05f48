// store/writer_testing.h: what the writer's tests share: a table of words, a way to keep the writer busy, and a
// connection that fails on order.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <thread>

#include "store/contract/engine.h"
#include "store/writer.h"

namespace keyledger::store {
struct Word {
  std::string word{};
};
BOOST_DESCRIBE_STRUCT(Word, (), (word))

inline const Query<void> kInsert{"INSERT INTO words (word) VALUES (:word)"};
inline const Query<Word> kAll{"SELECT word FROM words ORDER BY id"};

inline Result<std::int64_t> insert(Transaction& transaction, std::string word) {
  return transaction.change(kInsert, Word{std::move(word)});
}

inline Error made_up(std::string reason) {
  return {Code::unavailable, "made up", std::move(reason)};
}

/// What the wrapper below does instead of the engine's own.
struct Orders {
  std::optional<Error> commit{};
  std::optional<Error> after_commit{};  // everything is stored, yet the failure is reported
  std::optional<Error> insert_rows{};
  std::optional<Error> verify{};
  int opened = 0;
  int verified = 0;
};

/// An engine's connection whose commits and verifications fail on order.
class ObedientConnection final : public Connection {
 public:
  ObedientConnection(std::unique_ptr<Connection> inner, Orders* orders) : inner_(std::move(inner)), orders_(orders) {}
  Result<std::int64_t> execute(const std::string& sql, std::span<const Parameter> parameters,
                               const RowSink& sink) override {
    return inner_->execute(sql, parameters, sink);
  }
  Result<void> insert_rows(const BulkInsert& insert, std::span<const RawValue> values) override {
    if (orders_->insert_rows) return std::unexpected(*std::exchange(orders_->insert_rows, std::nullopt));
    return inner_->insert_rows(insert, values);
  }
  Result<void> run_script(std::string_view script) override { return inner_->run_script(script); }
  Result<void> begin(Access access) override { return inner_->begin(access); }
  Result<void> commit() override {
    if (orders_->commit) return std::unexpected(*std::exchange(orders_->commit, std::nullopt));
    const Result<void> committed = inner_->commit();
    if (committed && orders_->after_commit) return std::unexpected(*std::exchange(orders_->after_commit, std::nullopt));
    return committed;
  }
  Result<void> rollback() override { return inner_->rollback(); }
  Result<void> savepoint() override { return inner_->savepoint(); }
  Result<void> release_savepoint() override { return inner_->release_savepoint(); }
  Result<void> rollback_to_savepoint() override { return inner_->rollback_to_savepoint(); }
  Result<void> verify() override {
    ++orders_->verified;
    if (orders_->verify) return std::unexpected(*orders_->verify);
    return inner_->verify();
  }

 private:
  std::unique_ptr<Connection> inner_;
  Orders* orders_;
};

/// Keeps the writer thread busy from when it is made until `release`.
class Blocker {
 public:
  explicit Blocker(Writer& writer) {
    std::promise<void> started;
    std::future<void> running = started.get_future();
    thread_ = std::thread([this, &writer, started = std::move(started)]() mutable {
      const Result<void> done = writer.run_blocking<void>([&](Transaction&) -> Result<void> {
        started.set_value();
        released_.get_future().wait();
        return {};
      });
      EXPECT_TRUE(done);
    });
    running.wait();
  }
  ~Blocker() { release(); }
  void release() {
    if (!thread_.joinable()) return;
    released_.set_value();
    thread_.join();
  }

 private:
  std::promise<void> released_{};
  std::thread thread_{};
};

inline runtime::Task<> insert_and_note(Writer* writer, std::string word, std::vector<Result<std::int64_t>>* results) {
  std::move_only_function<Result<std::int64_t>(Transaction&)> mutation = [word](Transaction& transaction) {
    return insert(transaction, word);
  };
  Result<std::int64_t> result = co_await writer->run<std::int64_t>(std::move(mutation));
  results->push_back(std::move(result));
}

class WriterTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(engine_->create("CREATE TABLE words (id $ID, word TEXT NOT NULL UNIQUE)")); }

  OpenConnection opener() {
    return [this]() -> Result<std::unique_ptr<Connection>> {
      ++orders_.opened;
      Result<std::unique_ptr<Connection>> inner = engine_->writing()();
      if (!inner) return inner;
      return std::make_unique<ObedientConnection>(std::move(*inner), &orders_);
    };
  }

  static Result<std::int64_t> add(Writer& writer, std::string word) {
    return writer.run_blocking<std::int64_t>([word](Transaction& transaction) { return insert(transaction, word); });
  }

  /// Hands all words to the writer while it is busy, so that they become one batch; answers in the words' order.
  std::vector<Result<std::int64_t>> add_together(Writer& writer, const std::vector<std::string>& words) {
    std::vector<Result<std::int64_t>> results;
    Blocker blocker(writer);
    for (const std::string& word : words) {
      runtime::spawn(context_.get_executor(), insert_and_note(&writer, word, &results), "insert");
    }
    context_.poll();
    blocker.release();
    context_.run();
    return results;
  }

  std::vector<std::string> words() {
    const std::unique_ptr<Connection> connection = engine_->reading()().value();
    Transaction transaction(*connection);
    const auto rows = transaction.all(kAll);
    std::vector<std::string> words;
    for (const Word& row : rows.value()) words.push_back(row.word);
    return words;
  }

  boost::asio::io_context context_{};  // outlives the writer, which may still be in a post when the caller goes on
  std::unique_ptr<Engine> engine_ = make_sqlite_engine();
  Orders orders_{};
};

}  // namespace keyledger::store
