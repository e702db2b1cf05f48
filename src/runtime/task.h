// runtime/task.h: coroutines. A Task runs on one io_context and suspends instead of blocking.
//
// Rules (compilers of this age destroy some temporaries twice otherwise): arguments by value or by pointer to something
// the app owns; no capturing lambda is a coroutine; one co_await to a statement, its result bound to a name.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
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

/// Suspends, hands `start` a Resume, and goes on (on the coroutine's own executor) when that was called.
/// Holds: `start` runs at once, on this thread; a Resume that is destroyed uncalled leaves the coroutine suspended
/// until its io_context goes.
template <typename T>
Task<T> suspend(std::move_only_function<void(Resume<T>)> start) {
  const Executor executor = co_await asio::this_coro::executor;
  auto initiate = [&start, executor](auto handler) {
    // The work guard keeps the io_context running while another thread holds the Resume.
    auto work = asio::make_work_guard(executor);
    start([handler = std::move(handler), work = std::move(work), executor](T value) mutable {
      asio::post(executor, [handler = std::move(handler), work = std::move(work), value = std::move(value)]() mutable {
        std::move(handler)(std::move(value));
      });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(T)>(initiate, use_task);
}

/// Waits for a while. Returns early, without an error, when the io_context is stopped.
Task<> sleep_for(std::chrono::milliseconds duration);

/// Starts a coroutine that nobody waits for. An exception that leaves it is logged under `name`.
void spawn(Executor executor, Task<> task, std::string name);

}  // namespace keyledger::runtime
