// service/errand.h: long work that blocks (a backup, an import), one piece at a time, on a thread of its own.
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace keyledger::service {

/// The thread exists only while there is work. Whoever began it asks for its outcome elsewhere; the work does not
/// throw.
class Errand {
 public:
  Errand() = default;
  ~Errand() { stop(); }
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;

  /// False, and nothing is begun, while one is under way or after `stop`.
  [[nodiscard]] bool begin(std::function<void(const std::stop_token&)> work);
  /// Waits for what is under way, for tests.
  void wait();
  /// Asks what is under way to give up. Does not wait.
  void request_stop();
  /// The same, and waits for it. Nothing begins any more.
  void stop();

 private:
  std::mutex mutex_{};
  bool running_ = false, ended_ = false;
  std::jthread thread_{};
};

}  // namespace keyledger::service
