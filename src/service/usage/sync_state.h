// service/usage/sync_state.h: how far the figures are, as the API tells it.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "service/usage/key_directory.h"
#include "store/usage_source_store.h"

namespace keyledger::service {

/// waiting and running: in the round that runs; done and failed: how the last attempt ended; idle: none yet.
BOOST_DEFINE_ENUM_CLASS(SourceActivity, idle, waiting, running, done, failed)

/// One source of figures, and the key that reads it.
struct SourceState {
  std::optional<std::int64_t> source_id{};  // nothing: the key never gave any figures
  ProviderKeyId key_id{};
  std::string key_name{};
  std::string provider{};
  std::string organization{};
  SourceActivity state = SourceActivity::idle;
  std::string stage{};     // of a running one: access, readings, discover, fetch, hourly
  bool duplicate = false;  // another key reads the same organization
  std::optional<Instant> last_attempt_at{};
  std::optional<Instant> last_success_at{};
  std::optional<std::int64_t> age_seconds{};  // since the last success
  bool stale = false;                         // older than kStaleAfter, or never
  bool backfill_done = false;
  std::optional<Day> history_from{};  // the oldest day that was read
  std::vector<std::string> codes{};   // what stands in the way
};
BOOST_DESCRIBE_STRUCT(SourceState, (),
                      (source_id, key_id, key_name, provider, organization, state, stage, duplicate, last_attempt_at,
                       last_success_at, age_seconds, stale, backfill_done, history_from, codes))

struct SyncState {
  bool running = false;
  std::optional<Instant> started_at{};   // of the round that runs or ran last
  std::optional<Instant> finished_at{};  // of the last round
  bool backfilling = false;              // history is still being read
  std::vector<SourceState> sources{};
};
BOOST_DESCRIBE_STRUCT(SyncState, (), (running, started_at, finished_at, backfilling, sources))

inline constexpr std::chrono::hours kStaleAfter{2};

/// What the round that runs does with each key. Thread-safe: the sync writes it, the API reads it.
class SyncProgress {
 public:
  struct Step {
    SourceActivity state = SourceActivity::idle;
    std::string stage{};
  };
  struct Snapshot {
    bool running = false;
    std::optional<Instant> started_at{}, finished_at{};
    std::map<ProviderKeyId, Step> steps{};
  };
  void begin(const std::vector<ProviderKeyId>& keys, Instant now);
  void step(ProviderKeyId key, SourceActivity state, std::string stage = {});
  void finish(Instant now);
  [[nodiscard]] bool running() const;
  [[nodiscard]] Snapshot snapshot() const;

 private:
  mutable std::mutex mutex_{};
  Snapshot state_{};
};

/// What is stored about sources.
struct SourceFacts {
  std::vector<usage::Source> sources{};
  std::vector<store::UsageSourceStore::Reader> readers{};
  std::vector<usage::FindingRecord> findings{};
};
[[nodiscard]] Result<SourceFacts> read_source_facts(store::Transaction& transaction);

/// One line per key that reads figures, or tries to, in the order of the keys. Keys that were denied stay unnamed.
[[nodiscard]] std::vector<SourceState> source_states(const std::vector<HeldKey>& held, const SourceFacts& facts,
                                                     const SyncProgress::Snapshot& progress, Instant now);

}  // namespace keyledger::service
