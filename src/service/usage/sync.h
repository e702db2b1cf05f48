// service/usage/sync.h: keeps the figures up to date: at the start, every quarter of an hour, and on demand.
#pragma once

#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "service/actor.h"
#include "service/usage/alarm.h"
#include "service/usage/collector.h"

namespace keyledger::service {

struct SyncOptions {
  std::chrono::milliseconds interval{std::chrono::minutes{15}};
  std::size_t providers_at_once = 4;
  std::chrono::hours denied_retry{24};             // a key that may not read figures is asked again after this
  std::function<runtime::Task<>()> after_round{};  // the budgets look at the new figures
};

/// A round asks every key that may read figures for its readings, its organization and the last two days; then history
/// is read in the background, window by window, until the next round is due. Where it stands is stored, so that a
/// restart goes on.
///
/// Providers are asked side by side, the keys of one provider one after the other. What fails at one provider or for
/// one key is a finding there and changes nothing for the others.
class UsageSync {
 public:
  UsageSync(SyncParts parts, Alarm* alarm, SyncOptions options = {});

  /// Rounds until `stop`; for the executor of the app, once. Returns after the call to a provider that runs then.
  [[nodiscard]] runtime::Task<> run();
  void stop();  // from any thread
  /// From the round on that runs or has run last; from any thread.
  void set_interval(std::chrono::milliseconds interval);

  /// Starts a round, or joins the one that runs, and answers how things stand. Audited as usage.refresh.
  [[nodiscard]] runtime::Task<Result<SyncState>> refresh(Actor actor);
  [[nodiscard]] runtime::Task<Result<SyncState>> state() const;
  /// Looks again now whether there is work in the background; from any thread. For new prices.
  void wake() { alarm_->ring(); }

  /// One round, and one step of the background work (whether there may be more of it). `run` calls them.
  [[nodiscard]] runtime::Task<> round();
  [[nodiscard]] runtime::Task<bool> background_step();

 private:
  [[nodiscard]] runtime::Task<Result<std::vector<Reader>>> readers();
  [[nodiscard]] runtime::Task<> collect_all(std::vector<Reader> readers);
  [[nodiscard]] runtime::Task<> read_history(Reader reader, std::atomic<bool>* advanced);
  [[nodiscard]] runtime::Task<> keep_names(const std::vector<HeldKey>* held);

  SyncParts parts_;
  Alarm* alarm_;
  SyncOptions options_;
  SyncProgress progress_{};
  Collector collector_;
  std::set<ProviderKeyId> resting_{};  // their history failed; tried again after the next round
  std::atomic<std::chrono::milliseconds> interval_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> wanted_{false};  // a round was asked for
  std::atomic<bool> backfilling_{false};
};

/// Whether a key may read figures at all: admin keys, and those without a mark of another kind.
[[nodiscard]] bool may_read(const HeldKey& held, const providers::Description& provider);

}  // namespace keyledger::service
