// service/usage/alarm.h: waiting until the next round, or until someone asks for one.
#pragma once

#include "service/bell.h"

namespace keyledger::service {

/// What the sync waits with between rounds. Tests move the clock instead of waiting.
class Alarm {
 public:
  virtual ~Alarm() = default;
  /// Returns when the time is up or when it was rung; a ring before counts.
  [[nodiscard]] virtual runtime::Task<> wait(std::chrono::milliseconds duration) = 0;
  virtual void ring() = 0;  // from any thread
};

class TimerAlarm final : public Alarm {
 public:
  [[nodiscard]] runtime::Task<> wait(std::chrono::milliseconds duration) override {
    const bool rung = co_await bell_.wait(duration);
    (void)rung;
  }
  void ring() override { bell_.ring(); }

 private:
  Bell bell_{};
};

}  // namespace keyledger::service
