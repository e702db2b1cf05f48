// runtime/waiter.h: many coroutines that wait for one thing, woken together, without an allocation each.
#pragma once

#include <cstddef>

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

  /// Suspends the coroutine until it is woken. Once. Its io_context has work meanwhile.
  [[nodiscard]] Task<> wait();

 protected:
  /// The coroutine is suspended: hand `this` to whoever wakes it. Runs on the coroutine's thread; when it returns, the
  /// waiter may be gone.
  virtual void suspended() = 0;

 private:
  friend class WaiterList;
  friend class Awakening;
  struct Suspended;  // how the coroutine is kept; in the .cc, since it is Asio's way

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
