// runtime/waiter.h: many coroutines that wait for one thing, woken together, without an allocation each.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <cstddef>
#include <new>

#include "runtime/task.h"

namespace keyledger::runtime {

class WaiterList;

/// What a coroutine waits on: a local variable of its frame, derived from to hold what is asked and what is answered.
///
/// Between `suspended` and waking it belongs to whoever is to wake it; a waiter that is never woken keeps its coroutine
/// for ever, so queues wake what they hold before they go. The waiter's io_context outlives that moment. One that is
/// destroyed later, without having run, destroys the coroutines that were woken for it.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual ~Waiter();

  /// `co_await waiter.wait();` suspends the coroutine until it is woken. Once. Its io_context has work meanwhile. Costs
  /// no frame: what is awaited is Asio's deferred operation.
  [[nodiscard]] auto wait() {
    return asio::async_initiate<const asio::deferred_t, void()>(Suspending{this}, asio::deferred);
  }

  /// The same without a coroutine: `handler()` is called where its associated executor runs. At most 32 bytes. One that
  /// is destroyed uncalled was never woken, or its io_context is gone.
  template <typename Handler>
  void then(Handler handler) {
    keep(std::move(handler));
    suspended();
  }

 protected:
  /// The coroutine is suspended: hand `this` to whoever wakes it. Runs on the coroutine's thread; when it returns, the
  /// waiter may be gone.
  virtual void suspended() = 0;

 private:
  friend class WaiterList;
  friend class Awakening;
  /// `Handler` is Asio's, and owns the coroutine.
  template <typename Handler>
  struct Kept {
    explicit Kept(Handler suspended) : handler(std::move(suspended)), work(asio::get_associated_executor(handler)) {}
    Handler handler;
    asio::executor_work_guard<Executor> work;  // the io_context runs on while another thread has the waiter
  };
  struct Suspending {
    Waiter* waiter;
    template <typename Handler>
    void operator()(Handler handler) const {
      waiter->keep(std::move(handler));
      waiter->suspended();
    }
  };

  template <typename Handler>
  void keep(Handler handler) {
    static_assert(sizeof(Kept<Handler>) <= kSuspendedBytes && alignof(Kept<Handler>) <= alignof(std::max_align_t));
    auto* const kept = new (suspended_) Kept<Handler>(std::move(handler));
    context_ = &kept->work.get_executor().context();
    release_ = &release<Handler>;
  }

  /// The waiter lies in the coroutine that is resumed or destroyed here, so nothing of it is touched after that.
  template <typename Handler>
  static void release(Waiter& waiter, bool resume) {
    auto* const kept = std::launder(reinterpret_cast<Kept<Handler>*>(waiter.suspended_));
    Kept<Handler> taken(std::move(*kept));
    kept->~Kept();
    waiter.release_ = nullptr;
    if (resume) std::move(taken.handler)();
  }

  static constexpr std::size_t kSuspendedBytes = 48;
  alignas(std::max_align_t) std::byte suspended_[kSuspendedBytes];
  /// Resumes or destroys the coroutine, and with it the waiter.
  void (*release_)(Waiter& waiter, bool resume) = nullptr;
  asio::io_context* context_ = nullptr;
  Waiter* next_ = nullptr;
};

/// Waiters in a row, in nobody's memory but their own. Not thread-safe.
class WaiterList {
 public:
  WaiterList() = default;
  WaiterList(WaiterList&& other) noexcept
      : first_(std::exchange(other.first_, nullptr)), last_(std::exchange(other.last_, nullptr)) {}
  WaiterList& operator=(WaiterList&& other) noexcept {
    std::swap(first_, other.first_);
    std::swap(last_, other.last_);
    return *this;
  }

  void push_back(Waiter& waiter);
  /// The first one, taken out; none when empty.
  [[nodiscard]] Waiter* pop_front();
  [[nodiscard]] bool empty() const { return first_ == nullptr; }
  /// Takes out all that run on the io_context of the first one, in their order.
  [[nodiscard]] WaiterList take_first_context();
  [[nodiscard]] asio::io_context& context() const { return *first_->context_; }  // of the first one

 private:
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

/// Resumes the coroutines, each on its own executor, in order, with one post per executor. Any thread.
void wake_all(WaiterList waiters);

}  // namespace keyledger::runtime
