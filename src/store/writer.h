// store/writer.h: the one thread that changes the database. It commits once for all that wait.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/error.h"
#include "runtime/task.h"
#include "store/database.h"

namespace keyledger::store {

/// Opens the writing connection of an engine; called again after a failed sync.
using OpenConnection = std::function<Result<std::unique_ptr<Connection>>()>;

struct WriterOptions {
  std::size_t queue_max = 10'000;  // mutations that may wait; further ones are refused
  std::size_t batch_max = 1'000;   // mutations in one commit
};

struct WriterFigures {  // since the start; for /metrics
  std::int64_t commits = 0, mutations = 0, refused = 0, queue_depth = 0;
  std::chrono::nanoseconds commit_time{};
};

/// A mutation runs on the writer thread, inside the current transaction, under a savepoint of its own: one that returns
/// an error is rolled back alone. It does no I/O but SQL. The caller resumes after the commit is on disk.
class Writer {
 public:
  Writer(OpenConnection open, WriterOptions options = {});
  ~Writer();  // finishes what is queued

  /// Errors: what the mutation returned; unavailable, reason overloaded (the queue is full), disk_full or io_error (the
  /// commit failed: nothing of the batch is stored).
  template <typename T>
  runtime::Task<Result<T>> run(std::move_only_function<Result<T>(Transaction&)> mutation) {
    auto start = [this, mutation = std::move(mutation)](runtime::Resume<Result<T>> resume) mutable {
      auto result = std::make_shared<Result<T>>(fail(Code::internal, "the mutation did not run"));
      auto shared = std::make_shared<runtime::Resume<Result<T>>>(std::move(resume));
      submit({.apply = [mutation = std::move(mutation), result](Transaction& transaction) mutable -> Result<void> {
                *result = mutation(transaction);
                if (!*result) return std::unexpected(result->error());
                return {};
              },
              .finish =
                  [result, shared](Result<void> committed) mutable {
                    if (!committed) *result = std::unexpected(committed.error());
                    (*shared)(std::move(*result));
                  }});
    };
    Result<T> outcome = co_await runtime::suspend<Result<T>>(std::move(start));
    co_return outcome;
  }

  /// The same for threads that may block (start-up, tests, tools).
  template <typename T>
  Result<T> run_blocking(std::move_only_function<Result<T>(Transaction&)> mutation);

  [[nodiscard]] WriterFigures figures() const;

 private:
  struct Job {
    std::move_only_function<Result<void>(Transaction&)> apply;
    std::move_only_function<void(Result<void>)> finish;  // called once, after the commit or the refusal
  };
  void submit(Job job);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace keyledger::store
