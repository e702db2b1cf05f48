// service/bell.h: lets any thread wake one waiting coroutine.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>

#include "runtime/task.h"

namespace keyledger::service {

/// One coroutine at a time waits, on an io_context with one thread; anyone rings. A ring while nobody waits is kept
/// for the next who does.
class Bell {
 public:
  /// Answers true when it was rung, false when the time was up.
  [[nodiscard]] runtime::Task<bool> wait(std::chrono::milliseconds patience);
  void ring();

 private:
  std::mutex mutex_{};
  bool rung_ = false;
  std::function<void()> wake_{};
};

}  // namespace keyledger::service
