#include "service/usage/sync.h"

#include <algorithm>
#include <map>

#include "base/log.h"
#include "service/audit.h"
#include "service/usage/gather.h"
#include "service/usage/prices.h"

namespace keyledger::service {
namespace {

using store::Transaction;
using store::UsageRemoteStore;
using store::UsageSourceStore;

/// A key that is gone is no reader any more.
Result<void> forget_gone(Transaction& transaction, const std::vector<UsageSourceStore::Reader>& known,
                         const std::set<ProviderKeyId>& held) {
  for (const UsageSourceStore::Reader& reader : known) {
    if (held.contains(reader.provider_key_id)) continue;
    const Result<void> forgotten = UsageSourceStore::forget_key(transaction, reader.provider_key_id);
    if (!forgotten) return forgotten;
  }
  return {};
}

void add_known(Reader& reader, const SourceFacts& known) {
  const auto row = std::ranges::find(known.readers, reader.held.key.id, &UsageSourceStore::Reader::provider_key_id);
  if (row == known.readers.end()) return;
  reader.denied_at = row->denied_at;
  const auto source = std::ranges::find(known.sources, row->source_id, &usage::Source::id);
  if (source != known.sources.end()) reader.source = *source;
}

/// The key that read a source last reads it again, so that a duplicate stays the duplicate.
bool reads_first(const Reader& left, const Reader& right) {
  const auto order = [](const Reader& reader) {
    const bool current = reader.source && reader.source->reader_key_id == reader.held.key.id;
    const bool admin = reader.held.key.key_type == keys::KeyType::admin;
    return std::tuple{!current, !admin, reader.held.key.id};
  };
  return order(left) < order(right);
}

bool has_history_left(const Reader& reader) {
  if (!reader.source || reader.source->superseded_by || !reader.source->backfill_before) return false;
  if (reader.source->reader_key_id != reader.held.key.id) return false;
  return !reader.source->backfill_done || (reader.provider->description().hourly && !reader.source->hourly_done);
}

}  // namespace

bool may_read(const HeldKey& held, const providers::Description& provider) {
  const bool offers = provider.reads_usage || provider.reads_cost || provider.reads_readings;
  const keys::KeyType type = held.key.key_type;
  return offers && (type == keys::KeyType::admin || type == keys::KeyType::standard);
}

UsageSync::UsageSync(SyncParts parts, Alarm* alarm, SyncOptions options)
    : parts_(parts),
      alarm_(alarm),
      options_(std::move(options)),
      collector_(std::move(parts), &progress_),
      interval_(options_.interval) {}

void UsageSync::stop() {
  stopping_ = true;
  alarm_->ring();
}

void UsageSync::set_interval(std::chrono::milliseconds interval) {
  interval_ = interval;
  alarm_->ring();
}

runtime::Task<> UsageSync::run() {
  while (!stopping_) {
    const Instant began = parts_.core.clock->now();
    co_await round();
    for (;;) {
      const auto left = began + interval_.load() - parts_.core.clock->now();
      if (stopping_ || wanted_ || left <= std::chrono::milliseconds{0}) break;
      const bool more = co_await background_step();
      if (!more && !stopping_ && !wanted_) co_await alarm_->wait(left);
    }
  }
}

runtime::Task<Result<std::vector<Reader>>> UsageSync::readers() {
  const Result<std::vector<HeldKey>> held = co_await parts_.directory->list();
  if (!held) co_return std::unexpected(held.error());
  const Result<SourceFacts> known = co_await parts_.core.store->readers().run<SourceFacts>(&read_source_facts);
  if (!known) co_return std::unexpected(known.error());
  std::set<ProviderKeyId> ids;
  std::vector<Reader> readers;
  for (const HeldKey& one : *held) {
    ids.insert(one.key.id);
    const providers::Provider* provider = parts_.find_provider(one.key.provider);
    if (provider == nullptr || !may_read(one, provider->description())) continue;
    Reader& reader = readers.emplace_back();
    reader.held = one;
    reader.provider = provider;
    add_known(reader, *known);
  }
  auto forget = [rows = known->readers, ids](Transaction& transaction) { return forget_gone(transaction, rows, ids); };
  const bool gone = std::ranges::any_of(
      known->readers, [&](const UsageSourceStore::Reader& reader) { return !ids.contains(reader.provider_key_id); });
  if (gone) {
    const Result<void> forgotten = co_await parts_.core.store->writer().run<void>(std::move(forget));
    if (!forgotten) co_return std::unexpected(forgotten.error());
  }
  std::ranges::sort(readers, reads_first);
  co_return readers;
}

runtime::Task<> UsageSync::collect_all(std::vector<Reader> readers) {
  // One list per provider; each keeps the order of the readers and the organizations that were read.
  struct Lane {
    std::vector<Reader> readers{};
    std::set<std::string> served{};
  };
  std::map<std::string, Lane> lanes;
  for (Reader& reader : readers) lanes[reader.held.key.provider].readers.push_back(std::move(reader));
  struct Walk {
    static runtime::Task<> along(UsageSync* sync, Lane* lane) {
      for (Reader& reader : lane->readers) {
        if (sync->stopping_) co_return;
        co_await sync->collector_.collect(std::move(reader), &lane->served);
      }
    }
  };
  std::vector<Work> work;
  for (auto& [provider, lane] : lanes) {
    work.emplace_back([this, lane = &lane] { return Walk::along(this, lane); });
  }
  co_await gather(std::move(work), options_.providers_at_once);
}

runtime::Task<> UsageSync::round() {
  resting_.clear();
  const Instant started = parts_.core.clock->now();
  Result<std::vector<Reader>> all = co_await readers();
  if (!all) {
    wanted_ = false;
    log::error("the sync could not read the keys", {{"why", all.error().detail}});
    co_return;
  }
  std::erase_if(*all, [&](const Reader& reader) {
    return reader.denied_at && started - *reader.denied_at < options_.denied_retry;
  });
  std::vector<ProviderKeyId> ids;
  for (const Reader& reader : *all) ids.push_back(reader.held.key.id);
  progress_.begin(ids, started);
  wanted_ = false;  // only now: in between nobody may hear that nothing runs
  parts_.events->publish(EventKind::sync);
  co_await collect_all(std::move(*all));
  const Result<std::vector<HeldKey>> held = co_await parts_.directory->list();
  if (held) co_await keep_names(&*held);
  progress_.finish(parts_.core.clock->now());
  if (options_.after_round) co_await options_.after_round();
  parts_.events->publish(EventKind::sync);
  parts_.events->publish(EventKind::changed, {"usage", "keys"});
}

runtime::Task<> UsageSync::keep_names(const std::vector<HeldKey>* held) {
  auto mutation = [held = *held](Transaction& transaction) -> Result<void> {
    const Result<std::vector<usage::RemoteKeyRecord>> remote = UsageRemoteStore::keys(transaction);
    if (!remote) return std::unexpected(remote.error());
    const Result<std::vector<usage::Source>> sources = UsageSourceStore::list(transaction);
    if (!sources) return std::unexpected(sources.error());
    std::map<std::pair<std::string, std::string>, const HeldKey*> by_remote;
    for (const HeldKey& one : held) {
      if (!one.key.remote_id.empty()) by_remote[{one.key.provider, one.key.remote_id}] = &one;
    }
    std::map<usage::SourceId, std::string> providers;
    for (const usage::Source& source : *sources) providers[source.id] = source.provider;
    for (const usage::RemoteKeyRecord& key : *remote) {
      const auto found = by_remote.find({providers[key.source_id], key.remote_id});
      if (found == by_remote.end()) continue;
      const HeldKey& one = *found->second;
      const bool same = key.held_key_id == one.key.id && key.held_name == one.key.name &&
                        key.held_mask == one.key.masked_key && key.account_id == one.key.account_id &&
                        key.account_name == one.account_name;
      if (same) continue;
      const Result<void> put = UsageRemoteStore::put_held(
          transaction, {key.id, one.key.id, one.key.name, one.key.masked_key, one.key.account_id, one.account_name});
      if (!put) return put;
    }
    return {};
  };
  const Result<void> kept = co_await parts_.core.store->writer().run<void>(std::move(mutation));
  if (!kept) log::warn("names of keys could not be kept", {{"why", kept.error().detail}});
}

runtime::Task<> UsageSync::read_history(Reader reader, std::atomic<bool>* advanced) {
  const ProviderKeyId id = reader.held.key.id;
  const Collector::Step step = co_await collector_.backfill(std::move(reader));
  if (step == Collector::Step::failed) resting_.insert(id);
  if (step == Collector::Step::advanced) *advanced = true;
}

runtime::Task<bool> UsageSync::background_step() {
  Result<std::vector<Reader>> all = co_await readers();
  std::atomic<bool> advanced{false};
  if (all) {
    // One source of each provider at a time.
    std::set<std::string> busy;
    std::vector<Work> work;
    for (Reader& reader : *all) {
      if (!has_history_left(reader) || resting_.contains(reader.held.key.id)) continue;
      if (!busy.insert(reader.held.key.provider).second) {
        advanced = true;  // its turn comes in the next step
        continue;
      }
      auto shared = std::make_shared<Reader>(std::move(reader));
      work.emplace_back([this, shared, flag = &advanced] { return read_history(std::move(*shared), flag); });
    }
    backfilling_ = !work.empty();
    co_await gather(std::move(work), options_.providers_at_once);
  }
  const Result<bool> repriced = co_await reprice_step(parts_.core, parts_.prices, parts_.version);
  if (repriced && *repriced) advanced = true;
  if (!advanced) backfilling_ = false;
  co_return advanced;
}

runtime::Task<Result<SyncState>> UsageSync::refresh(Actor actor) {
  const Instant now = parts_.core.clock->now();
  auto mutation = [actor = std::move(actor), now](Transaction& transaction) {
    return record_audit(transaction, now, actor, "usage.refresh", "usage");
  };
  const Result<void> audited = co_await parts_.core.store->writer().run<void>(std::move(mutation));
  if (!audited) co_return std::unexpected(audited.error());
  if (!progress_.running()) {
    wanted_ = true;
    alarm_->ring();
  }
  Result<SyncState> current = co_await state();
  if (current) current->running = true;
  co_return current;
}

runtime::Task<Result<SyncState>> UsageSync::state() const {
  const Result<std::vector<HeldKey>> held = co_await parts_.directory->list();
  if (!held) co_return std::unexpected(held.error());
  const Result<SourceFacts> facts = co_await parts_.core.store->readers().run<SourceFacts>(&read_source_facts);
  if (!facts) co_return std::unexpected(facts.error());
  const SyncProgress::Snapshot progress = progress_.snapshot();
  SyncState state{.running = progress.running || wanted_,
                  .started_at = progress.started_at,
                  .finished_at = progress.finished_at,
                  .backfilling = backfilling_};
  state.sources = source_states(*held, *facts, progress, parts_.core.clock->now());
  co_return state;
}

}  // namespace keyledger::service
