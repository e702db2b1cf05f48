#include "store/job.h"

#include <future>

#include "base/log.h"

namespace keyledger::store {

runtime::Task<Result<void>> finish_job(JobQueue* queue, std::move_only_function<Result<void>(Transaction&)> work) {
  auto start = [queue, &work](runtime::Resume<Result<void>> resume) {
    queue->submit({.apply = std::move(work), .finish = std::move(resume)});
  };
  Result<void> outcome = co_await runtime::suspend<Result<void>>(start);
  co_return outcome;
}

Result<void> finish_job_blocking(JobQueue& queue, std::move_only_function<Result<void>(Transaction&)> work) {
  std::promise<Result<void>> promise;
  std::future<Result<void>> outcome = promise.get_future();
  queue.submit({.apply = std::move(work), .finish = [promise = std::move(promise)](Result<void> result) mutable {
                  promise.set_value(std::move(result));
                }});
  return outcome.get();
}

Result<void> apply_guarded(Job& job, Transaction& transaction) noexcept {
  try {
    return job.apply(transaction);
  } catch (const std::exception& exception) {
    return fail(Code::internal, "Something went wrong inside the server.", {}, {}, exception.what());
  } catch (...) {
    return fail(Code::internal, "Something went wrong inside the server.", {}, {}, "an unknown exception");
  }
}

void finish_guarded(Job& job, Result<void> outcome) noexcept {
  try {
    job.finish(std::move(outcome));
  } catch (const std::exception& exception) {
    log::error("an outcome could not be reported", {{"what", exception.what()}});
  } catch (...) {
    log::error("an outcome could not be reported");
  }
}

}  // namespace keyledger::store
