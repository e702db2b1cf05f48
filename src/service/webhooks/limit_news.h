// service/webhooks/limit_news.h: tells that a key has reached a limit, once for each window of the limit.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "service/admission/key_table.h"
#include "service/core.h"
#include "service/usage/alarm.h"
#include "service/webhooks/queue.h"

namespace keyledger::service {

/// A call that is admitted costs nothing here, one that is refused a look under a lock; what is told is written later,
/// on another thread. Limits by the second and the minute, and of rentals at once, have no window that turns: of them
/// is told once an hour. After a restart nothing is told twice, since the message's id names the window.
class LimitNews {
 public:
  static constexpr std::size_t kKnownMax = 100'000;   // limits that were reached and whose window still stands
  static constexpr std::size_t kWaitingMax = 10'000;  // of which is not told yet; further refusals are told later

  LimitNews(Core core, const WebhookQueue* queue, Alarm* alarm) : core_(core), queue_(queue), alarm_(alarm) {}

  /// A call that a limit has refused. Any thread.
  void refused(const Admitted& admitted);

  /// For the executor of the app, once.
  [[nodiscard]] runtime::Task<> run();
  void stop();  // from any thread
  /// Queues what was noted so far. Errors: those of the database; what was noted stays then.
  [[nodiscard]] runtime::Task<Result<void>> tell();

 private:
  struct Reached {
    CustomerKeyId key_id{};
    limits::LimitStanding standing{};
    Instant at{}, until{};
  };
  struct Known {
    std::int64_t key_id = 0, amount = 0;
    limits::Metric metric = limits::Metric::requests;
    limits::Window window = limits::Window::day;
    bool operator==(const Known&) const = default;
    template <typename H>
    friend H AbslHashValue(H hash, const Known& known) {
      return H::combine(std::move(hash), known.key_id, known.amount, known.metric, known.window);
    }
  };

  [[nodiscard]] bool first_in_window(const Known& known, Instant at, Instant until);
  [[nodiscard]] Result<void> queue(store::Transaction& transaction, const Reached& reached) const;

  Core core_;
  const WebhookQueue* queue_;
  Alarm* alarm_;
  std::mutex mutex_{};
  absl::flat_hash_map<Known, Instant> known_{};  // until when nothing more is told of it
  std::vector<Reached> waiting_{};
  std::atomic<bool> stopping_{false};
};

}  // namespace keyledger::service
