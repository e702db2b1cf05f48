#include "service/usage/sync_state.h"

#include <algorithm>

namespace keyledger::service {

using store::Transaction;
using store::UsageSourceStore;

void SyncProgress::begin(const std::vector<ProviderKeyId>& keys, Instant now) {
  const std::lock_guard lock(mutex_);
  state_.running = true;
  state_.started_at = now;
  for (const ProviderKeyId key : keys) state_.steps[key] = {SourceActivity::waiting, {}};
}

void SyncProgress::step(ProviderKeyId key, SourceActivity state, std::string stage) {
  const std::lock_guard lock(mutex_);
  state_.steps[key] = {state, std::move(stage)};
}

void SyncProgress::finish(Instant now) {
  const std::lock_guard lock(mutex_);
  state_.running = false;
  state_.finished_at = now;
  // What the round did not come to is not waiting any more.
  std::erase_if(state_.steps, [](const auto& step) { return step.second.state == SourceActivity::waiting; });
}

bool SyncProgress::running() const {
  const std::lock_guard lock(mutex_);
  return state_.running;
}

SyncProgress::Snapshot SyncProgress::snapshot() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

Result<SourceFacts> read_source_facts(Transaction& transaction) {
  Result<std::vector<usage::Source>> sources = UsageSourceStore::list(transaction);
  if (!sources) return std::unexpected(sources.error());
  Result<std::vector<UsageSourceStore::Reader>> readers = UsageSourceStore::readers(transaction);
  if (!readers) return std::unexpected(readers.error());
  Result<std::vector<usage::FindingRecord>> findings = UsageSourceStore::findings(transaction);
  if (!findings) return std::unexpected(findings.error());
  return SourceFacts{std::move(*sources), std::move(*readers), std::move(*findings)};
}

namespace {

SourceState to_state(const usage::Source& source, ProviderKeyId key, std::string name, Instant now) {
  SourceState state{.source_id = source.id.value,
                    .key_id = key,
                    .key_name = std::move(name),
                    .provider = source.provider,
                    .organization = source.organization,
                    .duplicate = source.reader_key_id != key,
                    .last_attempt_at = source.last_attempt_at,
                    .last_success_at = source.last_success_at,
                    .backfill_done = source.backfill_done,
                    .history_from = source.backfill_before};
  if (source.last_success_at) {
    const auto age = std::chrono::floor<std::chrono::seconds>(now - *source.last_success_at);
    state.age_seconds = age.count();
    state.state = SourceActivity::done;
  }
  state.stale = !source.last_success_at || now - *source.last_success_at > kStaleAfter;
  return state;
}

}  // namespace

std::vector<SourceState> source_states(const std::vector<HeldKey>& held, const SourceFacts& facts,
                                       const SyncProgress::Snapshot& progress, Instant now) {
  std::vector<SourceState> states;
  for (const HeldKey& one : held) {
    const auto row = std::ranges::find(facts.readers, one.key.id, &UsageSourceStore::Reader::provider_key_id);
    const auto source = row == facts.readers.end()
                            ? facts.sources.end()
                            : std::ranges::find(facts.sources, row->source_id, &usage::Source::id);
    const auto step = progress.steps.find(one.key.id);
    const bool silent = source == facts.sources.end() &&
                        (step == progress.steps.end() || (row != facts.readers.end() && row->denied_at));
    if (silent) continue;
    SourceState state = source != facts.sources.end()
                            ? to_state(*source, one.key.id, one.key.name, now)
                            : SourceState{.key_id = one.key.id, .key_name = one.key.name, .provider = one.key.provider};
    if (step != progress.steps.end()) {
      state.state = step->second.state;
      state.stage = step->second.stage;
    }
    for (const usage::FindingRecord& finding : facts.findings) {
      if (finding.provider_key_id == one.key.id && std::ranges::find(state.codes, finding.code) == state.codes.end()) {
        state.codes.push_back(finding.code);
      }
    }
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace keyledger::service
