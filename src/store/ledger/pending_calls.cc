#include "store/ledger/pending_calls.h"

#include <algorithm>

namespace keyledger::store {

void PendingCall::suspended() {
  queue_->push(*this);
}

bool PendingCalls::reserve() {
  if (reserved_.fetch_add(1, std::memory_order_relaxed) < max_) return true;
  reserved_.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

void PendingCalls::push(PendingCall& call) {
  PendingCall* newest = newest_.load(std::memory_order_relaxed);
  do {
    call.older_ = newest;
  } while (!newest_.compare_exchange_weak(newest, &call, std::memory_order_release, std::memory_order_relaxed));
  if (newest == nullptr) on_first_();
}

void PendingCalls::take(std::size_t count, std::vector<PendingCall*>& into) {
  if (backlog_.empty()) {
    PendingCall* newest = newest_.exchange(nullptr, std::memory_order_acquire);
    for (; newest != nullptr; newest = newest->older_) backlog_.push_back(newest);
  }
  const auto taken = static_cast<std::ptrdiff_t>(std::min(count, backlog_.size()));
  into.insert(into.end(), backlog_.rbegin(), backlog_.rbegin() + taken);
  backlog_.resize(backlog_.size() - static_cast<std::size_t>(taken));
}

}  // namespace keyledger::store
