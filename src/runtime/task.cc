#include "runtime/task.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "base/log.h"

namespace keyledger::runtime {

Task<> sleep_for(std::chrono::milliseconds duration) {
  const Executor executor = co_await asio::this_coro::executor;
  Timer timer(executor, duration);
  constexpr auto kAsTuple = asio::as_tuple(use_task);
  auto [error] = co_await timer.async_wait(kAsTuple);
  (void)error;
}

void spawn(Executor executor, Task<> task, std::string name) {
  asio::co_spawn(executor, std::move(task), [name = std::move(name)](std::exception_ptr failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      log::error("task failed", {{"task", name}, {"what", exception.what()}});
    } catch (...) {
      log::error("task failed", {{"task", name}});
    }
  });
}

}  // namespace keyledger::runtime
