#include "service/usage/ownership.h"

#include <algorithm>
#include <boost/describe/enum_to_string.hpp>

namespace keyledger::service {
namespace {

std::string status_word(keys::KeyStatus status) {
  return boost::describe::enum_to_string(status, "unknown");
}

}  // namespace

Ownership::Ownership(const std::vector<HeldKey>& held, const std::vector<usage::Source>& sources,
                     const std::vector<usage::RemoteKeyRecord>& remote) {
  for (const HeldKey& key : held) {
    held_.emplace(key.key.id, &key);
    if (!key.key.remote_id.empty()) by_remote_.emplace(std::pair{key.key.provider, key.key.remote_id}, &key);
  }
  for (const usage::Source& source : sources) sources_.emplace(source.id, &source);
  for (const usage::RemoteKeyRecord& key : remote) remote_.emplace(key.id, &key);
}

const usage::Source* Ownership::source(usage::SourceId id) const {
  const auto found = sources_.find(id);
  return found == sources_.end() ? nullptr : found->second;
}

Owner Ownership::held(const HeldKey& key) const {
  return {.kind = OwnerKind::held,
          .key_id = key.key.id,
          .remote_key_id = key.key.remote_id,
          .name = key.key.name,
          .masked_key = key.key.masked_key,
          .provider = key.key.provider,
          .account_id = key.key.account_id,
          .account_name = key.account_name,
          .status = status_word(key.key.status),
          .project = key.key.remote_project,
          .reader_key_id = key.key.admin_key_id};
}

Owner Ownership::without_key(const usage::Source& source) const {
  const auto reader = held_.find(source.reader_key_id);
  if (!source.reader_is_admin && reader != held_.end()) return held(*reader->second);
  Owner owner{.kind = source.reader_is_admin ? OwnerKind::organization : OwnerKind::gone,
              .name = source.reader_is_admin ? source.organization : source.reader_name,
              .masked_key = source.reader_is_admin ? std::string{} : source.reader_mask,
              .provider = source.provider,
              .account_id = source.account_id,
              .account_name = source.account_name,
              .status = reader == held_.end() ? "deleted" : status_word(reader->second->key.status),
              .reader_key_id = source.reader_key_id};
  if (reader != held_.end()) {
    owner.account_id = reader->second->key.account_id;
    owner.account_name = reader->second->account_name;
  } else {
    owner.reader_key_id.reset();
  }
  return owner;
}

Owner Ownership::of_remote(const usage::RemoteKeyRecord& remote, const usage::Source* source) const {
  const Owner above = source == nullptr ? Owner{} : without_key(*source);
  Owner owner{.kind = OwnerKind::remote,
              .remote_key_id = remote.remote_id,
              .name = remote.name,
              .masked_key = remote.redacted,
              .provider = source == nullptr ? std::string{} : source->provider,
              .account_id = above.account_id,
              .account_name = above.account_name,
              .status = remote.status.empty() ? "unknown" : remote.status,
              .project = remote.project,
              .reader_key_id = above.reader_key_id};
  const auto live = by_remote_.find({owner.provider, remote.remote_id});
  if (live != by_remote_.end()) {
    owner = held(*live->second);
    owner.reader_key_id = above.reader_key_id;
  } else if (remote.held_key_id) {
    owner.kind = OwnerKind::gone;
    owner.name = remote.held_name;
    owner.masked_key = remote.held_mask;
    owner.account_id = remote.account_id;
    owner.account_name = remote.account_name;
    owner.status = "deleted";
  } else if (owner.name.empty()) {
    owner.name = remote.remote_id;
  }
  owner.last_used = remote.last_used_day;
  if (remote.last_used_hour) owner.last_used_at = Instant{std::chrono::hours{*remote.last_used_hour}};
  return owner;
}

Owner Ownership::owner(usage::SourceId source_id, std::int64_t key) const {
  const usage::Source* from = source(source_id);
  if (from == nullptr) return {};
  const auto remote = remote_.find(key);
  return key == 0 || remote == remote_.end() ? without_key(*from) : of_remote(*remote->second, from);
}

bool Ownership::covered(const HeldKey& key) const {
  return std::ranges::any_of(sources_, [&](const auto& entry) {
    const usage::Source& source = *entry.second;
    if (source.reader_key_id == key.key.id) return true;
    return source.provider == key.key.provider && !key.key.remote_id.empty() && key.key.admin_key_id.has_value() &&
           source.reader_key_id == *key.key.admin_key_id;
  });
}

bool Ownership::selected(usage::SourceId source_id, std::int64_t key, std::optional<AccountId> account,
                         std::optional<ProviderKeyId> key_id) const {
  const Owner one = owner(source_id, key);
  if (account && one.account_id != account) return false;
  if (!key_id) return true;
  const usage::Source* from = source(source_id);
  const bool whole = from != nullptr && from->reader_is_admin && from->reader_key_id == *key_id;
  return whole || one.key_id == key_id;
}

Ownership::Places Ownership::places(std::optional<AccountId> account, std::optional<ProviderKeyId> key) const {
  Places chosen;
  for (const auto& [id, source] : sources_) {
    if (selected(id, 0, account, key)) chosen.emplace_back(id, 0);
  }
  for (const auto& [id, remote] : remote_) {
    if (selected(remote->source_id, id, account, key)) chosen.emplace_back(remote->source_id, id);
  }
  return chosen;
}

std::set<usage::SourceId> Ownership::chosen_sources(std::optional<AccountId> account,
                                                    std::optional<ProviderKeyId> key) const {
  std::set<usage::SourceId> sources;
  for (const auto& [source, item] : places(account, key)) sources.insert(source);
  return sources;
}

store::UsageSelection Ownership::select(std::optional<AccountId> account, std::optional<ProviderKeyId> key) const {
  if (!account && !key) return {};
  const Places chosen = places(account, key);
  if (chosen.size() == sources_.size() + remote_.size()) return {};
  return store::UsageSelection(chosen);
}

}  // namespace keyledger::service
