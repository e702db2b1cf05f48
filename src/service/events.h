// service/events.h: tells everybody who listens what has changed. An event says only that; its content is asked for.
#pragma once

#include <boost/describe.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "service/bell.h"

namespace keyledger::service {

/// changed: the resources named; sync: the state of the sync; resync: events were missed, ask for everything.
BOOST_DEFINE_ENUM_CLASS(EventKind, changed, sync, resync)

struct Event {
  std::uint64_t id = 0;  // grows with each event of the hub
  EventKind kind = EventKind::changed;
  std::vector<std::string> resources{};  // keys, accounts, usage, budgets, prices, settings
};

/// One listener's queue. Its `next` is awaited by one coroutine at a time, on an io_context with one thread.
class Subscription {
 public:
  static constexpr std::size_t kQueueMax = 256;  // past it the queue is emptied, and `resync` says so

  enum class Outcome { event, idle, ended };
  struct Next {
    Outcome outcome = Outcome::idle;
    Event event{};
  };
  /// The oldest event that was not taken yet; idle when none came within `patience`; ended when the hub has closed and
  /// everything was taken.
  [[nodiscard]] runtime::Task<Next> next(std::chrono::milliseconds patience);

 private:
  friend class EventHub;
  void push(const Event& event);
  void end();
  [[nodiscard]] Next take();

  std::mutex mutex_{};
  std::deque<Event> queue_{};
  bool ended_ = false;
  Bell bell_{};
};

/// Thread-safe. Subscribers that are gone are forgotten.
class EventHub {
 public:
  static constexpr std::size_t kSubscribersMax = 1'000;

  /// Errors: unavailable, reason overloaded (kSubscribersMax listen) or stopping (the hub has closed).
  [[nodiscard]] Result<std::shared_ptr<Subscription>> subscribe();
  void publish(EventKind kind, std::vector<std::string> resources = {});
  /// Ends all subscriptions; for the stop of the server.
  void close();

 private:
  std::mutex mutex_{};
  std::vector<std::weak_ptr<Subscription>> subscribers_{};
  std::uint64_t last_id_ = 0;
  bool closed_ = false;
};

}  // namespace keyledger::service
