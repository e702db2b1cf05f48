// store/job.h: a typed function of a transaction, and whom to tell, in the one shape that the threads' queues hold.
#pragma once

#include <functional>

#include "base/error.h"
#include "runtime/task.h"
#include "store/database.h"

namespace keyledger::store {

struct Job {
  std::move_only_function<Result<void>(Transaction&)> apply;
  std::move_only_function<void(Result<void>)> finish;  // called once, with the failure to report if there is one
};

/// What takes jobs: the writer, the readers.
class JobQueue {
 public:
  virtual ~JobQueue() = default;
  virtual void submit(Job job) = 0;
};

/// Submits the work and suspends until it is finished.
/// Holds: the queue, and what the work refers to, stay until then.
runtime::Task<Result<void>> finish_job(JobQueue* queue, std::move_only_function<Result<void>(Transaction&)> work);
/// Submits the work and blocks until it is finished.
[[nodiscard]] Result<void> finish_job_blocking(JobQueue& queue,
                                               std::move_only_function<Result<void>(Transaction&)> work);

/// The work as one without a value, which goes to `value`. Both stay until it was done.
template <typename T>
auto keep_value(std::move_only_function<Result<T>(Transaction&)>& work, Result<T>& value) {
  return [&work, &value](Transaction& transaction) -> Result<void> {
    value = work(transaction);
    if (!value) return std::unexpected(value.error());
    return {};
  };
}

/// The same for work that gives a value. All that is compiled anew for each T: what waits is no template.
template <typename T>
runtime::Task<Result<T>> run_job(JobQueue* queue, std::move_only_function<Result<T>(Transaction&)> work) {
  Result<T> value = std::unexpected(Error{});  // in this frame, which lives until the job is finished
  auto apply = keep_value(work, value);
  Result<void> outcome = co_await finish_job(queue, apply);
  if (!outcome) co_return std::unexpected(std::move(outcome.error()));
  co_return value;
}

template <typename T>
Result<T> run_job_blocking(JobQueue& queue, std::move_only_function<Result<T>(Transaction&)> work) {
  Result<T> value = std::unexpected(Error{});
  auto apply = keep_value(work, value);
  Result<void> outcome = finish_job_blocking(queue, apply);
  if (!outcome) return std::unexpected(std::move(outcome.error()));
  return value;
}

/// Runs the job's function; what it throws becomes an internal error.
[[nodiscard]] Result<void> apply_guarded(Job& job, Transaction& transaction) noexcept;
/// Reports to whoever waits. A failure to do so can only be logged.
void finish_guarded(Job& job, Result<void> outcome) noexcept;

}  // namespace keyledger::store
