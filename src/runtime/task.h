// runtime/task.h: coroutines. A Task runs on one io_context and suspends instead of blocking.
//
// Rules (compilers of this age destroy some temporaries twice otherwise): arguments by value or by pointer to something
// the app owns; no capturing lambda is a coroutine; one co_await to a statement, its result bound to a name.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace keyledger::runtime {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;
using SteadyTime = std::chrono::steady_clock::time_point;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

template <typename T = void>
using Task = asio::awaitable<T, Executor>;

inline constexpr asio::use_awaitable_t<Executor> use_task{};

/// The other end of a suspended coroutine: any thread calls it once, with the value to resume with.
template <typename T>
using Resume = std::move_only_function<void(T)>;

/// Wakes a suspended coroutine on its own executor; any thread calls it, once.
class Wake {
 public:
  virtual ~Wake() = default;
  virtual void wake() = 0;
};

/// Suspends, hands `start` a Wake, and goes on when that was called. The one place that knows Asio's way of doing it:
/// it is no template, so that it is compiled once.
/// Holds: `start` runs at once, on this thread.
Task<> suspend_until_woken(std::move_only_function<void(std::unique_ptr<Wake>)> start);

/// Suspends, hands `start` a Resume, and goes on (on the coroutine's own executor) when that was called.
/// Holds: `start` runs at once, on this thread; a Resume that is destroyed uncalled ends the coroutine.
template <typename T>
Task<T> suspend(std::move_only_function<void(Resume<T>)> start) {
  std::optional<T> value;  // in this frame, which lives as long as the Wake
  auto arm = [&start, &value](std::unique_ptr<Wake> wake) {
    start([&value, wake = std::move(wake)](T result) {
      value.emplace(std::move(result));
      wake->wake();
    });
  };
  co_await suspend_until_woken(std::move(arm));
  co_return std::move(*value);
}

/// Waits for a while. Returns early, without an error, when the io_context is stopped.
Task<> sleep_for(std::chrono::milliseconds duration);

/// Starts a coroutine that nobody waits for. An exception that leaves it is logged under `name`.
void spawn(Executor executor, Task<> task, std::string name);

}  // namespace keyledger::runtime
