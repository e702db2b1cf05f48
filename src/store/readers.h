// store/readers.h: read-only connections on threads of their own, so that no reader waits for the writer.
#pragma once

#include "store/writer.h"

namespace keyledger::store {

class Readers final : private JobQueue {
 public:
  /// `open` gives a connection that cannot change anything and never checkpoints.
  Readers(OpenConnection open, std::size_t threads, std::size_t queue_max = 10'000);
  ~Readers() override;

  /// Runs `query` in a read transaction: all its statements see the same state.
  /// Errors: those of the query; internal (it threw); unavailable, reason overloaded.
  template <typename T>
  runtime::Task<Result<T>> run(std::move_only_function<Result<T>(Transaction&)> query) {
    return run_job<T>(this, std::move(query));
  }
  template <typename T>
  Result<T> run_blocking(std::move_only_function<Result<T>(Transaction&)> query) {
    return run_job_blocking<T>(*this, std::move(query));
  }

 private:
  void submit(Job job) override;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace keyledger::store
