#include "service/bell.h"

#include <boost/asio/as_tuple.hpp>

namespace keyledger::service {

runtime::Task<bool> Bell::wait(std::chrono::milliseconds patience) {
  const runtime::Executor executor = co_await runtime::asio::this_coro::executor;
  const auto timer = std::make_shared<runtime::Timer>(executor, patience);
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(rung_, false)) co_return true;
    // The cancelling is posted to the coroutine's own thread, which is here until the wait below has begun.
    wake_ = [executor, timer] { runtime::asio::post(executor, [timer] { timer->cancel(); }); };
  }
  constexpr auto kAsTuple = runtime::asio::as_tuple(runtime::use_task);
  auto [error] = co_await timer->async_wait(kAsTuple);
  (void)error;
  const std::lock_guard lock(mutex_);
  wake_ = nullptr;
  co_return std::exchange(rung_, false);
}

void Bell::ring() {
  const std::lock_guard lock(mutex_);
  rung_ = true;
  if (wake_) std::exchange(wake_, nullptr)();
}

}  // namespace keyledger::service
