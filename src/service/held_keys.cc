#include "service/held_keys.h"

#include <fmt/format.h>

#include <limits>

#include "domain/keys/linking.h"
#include "service/audit.h"
#include "store/account_store.h"
#include "store/provider_key_store.h"

namespace keyledger::service {
namespace {

using keys::KeyStatus;
using keys::ProviderKey;
using store::AccountStore;
using store::ProviderKeyStore;
using store::Transaction;

constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();

Result<std::vector<ProviderKey>> all_keys(Transaction& transaction, std::optional<std::string> provider) {
  ProviderKeyStore::Filter filter;
  filter.provider = std::move(provider);
  filter.limit = kAll;
  return ProviderKeyStore::list(transaction, filter);
}

void add_test(HeldKey& held, const ProviderKeyStore::StoredTest& test) {
  held.tested_at = test.at;
  if (test.code == "ok") return;
  keys::Finding finding;
  finding.code = test.code;
  finding.provider_status = static_cast<int>(test.provider_status);
  finding.provider_message = test.provider_message;
  held.test_finding = std::move(finding);
}

Result<std::vector<HeldKey>> read_held(Transaction& transaction) {
  Result<std::vector<ProviderKey>> stored = all_keys(transaction, {});
  if (!stored) return std::unexpected(stored.error());
  const Result<std::vector<keys::Account>> accounts = AccountStore::list(transaction, AccountId{}, kAll, "%");
  if (!accounts) return std::unexpected(accounts.error());
  const auto tests = ProviderKeyStore::last_tests(transaction, ProviderKeyId{}, ProviderKeyId{kAll});
  if (!tests) return std::unexpected(tests.error());
  std::map<AccountId, std::string> names;
  for (const keys::Account& account : *accounts)
    names[account.id] = account.name.empty() ? account.email : account.name;
  std::map<ProviderKeyId, const ProviderKeyStore::StoredTest*> last;
  for (const ProviderKeyStore::StoredTest& test : *tests) last[test.provider_key_id] = &test;
  std::vector<HeldKey> held;
  for (ProviderKey& key : *stored) {
    HeldKey& line = held.emplace_back();
    line.account_name = names[key.account_id];
    const auto test = last.find(key.id);
    line.key = std::move(key);
    if (test != last.end()) add_test(line, *test->second);
  }
  return held;
}

/// A link that the provider's list shows, and what it changes about a key.
struct Shown {
  ProviderKeyId id{};
  std::string remote_id{}, remote_project{};
};

Result<std::vector<Shown>> find_links(Transaction& transaction, const Core& core, ProviderKeyId admin,
                                      const std::vector<providers::RemoteKey>& remote) {
  const Result<ProviderKey> reader = ProviderKeyStore::get(transaction, admin);
  if (!reader) return std::unexpected(reader.error());
  const Result<std::vector<ProviderKey>> stored = all_keys(transaction, reader->provider);
  if (!stored) return std::unexpected(stored.error());
  std::vector<Secret> texts;
  texts.reserve(stored->size());  // the stored keys below point into it
  std::vector<keys::StoredKey> candidates;
  for (const ProviderKey& key : *stored) {
    const Result<store::Bytes> sealed = ProviderKeyStore::sealed(transaction, key.id);
    if (!sealed) return std::unexpected(sealed.error());
    Result<Secret> text = core.keyring->open(*sealed, sealed_row(key.id));
    if (!text) continue;  // one broken seal is told by the sync of that key; the others are linked all the same
    texts.push_back(std::move(*text));
    candidates.push_back({key.id, &texts.back()});
  }
  std::vector<keys::RemoteListed> listed;
  for (const providers::RemoteKey& key : remote) listed.push_back({key.id, key.redacted, key.sha256_hex});
  std::vector<Shown> shown;
  for (const keys::Link& link : keys::decide_links(candidates, listed)) {
    const auto found = std::find_if(remote.begin(), remote.end(),
                                    [&](const providers::RemoteKey& key) { return key.id == link.remote_id; });
    shown.push_back({link.key, link.remote_id, found->project});
  }
  return shown;
}

/// Writes one link where it is news. A person's word about the admin key stands.
Result<void> write_link(Transaction& transaction, ProviderKeyId admin, const Shown& link, Instant now) {
  Result<ProviderKey> key = ProviderKeyStore::get(transaction, link.id);
  if (!key && key.error().code == Code::not_found) return {};  // deleted meanwhile
  if (!key) return std::unexpected(key.error());
  const bool links = key->key_type != keys::KeyType::admin && key->linked_by != keys::LinkedBy::person;
  const bool same = key->remote_id == link.remote_id && key->remote_project == link.remote_project &&
                    (!links || key->admin_key_id == admin);
  if (same) return {};
  key->remote_id = link.remote_id;
  key->remote_project = link.remote_project;
  if (links) {
    key->admin_key_id = admin;
    key->linked_by = keys::LinkedBy::provider;
  }
  const Result<void> updated = ProviderKeyStore::update(transaction, *key, now);
  if (!updated) return updated;
  return record_audit(
      transaction, now, Actor{ActorKind::system, "sync", {}}, "keys.link",
      fmt::format("provider_keys/{}", link.id.value),
      {{"name", key->name}, {"remote_id", link.remote_id}, {"admin_key_id", std::to_string(admin.value)}});
}

/// How bad a status is: the higher one is told.
int rank(KeyStatus status) {
  switch (status) {
    case KeyStatus::unknown:
    case KeyStatus::valid: return 0;
    case KeyStatus::valid_but_restricted: return 1;
    case KeyStatus::rate_limited: return 2;
    case KeyStatus::unreachable: return 3;
    case KeyStatus::invalid: return 4;
  }
  std::unreachable();
}

}  // namespace

KeyStatus status_after(const std::vector<keys::Finding>& findings) {
  KeyStatus worst = KeyStatus::valid;
  for (const keys::Finding& finding : findings) {
    const KeyStatus status = keys::to_status(keys::explain(finding.code).verdict);
    if (rank(status) > rank(worst)) worst = status;
  }
  return worst;
}

runtime::Task<Result<std::vector<HeldKey>>> HeldKeys::list() {
  Result<std::vector<HeldKey>> held = co_await core_.store->readers().run<std::vector<HeldKey>>(&read_held);
  co_return held;
}

runtime::Task<Result<providers::Access>> HeldKeys::access(ProviderKeyId id) {
  Result<providers::Access> access = co_await keys_->access(id);
  co_return access;
}

runtime::Task<Result<void>> HeldKeys::apply_links(ProviderKeyId admin, const std::vector<providers::RemoteKey>& keys) {
  auto find = [core = core_, admin, remote = keys](Transaction& transaction) {
    return find_links(transaction, core, admin, remote);
  };
  const Result<std::vector<Shown>> links = co_await core_.store->readers().run<std::vector<Shown>>(std::move(find));
  if (!links) co_return std::unexpected(links.error());
  if (links->empty()) co_return Result<void>{};
  auto write = [links = *links, admin, now = core_.clock->now()](Transaction& transaction) -> Result<void> {
    for (const Shown& link : links) {
      const Result<void> written = write_link(transaction, admin, link, now);
      if (!written) return written;
    }
    return {};
  };
  Result<void> written = co_await core_.store->writer().run<void>(std::move(write));
  co_return written;
}

runtime::Task<Result<void>> HeldKeys::note_findings(ProviderKeyId id, const std::vector<keys::Finding>& findings) {
  const KeyStatus status = status_after(findings);
  auto set = [id, status](Transaction& transaction) -> Result<void> {
    const Result<ProviderKey> key = ProviderKeyStore::get(transaction, id);
    if (!key && key.error().code == Code::not_found) return {};
    if (!key) return std::unexpected(key.error());
    if (key->status == status) return {};
    return ProviderKeyStore::set_status(transaction, id, status);
  };
  Result<void> written = co_await core_.store->writer().run<void>(std::move(set));
  co_return written;
}

}  // namespace keyledger::service
