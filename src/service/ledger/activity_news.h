// service/ledger/activity_news.h: tells those who listen that customers' programs have called.
#pragma once

#include <atomic>
#include <functional>

#include "service/events.h"
#include "service/usage/alarm.h"

namespace keyledger::service {

/// Looks once a second at how many calls are on the disk, so that what is told does not grow with the load, and no call
/// waits for the telling. Whoever hears of it finds the calls in the ledger.
class ActivityNews {
 public:
  static constexpr std::chrono::milliseconds kEvery{1'000};

  /// `calls` counts those that are on the disk, from any thread.
  ActivityNews(EventHub* events, Alarm* alarm, std::function<std::int64_t()> calls)
      : events_(events), alarm_(alarm), calls_(std::move(calls)) {}

  /// Publishes if there were calls since the last time; says whether it has.
  bool tell();
  /// For the executor of the app, once.
  [[nodiscard]] runtime::Task<> run();
  void stop();  // from any thread

 private:
  EventHub* events_;
  Alarm* alarm_;
  std::function<std::int64_t()> calls_;
  std::int64_t told_ = 0;
  std::atomic<bool> stopping_{false};
};

}  // namespace keyledger::service
