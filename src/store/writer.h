// store/writer.h: the one thread that changes the database. It commits once for all that wait.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>

#include "base/error.h"
#include "runtime/task.h"
#include "store/database.h"
#include "store/job.h"
#include "store/rider.h"

namespace keyledger::store {

/// Opens the writing connection of an engine; called again after a failed sync.
using OpenConnection = std::function<Result<std::unique_ptr<Connection>>()>;

struct WriterOptions {
  std::size_t queue_max = 10'000;        // mutations that may wait; further ones are refused
  std::size_t batch_max = 1'000;         // mutations in one commit
  std::chrono::microseconds gather{50};  // how long a commit without mutations waits when the rider expects more
  /// Called when the database could not be verified after a failed sync. Empty: a line in the log, then the process
  /// stops, since what is on the disk is unknown. Where it returns, every later mutation is refused.
  std::function<void(const Error&)> on_unrecoverable{};
};

/// Upper ends of the histograms' buckets; a last bucket takes what is above them all.
inline constexpr std::array<std::int64_t, 10> kCommitMicrosBounds{100,   250,    500,    1'000,   2'500,
                                                                  5'000, 10'000, 25'000, 100'000, 1'000'000};
inline constexpr std::array<std::int64_t, 8> kCommitPiecesBounds{1, 4, 16, 64, 256, 1'024, 4'096, 16'384};

struct WriterFigures {  // since the start; for /metrics
  std::int64_t commits = 0, mutations = 0, refused = 0, queue_depth = 0;
  std::int64_t ridden = 0;  // pieces of the rider that were committed: calls in the ledger
  std::chrono::nanoseconds commit_time{}, commit_time_max{};  // of the commits alone, which is mostly the sync
  /// How many commits took up to each bound, and how many held up to so many pieces (mutations and the rider's).
  std::array<std::int64_t, kCommitMicrosBounds.size() + 1> by_micros{};
  std::array<std::int64_t, kCommitPiecesBounds.size() + 1> by_pieces{};
};

/// A mutation runs on the writer thread, inside the current transaction, under a savepoint of its own: one that returns
/// an error is rolled back alone. It does no I/O but SQL. The caller resumes after the commit is on disk.
///
/// The callers' io_contexts outlive the writer: it posts their results there.
/// Constraints are checked at once, never deferred to the commit: there one mutation would take the batch with it.
class Writer final : private JobQueue {
 public:
  Writer(OpenConnection open, WriterOptions options = {});
  ~Writer() override;  // finishes what is queued

  /// Errors: what the mutation returned; internal (it threw); unavailable, reason overloaded (the queue is full),
  /// disk_full or io_error (the commit failed: nothing of the batch is stored).
  template <typename T>
  runtime::Task<Result<T>> run(std::move_only_function<Result<T>(Transaction&)> mutation) {
    return run_job<T>(this, std::move(mutation));
  }

  /// The same for threads that may block (start-up, tests, tools); never on the writer thread itself.
  template <typename T>
  Result<T> run_blocking(std::move_only_function<Result<T>(Transaction&)> mutation) {
    return run_job_blocking<T>(*this, std::move(mutation));
  }

  [[nodiscard]] WriterFigures figures() const;

  /// Takes the rider along from now on. One at a time; it outlives the writer or leaves before it goes.
  void carry(Rider* rider);
  /// Returns when no batch knows the rider any more; what still waits with it is the rider's to refuse.
  void leave(Rider* rider);
  /// The rider has something to write. Any thread.
  void work_waits();

 private:
  void submit(Job job) override;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace keyledger::store
