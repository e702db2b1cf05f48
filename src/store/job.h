// store/job.h: a typed function of a transaction, and whom to tell, in the one shape that the threads' queues hold.
#pragma once

#include <functional>
#include <future>
#include <memory>

#include "base/error.h"
#include "runtime/task.h"
#include "store/database.h"

namespace keyledger::store {

struct Job {
  std::move_only_function<Result<void>(Transaction&)> apply;
  std::move_only_function<void(Result<void>)> finish;  // called once, with the failure to report if there is one
};

/// What `work` gives is kept until the job is finished; an error that `finish` gets takes its place.
template <typename T>
Job make_job(std::move_only_function<Result<T>(Transaction&)> work, std::move_only_function<void(Result<T>)> done) {
  auto result = std::make_shared<Result<T>>(fail(Code::internal, "The work did not run."));
  return Job{.apply = [work = std::move(work), result](Transaction& transaction) mutable -> Result<void> {
               *result = work(transaction);
               if (!*result) return std::unexpected(result->error());
               return {};
             },
             .finish =
                 [result, done = std::move(done)](Result<void> outcome) mutable {
                   if (!outcome) *result = std::unexpected(std::move(outcome.error()));
                   done(std::move(*result));
                 }};
}

using SubmitJob = std::move_only_function<void(Job)>;

/// Submits the work and suspends until it is finished.
template <typename T>
runtime::Task<Result<T>> run_job(SubmitJob submit, std::move_only_function<Result<T>(Transaction&)> work) {
  auto start = [submit = std::move(submit), work = std::move(work)](runtime::Resume<Result<T>> resume) mutable {
    submit(make_job<T>(std::move(work), std::move(resume)));
  };
  Result<T> outcome = co_await runtime::suspend<Result<T>>(std::move(start));
  co_return outcome;
}

/// Submits the work and blocks until it is finished.
template <typename T>
Result<T> run_job_blocking(SubmitJob submit, std::move_only_function<Result<T>(Transaction&)> work) {
  std::promise<Result<T>> promise;
  std::future<Result<T>> outcome = promise.get_future();
  submit(make_job<T>(std::move(work), [promise = std::move(promise)](Result<T> result) mutable {
    promise.set_value(std::move(result));
  }));
  return outcome.get();
}

/// Runs the job's function; what it throws becomes an internal error.
[[nodiscard]] Result<void> apply_guarded(Job& job, Transaction& transaction) noexcept;
/// Reports to whoever waits. A failure to do so can only be logged.
void finish_guarded(Job& job, Result<void> outcome) noexcept;

}  // namespace keyledger::store
