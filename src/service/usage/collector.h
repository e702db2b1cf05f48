// service/usage/collector.h: what the sync does with one key: reads what the provider says and stores it.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "service/core.h"
#include "service/events.h"
#include "service/usage/figures_version.h"
#include "service/usage/key_directory.h"
#include "service/usage/price_shelf.h"
#include "service/usage/sync_state.h"
#include "service/usage/windows.h"
#include "store/usage_source_store.h"

namespace keyledger::service {

/// What the sync works with; the app owns all of it.
struct SyncParts {
  Core core;
  std::function<const providers::Provider*(std::string_view)> find_provider;
  KeyDirectory* directory;
  PriceShelf* prices;
  FiguresVersion* version;
  EventHub* events;
};

/// A key that may read figures, what is known of it, and its provider.
struct Reader {
  HeldKey held{};
  const providers::Provider* provider = nullptr;
  std::optional<usage::Source> source{};  // that it read so far
  std::optional<Instant> denied_at{};
};

/// Reads for one key at a time per provider. All functions run on the sync's executor.
class Collector {
 public:
  Collector(SyncParts parts, SyncProgress* progress) : parts_(std::move(parts)), progress_(progress) {}

  /// Readings, organization, and the recent days of one key. `served` has the identities of the organizations that
  /// were read in this round: a second key of one of them is marked as a duplicate and left out.
  [[nodiscard]] runtime::Task<> collect(Reader reader, std::set<std::string>* served);

  enum class Step { advanced, finished, failed };
  /// The next window of the history of a source, by day first and then by hour.
  [[nodiscard]] runtime::Task<Step> backfill(Reader reader);

 private:
  struct Visit;  // one key in one round
  [[nodiscard]] runtime::Task<bool> open(Visit* visit);
  [[nodiscard]] runtime::Task<> take_readings(Visit* visit);
  [[nodiscard]] runtime::Task<bool> discover(Visit* visit);
  [[nodiscard]] runtime::Task<std::optional<Day>> reached(const Visit* visit, usage::Width width);
  [[nodiscard]] runtime::Task<> fetch_recent(Visit* visit, usage::Width width);
  [[nodiscard]] runtime::Task<> note_progress(Visit* visit, usage::Width width, Day from,
                                              std::vector<std::string> datasets, bool gap);
  [[nodiscard]] runtime::Task<> settle_source(Visit* visit);
  [[nodiscard]] static bool denied(const Visit& visit);
  [[nodiscard]] runtime::Task<> finish(Visit* visit);
  [[nodiscard]] runtime::Task<bool> store_rows(usage::Source source, providers::Fetched fetched, usage::Width width,
                                               DayWindow window);
  [[nodiscard]] runtime::Task<Step> backfill_window(Visit* visit, usage::Width width, DayWindow window);
  [[nodiscard]] runtime::Task<> note(ProviderKeyId key, std::string stage, std::vector<keys::Finding> findings);
  void show(const Visit& visit, SourceActivity state, std::string stage = {});

  SyncParts parts_;
  SyncProgress* progress_;
};

}  // namespace keyledger::service
