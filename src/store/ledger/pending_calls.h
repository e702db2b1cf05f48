// store/ledger/pending_calls.h: calls on their way from the I/O threads to the writer's: a queue without a lock, whose
// nodes lie in the frames of the coroutines that wait.
#pragma once

#include <atomic>
#include <functional>
#include <vector>

#include "domain/ledger/call.h"
#include "runtime/waiter.h"

namespace keyledger::store {

class PendingCalls;

class PendingCall final : public runtime::Waiter {
 public:
  PendingCall(const ledger::Call& call, PendingCalls* queue) : call_(call), queue_(queue) {}
  [[nodiscard]] const ledger::Call& call() const { return call_; }
  void set_outcome(const Result<void>& outcome) { outcome_ = outcome; }
  [[nodiscard]] Result<void>& outcome() { return outcome_; }

 private:
  friend class PendingCalls;
  void suspended() override;

  ledger::Call call_;
  PendingCalls* queue_;
  PendingCall* older_ = nullptr;
  Result<void> outcome_{};
};

/// Many threads bring, the writer's takes. A place is reserved before, and freed when the call is done.
class PendingCalls {
 public:
  /// `on_first` runs on the bringing thread when a call comes to an empty queue.
  PendingCalls(std::size_t max, std::function<void()> on_first) : max_(max), on_first_(std::move(on_first)) {}

  /// False when `max` calls wait already.
  [[nodiscard]] bool reserve();
  void push(PendingCall& call);

  // The writer's thread.
  [[nodiscard]] bool empty() const { return newest_.load(std::memory_order_acquire) == nullptr && backlog_.empty(); }
  /// Appends up to `count` calls to `into`, those that came first in front.
  void take(std::size_t count, std::vector<PendingCall*>& into);
  void free(std::size_t places) { reserved_.fetch_sub(places, std::memory_order_relaxed); }

  [[nodiscard]] std::size_t size() const { return reserved_.load(std::memory_order_relaxed); }

 private:
  const std::size_t max_;
  const std::function<void()> on_first_;
  std::atomic<std::size_t> reserved_{0};
  std::atomic<PendingCall*> newest_{nullptr};  // each knows the one before it
  std::vector<PendingCall*> backlog_{};        // taken out, and more than a batch; those that came first at the end
};

}  // namespace keyledger::store
