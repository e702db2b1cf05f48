#include "service/usage/collector.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "service/usage/intake.h"
#include "store/reading_store.h"

namespace keyledger::service {
namespace {

using providers::Access;
using providers::Fetched;
using store::Transaction;
using store::UsageRemoteStore;
using store::UsageRowStore;
using store::UsageSourceStore;
using usage::Width;

Access copy_of(const Access& access) {
  return {access.base, access.management_base, access.key.copy(), access.type};
}

bool retried(const keys::Finding& finding) {
  return keys::explain(finding.code).retry;
}

bool dead_key(const keys::Finding& finding) {
  return keys::explain(finding.code).verdict == keys::Verdict::invalid;
}

void append(std::vector<keys::Finding>& into, const std::vector<keys::Finding>& more) {
  into.insert(into.end(), more.begin(), more.end());
}

/// Datasets that stand in both lists.
std::vector<std::string> both(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  std::vector<std::string> common;
  for (const std::string& one : left) {
    if (std::ranges::find(right, one) != right.end()) common.push_back(one);
  }
  return common;
}

}  // namespace

struct Collector::Visit {
  Reader reader{};
  std::set<std::string>* served = nullptr;
  Access access{};
  providers::Discovery discovery{};
  std::string identity{};
  std::vector<keys::Finding> findings{};  // of all stages
  bool fetched = false;                   // some dataset was read to its end
  bool duplicate = false;

