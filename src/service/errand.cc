#include "service/errand.h"

namespace keyledger::service {

bool Errand::begin(std::function<void(const std::stop_token&)> work) {
  const std::lock_guard lock(mutex_);
  if (running_ || ended_) return false;
  running_ = true;
  // The thread before has said that it is done; what it still does is to end, which the assignment waits for.
  thread_ = std::jthread([this, work = std::move(work)](const std::stop_token& stop) {
    work(stop);
    const std::lock_guard done(mutex_);
    running_ = false;
  });
  return true;
}

void Errand::request_stop() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  thread_.request_stop();
}

void Errand::wait() {
  if (thread_.joinable()) thread_.join();
}

void Errand::stop() {
  request_stop();
  wait();
}

}  // namespace keyledger::service
