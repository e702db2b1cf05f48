#include "runtime/waiter.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <new>

#include "base/error.h"

namespace keyledger::runtime {

struct Waiter::Suspended {
  /// `Handler` is Asio's, and owns the coroutine.
  template <typename Handler>
  struct Kept {
    explicit Kept(Handler suspended) : handler(std::move(suspended)), work(asio::get_associated_executor(handler)) {}
    Handler handler;
    asio::executor_work_guard<Executor> work;  // the io_context runs on while another thread has the waiter
  };

  template <typename Handler>
  static void keep(Waiter& waiter, Handler handler) {
    static_assert(sizeof(Kept<Handler>) <= kSuspendedBytes && alignof(Kept<Handler>) <= alignof(std::max_align_t));
    auto* const kept = new (waiter.suspended_) Kept<Handler>(std::move(handler));
    waiter.context_ = &kept->work.get_executor().context();
    waiter.release_ = &release<Handler>;
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
};

Waiter::~Waiter() {
  check_invariant(release_ == nullptr, "a waiter is woken before it goes");
}

Task<> Waiter::wait() {
  auto initiate = [this](auto handler) {
    Suspended::keep(*this, std::move(handler));
    suspended();
  };
  return asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(initiate, use_task);
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