  [[nodiscard]] ProviderKeyId id() const { return reader.held.key.id; }
  [[nodiscard]] const providers::Description& description() const { return reader.provider->description(); }
  [[nodiscard]] bool admin() const { return reader.held.key.key_type == keys::KeyType::admin; }
};

void Collector::show(const Visit& visit, SourceActivity state, std::string stage) {
  progress_->step(visit.id(), state, std::move(stage));
  parts_.events->publish(EventKind::sync);
}

runtime::Task<> Collector::note(ProviderKeyId key, std::string stage, std::vector<keys::Finding> findings) {
  const Instant now = parts_.core.clock->now();
  auto mutation = [key, stage, findings = std::move(findings), now](Transaction& transaction) {
    return UsageSourceStore::put_findings(transaction, key, stage, findings, now);
  };
  const Result<void> noted = co_await parts_.core.store->writer().run<void>(std::move(mutation));
  if (!noted) log::warn("finding of the sync could not be stored", {{"why", noted.error().detail}});
}

runtime::Task<> Collector::collect(Reader reader, std::set<std::string>* served) {
  Visit visit{.reader = std::move(reader), .served = served};
  const bool opened = co_await open(&visit);
  if (opened && visit.description().reads_readings) co_await take_readings(&visit);
  if (opened && (visit.description().reads_usage || visit.description().reads_cost)) {
    const bool go_on = co_await discover(&visit);
    if (go_on) {
      co_await fetch_recent(&visit, Width::day);
      if (visit.fetched && visit.description().hourly) co_await fetch_recent(&visit, Width::hour);
    }
  }
  co_await finish(&visit);
}

runtime::Task<bool> Collector::open(Visit* visit) {
  show(*visit, SourceActivity::running, "access");
  Result<Access> access = co_await parts_.directory->access(visit->id());
  std::vector<keys::Finding> findings;
  if (!access) {
    const std::string& reason = access.error().reason;
    findings.push_back({.code = reason.empty() ? "unexpected_answer" : reason});
  }
  visit->findings = findings;
  co_await note(visit->id(), "access", std::move(findings));
  if (!access) co_return false;
  visit->access = std::move(*access);
  co_return true;
}

runtime::Task<> Collector::take_readings(Visit* visit) {
  show(*visit, SourceActivity::running, "readings");
  Access access = copy_of(visit->access);
  providers::Provider::Readings read = co_await visit->reader.provider->readings(std::move(access));
  append(visit->findings, read.findings);
  const Instant now = parts_.core.clock->now();
  auto mutation = [id = visit->id(), readings = std::move(read.readings), now](Transaction& transaction) {
    return store::ReadingStore::put(transaction, id, readings, now);
  };
  const Result<void> stored = co_await parts_.core.store->writer().run<void>(std::move(mutation));
  if (!stored) log::warn("readings could not be stored", {{"why", stored.error().detail}});
  co_await note(visit->id(), "readings", std::move(read.findings));
}

runtime::Task<bool> Collector::discover(Visit* visit) {
  show(*visit, SourceActivity::running, "discover");
  Access access = copy_of(visit->access);
  visit->discovery = co_await visit->reader.provider->discover(std::move(access));
  std::vector<keys::Finding> findings = visit->discovery.findings;
  const std::optional<usage::Source>& before = visit->reader.source;
  visit->identity = !visit->discovery.identity.empty() ? visit->discovery.identity
                    : before                           ? before->identity
                                                       : fmt::format("{}{}", kKeyIdentity, visit->id().value);
  visit->duplicate = visit->served->contains(visit->identity);
  if (visit->duplicate) findings.push_back({.code = "duplicate_organization"});
  append(visit->findings, findings);
  const bool dead = std::ranges::any_of(findings, dead_key);
  co_await note(visit->id(), "discover", std::move(findings));
  // A standard key becomes a source only when it has given figures; most of them may not read any.
  if (!dead && (visit->admin() || visit->duplicate)) co_await settle_source(visit);
  co_return !dead && !visit->duplicate;
}

runtime::Task<> Collector::settle_source(Visit* visit) {
  const Instant now = parts_.core.clock->now();
  auto mutation = [visit, now, version = parts_.version](Transaction& transaction) -> Result<usage::Source> {
    Result<usage::Source> source =
        source_of(transaction, visit->reader.source, visit->description().id, visit->identity, now);
    if (!source) return source;
    // What another source counts as well is left out of all sums from now on.
    const bool superseded = visit->reader.source && visit->reader.source->id != source->id;
    if (superseded) transaction.after_commit([version] { version->grow(); });
    const HeldKey& held = visit->reader.held;
    if (!visit->duplicate) {
      if (!visit->discovery.organization.empty()) source->organization = visit->discovery.organization;
      source->reader_key_id = held.key.id;
      source->reader_name = held.key.name;
      source->reader_mask = held.key.masked_key;
      source->reader_is_admin = visit->admin();
      source->account_id = held.key.account_id;
      source->account_name = held.account_name;
      source->last_attempt_at = now;
      const Result<void> named = put_names(transaction, source->id, visit->discovery);
      if (!named) return std::unexpected(named.error());
      const Result<void> updated = UsageSourceStore::update(transaction, *source);
      if (!updated) return std::unexpected(updated.error());
    }
    const Result<void> put = UsageSourceStore::put_reader(transaction, {held.key.id, source->id, visit->duplicate, {}});
    if (!put) return std::unexpected(put.error());
    return source;
  };
  Result<usage::Source> source = co_await parts_.core.store->writer().run<usage::Source>(std::move(mutation));
  if (!source) {
    log::warn("source of usage could not be stored", {{"why", source.error().detail}});
    co_return;
  }
  visit->reader.source = std::move(*source);
  if (visit->duplicate || visit->discovery.keys.empty()) co_return;
  const Result<void> linked = co_await parts_.directory->apply_links(visit->id(), visit->discovery.keys);
  if (!linked) log::warn("keys could not be linked", {{"why", linked.error().message}});
}

runtime::Task<bool> Collector::store_rows(usage::Source source, Fetched fetched, Width width, DayWindow window) {
  const std::shared_ptr<const usage::PriceBook> prices = parts_.prices->book();
  FiguresVersion* const version = parts_.version;
  bool changed = false;
  for (const DayWindow& piece : pieces_of(fetched, window)) {
    const DayRange days{piece.from, piece.to - std::chrono::days{1}};
    auto mutation = [made = replacement_of(source, fetched, width, piece), prices, version,
                     days](Transaction& transaction) -> Result<bool> {
      Result<bool> replaced = UsageRowStore::replace(transaction, made, *prices);
      if (replaced && *replaced) transaction.after_commit([version, days] { version->grow(days); });
      return replaced;
    };
    const Result<bool> stored = co_await parts_.core.store->writer().run<bool>(std::move(mutation));
    if (!stored) {
      log::warn("usage could not be stored", {{"why", stored.error().detail}, {"reason", stored.error().reason}});
      co_return false;
    }
    changed = changed || *stored;
  }
  if (changed) parts_.events->publish(EventKind::changed, {"usage"});
  co_return true;
}

runtime::Task<std::optional<Day>> Collector::reached(const Visit* visit, Width width) {
  using Datasets = std::vector<UsageSourceStore::Dataset>;
  if (!visit->reader.source) co_return std::nullopt;
  auto read = [](Transaction& transaction) { return UsageSourceStore::datasets(transaction); };
  const Result<Datasets> datasets = co_await parts_.core.store->readers().run<Datasets>(std::move(read));
  if (!datasets) co_return std::nullopt;
  co_return caught_up_to(*datasets, visit->reader.source->id, width);
}

runtime::Task<> Collector::fetch_recent(Visit* visit, Width width) {
  show(*visit, SourceActivity::running, width == Width::day ? "fetch" : "hourly");
  const std::optional<Day> done_to = co_await reached(visit, width);
  const Day today = day_of(parts_.core.clock->now());
  const DayWindow recent{recent_from(done_to, today), today + std::chrono::days{1}};
  const providers::Description& provider = visit->description();
  std::optional<std::vector<std::string>> complete;
  std::vector<keys::Finding> findings;
  for (const DayWindow& piece :
       split(recent, width == Width::day ? provider.window_days : provider.hourly_window_days)) {
    Access access = copy_of(visit->access);
    const providers::FetchRequest request{width, Instant{piece.from}, Instant{piece.to}};
    Fetched fetched = co_await visit->reader.provider->fetch(std::move(access), request);
    append(findings, fetched.findings);
    complete = complete ? both(*complete, fetched.complete) : fetched.complete;
    if (fetched.complete.empty()) continue;
    visit->fetched = true;
    if (!visit->reader.source) co_await settle_source(visit);
    if (!visit->reader.source) break;
    const bool stored = co_await store_rows(*visit->reader.source, std::move(fetched), width, piece);
    if (!stored) complete->clear();
  }
  append(visit->findings, findings);
  co_await note(visit->id(), width == Width::day ? "fetch" : "hourly", std::move(findings));
  if (!visit->fetched || !visit->reader.source || !complete) co_return;
  visit->served->insert(visit->identity);
  // A gap that the recent days do not bridge is left to the back-fill, which then starts anew.
  const bool gap = done_to && *done_to < recent.from;
  co_await note_progress(visit, width, recent.from, std::move(*complete), gap);
}

runtime::Task<> Collector::note_progress(Visit* visit, Width width, Day from, std::vector<std::string> datasets,
                                         bool gap) {
  const Instant now = parts_.core.clock->now();
  auto mutation = [source = *visit->reader.source, datasets = std::move(datasets), width, from, gap,
                   now](Transaction& transaction) mutable -> Result<usage::Source> {
    bool again = gap;
    for (const std::string& dataset : datasets) {
      const Result<bool> first =
          UsageSourceStore::note_success(transaction, source.id, std::string{name_of(width)}, dataset, now);
      if (!first) return std::unexpected(first.error());
      again = again || *first;  // what was closed until now has a history to read, too
    }
    if (width == Width::day && !datasets.empty()) source.last_success_at = now;
    if (again && width == Width::day) {
      source.backfill_before = from;
      source.backfill_empty = 0;
      source.backfill_done = false;
    } else if (again) {
      source.hourly_before = from;
      source.hourly_done = false;
    }
    const Result<void> updated = UsageSourceStore::update(transaction, source);
    if (!updated) return std::unexpected(updated.error());
    return source;
  };
  Result<usage::Source> source = co_await parts_.core.store->writer().run<usage::Source>(std::move(mutation));
  if (source) visit->reader.source = std::move(*source);
}

/// Whether the provider lets a key that is no admin key read nothing, which is no fault of the key.
bool Collector::denied(const Visit& visit) {
  const bool reads = visit.description().reads_usage || visit.description().reads_cost;
  const bool closed = !visit.findings.empty() && std::ranges::none_of(visit.findings, retried) &&
                      std::ranges::none_of(visit.findings, dead_key);
  return reads && closed && !visit.fetched && !visit.duplicate && !visit.admin();
}

runtime::Task<> Collector::finish(Visit* visit) {
  const bool reads = visit->description().reads_usage || visit->description().reads_cost;
  if (denied(*visit)) {
    const std::optional<usage::Source>& source = visit->reader.source;
    const UsageSourceStore::Reader reader{visit->id(), source ? source->id : usage::SourceId{}, false,
                                          parts_.core.clock->now()};
    auto mutation = [reader](Transaction& transaction) { return UsageSourceStore::put_reader(transaction, reader); };
    const Result<void> put = co_await parts_.core.store->writer().run<void>(std::move(mutation));
    if (!put) log::warn("reader of usage could not be stored", {{"why", put.error().detail}});
    show(*visit, SourceActivity::idle);
    co_return;
  }
  const Result<void> told = co_await parts_.directory->note_findings(visit->id(), visit->findings);
  if (!told) log::warn("findings could not be told", {{"why", told.error().message}});
  const bool ok = visit->duplicate || (reads ? visit->fetched : visit->findings.empty());
  show(*visit, ok ? SourceActivity::done : SourceActivity::failed);
}

runtime::Task<Collector::Step> Collector::backfill(Reader reader) {
  Visit visit{.reader = std::move(reader)};
  const usage::Source& source = *visit.reader.source;
  const Day today = day_of(parts_.core.clock->now());
  const Day newest = recent_from(std::nullopt, today);
  const providers::Description& provider = visit.description();
  const bool by_day = !source.backfill_done;
  if (!by_day && (source.hourly_done || !provider.hourly)) co_return Step::finished;
  const Day begin = by_day ? history_begin(provider.history_days, today) : history_begin(kHourlyDays, today);
  const Day before = by_day ? source.backfill_before.value_or(newest) : source.hourly_before.value_or(newest);
  const int length = by_day ? provider.window_days : provider.hourly_window_days;
  // Nothing left: an empty window at the end says so, and the state is written as after any other.
  const DayWindow window = next_window(before, begin, length).value_or(DayWindow{begin, begin});
  if (window.from < window.to) {
    Result<Access> access = co_await parts_.directory->access(visit.id());
    if (!access) co_return Step::failed;
    visit.access = std::move(*access);
  }
  const Step step = co_await backfill_window(&visit, by_day ? Width::day : Width::hour, window);
  co_return step;
}

runtime::Task<Collector::Step> Collector::backfill_window(Visit* visit, Width width, DayWindow window) {
  bool empty = true;
  if (window.from < window.to) {
    Access access = copy_of(visit->access);
    const providers::FetchRequest request{width, Instant{window.from}, Instant{window.to}};
    Fetched fetched = co_await visit->reader.provider->fetch(std::move(access), request);
    const bool wait = std::ranges::any_of(fetched.findings, retried) || fetched.complete.empty();
    empty = fetched.usage.empty() && fetched.costs.empty();
    co_await note(visit->id(), "backfill", fetched.findings);
    const bool stored = co_await store_rows(*visit->reader.source, std::move(fetched), width, window);
    if (wait || !stored) co_return Step::failed;  // the same window again, after the next round
  }
  const Day today = day_of(parts_.core.clock->now());
  usage::Source source = *visit->reader.source;
  if (width == Width::day) {
    source.backfill_before = window.from;
    source.backfill_empty = empty ? source.backfill_empty + 1 : 0;
    const Day begin = history_begin(visit->description().history_days, today);
    source.backfill_done = history_ends(window.from, begin, source.backfill_empty, today);
  } else {
    source.hourly_before = window.from;
    source.hourly_done = window.from <= history_begin(kHourlyDays, today);
  }
  auto mutation = [source](Transaction& transaction) { return UsageSourceStore::update(transaction, source); };
  const Result<void> updated = co_await parts_.core.store->writer().run<void>(std::move(mutation));
  if (!updated) co_return Step::failed;
  parts_.events->publish(EventKind::sync);
  const bool finished = source.backfill_done && (source.hourly_done || !visit->description().hourly);
  co_return finished ? Step::finished : Step::advanced;
}

}  // namespace keyledger::service
