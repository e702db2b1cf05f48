#include "runtime/waiter.h"

#include <boost/asio/post.hpp>

#include "base/error.h"
#include "runtime/turn.h"

namespace keyledger::runtime {

Waiter::~Waiter() {
  check_invariant(release_ == nullptr, "a waiter is woken before it goes");
}

void WaiterList::push_back(Waiter& waiter) {
  waiter.next_ = nullptr;
  if (last_ == nullptr) {
    first_ = &waiter;
  } else {
    last_->next_ = &waiter;
  }
  last_ = &waiter;
}

Waiter* WaiterList::pop_front() {
  Waiter* const front = first_;
  if (front == nullptr) return nullptr;
  first_ = front->next_;
  if (first_ == nullptr) last_ = nullptr;
  return front;
}

WaiterList WaiterList::take_first_context() {
  WaiterList taken, rest;
  const asio::io_context* const context = first_->context_;
  while (Waiter* const waiter = pop_front()) {
    (waiter->context_ == context ? taken : rest).push_back(*waiter);
  }
  *this = std::move(rest);
  return taken;
}

/// What is posted: the waiters of one executor. Destroyed without having run, it destroys their coroutines.
class Awakening {
 public:
  explicit Awakening(WaiterList waiters) : waiters_(std::move(waiters)) {}
  Awakening(Awakening&&) noexcept = default;
  Awakening& operator=(Awakening&&) = delete;
  ~Awakening() { release_all(/*resume=*/false); }
  void operator()() { release_all(/*resume=*/true); }

 private:
  void release_all(bool resume) {
    const Turn turn;  // whoever is woken may well have something new for the one who woke it
    while (Waiter* const waiter = waiters_.pop_front()) waiter->release_(*waiter, resume);
  }
  WaiterList waiters_;
};

void wake_all(WaiterList waiters) {
  while (!waiters.empty()) {
    asio::io_context& context = waiters.context();
    asio::post(context, Awakening(waiters.take_first_context()));
  }
}

}  // namespace keyledger::runtime
