// app/background.h: one thread with an executor of its own, for work that no connection waits for.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <future>
#include <optional>
#include <thread>

#include "runtime/task.h"

namespace keyledger::app {

class Background {
 public:
  Background();
  /// Stops, without waiting for anything. Coroutines that were not done are destroyed where they are suspended; whoever
  /// could still resume one has to be gone by then.
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  [[nodiscard]] runtime::Executor executor() { return context_.get_executor(); }

  /// Lets what runs come to its end, for at most so long, then ends the thread. Answers whether everything was done.
  bool stop(std::chrono::milliseconds at_most);

 private:
  boost::asio::io_context context_{1};
  std::optional<boost::asio::executor_work_guard<runtime::Executor>> guard_;
  std::promise<void> done_{};
  std::thread thread_;
};

}  // namespace keyledger::app
