// runtime/pool.h: threads for work that blocks or computes long (password hashing, reads), so that I/O threads never
// do.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/error.h"
#include "runtime/task.h"

namespace keyledger::runtime {

/// A bounded queue and the threads that empty it. Destruction finishes what is queued, then joins.
class Pool {
 public:
  Pool(std::size_t threads, std::size_t queue_max);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Queues a job; false when the queue is full and nothing was queued.
  [[nodiscard]] bool submit(std::move_only_function<void()> job);

  /// Runs `work`, which returns a Result<T>, on a thread of the pool and resumes with what it returned.
  /// Errors: unavailable (reason overloaded) when the queue is full; else those of `work`.
  template <typename T>
  Task<Result<T>> run(std::move_only_function<Result<T>()> work) {
    auto start = [this, work = std::move(work)](Resume<Result<T>> resume) mutable {
      auto shared = std::make_shared<Resume<Result<T>>>(std::move(resume));
      const bool queued = submit([work = std::move(work), shared]() mutable { (*shared)(work()); });
      if (!queued) (*shared)(fail(Code::unavailable, "The server is busy; try again in a moment.", "overloaded"));
    };
    Result<T> result = co_await suspend<Result<T>>(std::move(start));
    co_return result;
  }

 private:
  void work();

  const std::size_t queue_max_;
  std::mutex mutex_{};
  std::condition_variable ready_{};
  std::deque<std::move_only_function<void()>> jobs_{};
  bool stopping_ = false;
  std::vector<std::thread> threads_{};
};

}  // namespace keyledger::runtime
