#include "service/usage/intake.h"

#include <algorithm>
#include <map>

namespace keyledger::service {

using providers::Fetched;
using store::Transaction;
using store::UsageRemoteStore;
using store::UsageRowStore;
using store::UsageSourceStore;
using usage::Width;

std::vector<DayWindow> pieces_of(const Fetched& fetched, DayWindow window) {
  std::map<Day, std::size_t> rows;
  for (const usage::UsageRow& row : fetched.usage) rows[day_of(row.start)] += 1;
  for (const usage::CostRow& row : fetched.costs) rows[row.day] += 1;
  std::vector<DayWindow> pieces{{window.from, window.from}};
  std::size_t count = 0;
  for (Day day = window.from; day < window.to; day += std::chrono::days{1}) {
    const auto found = rows.find(day);
    const std::size_t here = found == rows.end() ? 0 : found->second;
    if (count > 0 && count + here > kRowsPerMutation) {
      pieces.push_back({day, day});
      count = 0;
    }
    pieces.back().to = day + std::chrono::days{1};
    count += here;
  }
  return pieces;
}

UsageRowStore::Replacement replacement_of(const usage::Source& source, const Fetched& fetched, Width width,
                                          DayWindow piece) {
  UsageRowStore::Replacement made{.source = source.id,
                                  .provider = source.provider,
                                  .width = width,
                                  .from = Instant{piece.from},
                                  .to = Instant{piece.to},
                                  .datasets = fetched.complete};
  const auto inside = [&](Day day) { return day >= piece.from && day < piece.to; };
  std::ranges::copy_if(fetched.usage, std::back_inserter(made.usage),
                       [&](const usage::UsageRow& row) { return inside(day_of(row.start)); });
  std::ranges::copy_if(fetched.costs, std::back_inserter(made.costs),
                       [&](const usage::CostRow& row) { return inside(row.day); });
  return made;
}

Result<void> put_names(Transaction& transaction, usage::SourceId source, const providers::Discovery& discovery) {
  const Result<std::vector<usage::RemoteKeyRecord>> keys = UsageRemoteStore::keys(transaction);
  if (!keys) return std::unexpected(keys.error());
  const Result<std::vector<usage::RemoteProjectRecord>> projects = UsageRemoteStore::projects(transaction);
  if (!projects) return std::unexpected(projects.error());
  std::map<std::string_view, const usage::RemoteKeyRecord*> known_keys;
  for (const usage::RemoteKeyRecord& key : *keys) {
    if (key.source_id == source) known_keys.emplace(key.remote_id, &key);
  }
  std::map<std::string_view, const usage::RemoteProjectRecord*> known_projects;
  for (const usage::RemoteProjectRecord& project : *projects) {
    if (project.source_id == source) known_projects.emplace(project.remote_id, &project);
  }
  std::size_t names = 0;
  for (const providers::RemoteKey& key : discovery.keys) {
    const auto known = known_keys.find(key.id);
    const bool same = known != known_keys.end() && known->second->name == key.name &&
                      known->second->status == key.status && known->second->project == key.project &&
                      known->second->redacted == key.redacted;
    if (same || key.id.empty() || ++names > kRemoteNamesMax) continue;
    const Result<void> put =
        UsageRemoteStore::put_key(transaction, {0, source, key.id, key.name, key.redacted, key.project, key.status});
    if (!put) return put;
  }
  for (const providers::RemoteProject& project : discovery.projects) {
    const auto known = known_projects.find(project.id);
    const bool same =
        known != known_projects.end() && known->second->name == project.name && known->second->status == project.status;
    if (same || project.id.empty() || ++names > kRemoteNamesMax) continue;
    const Result<void> put =
        UsageRemoteStore::put_project(transaction, {0, source, project.id, project.name, project.status});
    if (!put) return put;
  }
  return {};
}

Result<usage::Source> source_of(Transaction& transaction, const std::optional<usage::Source>& before,
                                const std::string& provider, const std::string& identity, Instant now) {
  const bool was_key = before && before->identity.starts_with(kKeyIdentity) && before->identity != identity;
  if (!was_key) return UsageSourceStore::find_or_add(transaction, provider, identity, now);
  const Result<std::vector<usage::Source>> all = UsageSourceStore::list(transaction);
  if (!all) return std::unexpected(all.error());
  const auto known = std::ranges::find_if(
      *all, [&](const usage::Source& source) { return source.provider == provider && source.identity == identity; });
  usage::Source old = *before;
  if (known != all->end()) {
    old.superseded_by = known->id;
  } else {
    old.identity = identity;
  }
  const Result<void> updated = UsageSourceStore::update(transaction, old);
  if (!updated) return std::unexpected(updated.error());
  return known != all->end() ? *known : old;
}

std::optional<Day> caught_up_to(const std::vector<UsageSourceStore::Dataset>& datasets, usage::SourceId source,
                                Width width) {
  std::optional<Day> earliest;
  for (const UsageSourceStore::Dataset& dataset : datasets) {
    if (dataset.source_id != source || dataset.width != name_of(width)) continue;
    const Day day = day_of(dataset.last_success_at);
    if (!earliest || day < *earliest) earliest = day;
  }
  return earliest;
}

}  // namespace keyledger::service
