#include "runtime/task.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <exception>

#include "base/log.h"

namespace keyledger::runtime {
namespace {

/// `Handler` is Asio's, and resumes the coroutine.
template <typename Handler>
class PostedWake final : public Wake {
 public:
  PostedWake(Handler handler, const Executor& executor)
      : handler_(std::move(handler)), executor_(executor), work_(executor) {}
  void wake() override { asio::post(executor_, std::move(handler_)); }

 private:
  Handler handler_;
  Executor executor_;
  asio::executor_work_guard<Executor> work_;  // the io_context runs on while another thread holds the Wake
};

}  // namespace

Task<> suspend_until_woken(std::move_only_function<void(std::unique_ptr<Wake>)> start) {
  const Executor executor = co_await asio::this_coro::executor;
  auto initiate = [&start, executor](auto handler) {
    start(std::make_unique<PostedWake<decltype(handler)>>(std::move(handler), executor));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(initiate, use_task);
}

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
