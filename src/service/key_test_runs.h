// service/key_test_runs.h: tests many keys in the background, and tells how far it is.
#pragma once

#include <atomic>
#include <boost/describe.hpp>
#include <memory>
#include <mutex>
#include <optional>

#include "service/provider_keys.h"

namespace keyledger::service {

class EventHub;

BOOST_DEFINE_ENUM_CLASS(KeyTestPhase, idle, running, finished, stopped)

/// How many of a run have come out how; `failed` could not be tested at all.
struct KeyTestRun {
  KeyTestPhase state = KeyTestPhase::idle;
  std::int64_t total = 0, tested = 0;
  std::int64_t valid = 0, valid_but_restricted = 0, rate_limited = 0, unreachable = 0, invalid = 0, failed = 0;
  std::optional<Instant> started_at{}, finished_at{};
};
BOOST_DESCRIBE_STRUCT(KeyTestRun, (),
                      (state, total, tested, valid, valid_but_restricted, rate_limited, unreachable, invalid, failed,
                       started_at, finished_at))

/// One run at a time, a few keys of it at once. Each test is kept and audited as one that was asked for alone. Whoever
/// listens hears of `keys` and `audit` as it goes, at most once in kTellEvery, and at the end.
class KeyTestRuns {
 public:
  static constexpr std::size_t kAtOnce = 4;
  static constexpr std::chrono::seconds kTellEvery{1};

  KeyTestRuns(Core core, ProviderKeys* keys, EventHub* events) : core_(core), keys_(keys), events_(events) {}

  /// Tests the keys under the filter in the background. Errors: conflict, reason tests_running.
  [[nodiscard]] runtime::Task<Result<KeyTestRun>> start(Actor actor, KeyFilter filter);
  [[nodiscard]] KeyTestRun state() const;
  /// No further key is begun. Does not wait for those under way. From any thread.
  void stop() { stopping_ = true; }

 private:
  [[nodiscard]] runtime::Task<> run(Actor actor, std::vector<ProviderKeyId> ids);
  [[nodiscard]] runtime::Task<> test_one(Actor actor, ProviderKeyId id);
  void count(const Result<TestOutcome>& outcome);
  void tell() const;

  Core core_;
  ProviderKeys* keys_;
  EventHub* events_;
  mutable std::mutex mutex_{};
  KeyTestRun state_{};
  Instant told_at_{};
  std::atomic<bool> stopping_{false};
};

}  // namespace keyledger::service
