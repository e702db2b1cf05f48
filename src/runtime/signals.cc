#include "runtime/signals.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace keyledger::runtime {

Task<int> stop_signal() {
  const Executor executor = co_await asio::this_coro::executor;
  asio::basic_signal_set<Executor> signals(executor, SIGINT, SIGTERM);
  constexpr auto kAsTuple = asio::as_tuple(use_task);
  auto [error, number] = co_await signals.async_wait(kAsTuple);
  co_return error ? 0 : number;
}

int wait_for_stop_signal() {
  asio::io_context context{1};
  asio::basic_signal_set<Executor> signals(context.get_executor(), SIGINT, SIGTERM);
  int received = 0;
  signals.async_wait([&received](const boost::system::error_code& error, int number) {
    if (!error) received = number;
  });
  context.run();
  return received;
}

void ignore_broken_pipes() {
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace keyledger::runtime
