#include "service/provider_keys.h"

#include <fmt/format.h>

#include "crypto/hash.h"
#include "domain/keys/account.h"
#include "service/audit.h"
#include "service/key_rules.h"
#include "service/key_test_records.h"
#include "service/provider_key_views.h"
#include "store/account_store.h"
#include "store/budget_store.h"
#include "store/identity_store.h"
#include "store/import_store.h"
#include "store/provider_key_store.h"

namespace keyledger::service {
namespace {

using keys::ProviderKey;
using store::ProviderKeyStore;
using store::SealedSettingStore;
using store::Transaction;

const std::string kFingerprintKey = "fingerprint_key";

std::string subject(ProviderKeyId id) {
  return fmt::format("provider_keys/{}", id.value);
}

/// The account and the admin key that a key names have to be there and fit.
Result<void> check_links(Transaction& transaction, const ProviderKey& key, std::optional<AccountId> account) {
  if (account) {
    const Result<bool> found = store::AccountStore::exists(transaction, *account);
    if (!found) return std::unexpected(found.error());
    if (!*found) return store::unknown_account(*account, "account_id");
  }
  if (!key.admin_key_id) return {};
  const Result<ProviderKey> admin = ProviderKeyStore::get(transaction, *key.admin_key_id);
  if (!admin && admin.error().code == Code::not_found) {
    return fail(Code::not_found, admin.error().message, "unknown_admin_key", "admin_key_id");
  }
  if (!admin) return std::unexpected(admin.error());
  return check_admin_link(key, *admin);
}

Result<void> apply_patch(ProviderKey& key, const KeyPatch& patch) {
  if (patch.name) {
    Result<std::string> name = keys::check_name(*patch.name);
    if (!name) return std::unexpected(name.error());
    key.name = std::move(*name);
  }
  if (patch.notes) {
    Result<std::string> notes = keys::check_notes(*patch.notes);
    if (!notes) return std::unexpected(notes.error());
    key.notes = std::move(*notes);
  }
  if (patch.base_url) key.base_url = *patch.base_url;
  if (patch.account_id) key.account_id = *patch.account_id;
  if (patch.change_link) {
    key.admin_key_id = patch.admin_key_id;
    key.linked_by = keys::LinkedBy::person;  // also when unlinked: the automatic linking leaves it so
  }
  return {};
}

}  // namespace

std::string sealed_row(ProviderKeyId id) {
  return fmt::format("provider_keys/{}/sealed_key", id.value);
}

/// A new key whose own fields are checked; what depends on other rows is checked when it is inserted.
struct ProviderKeys::Checked {
  ProviderKeyStore::NewKey row{};
  Secret key{};
};

Result<void> ProviderKeys::prepare() {
  const std::string row = "sealed_settings/" + kFingerprintKey;
  auto load = [this, row](Transaction& transaction) -> Result<store::Bytes> {
    Result<std::optional<store::Bytes>> stored = SealedSettingStore::get(transaction, kFingerprintKey);
    if (!stored) return std::unexpected(stored.error());
    if (*stored) return std::move(**stored);
    store::Bytes fresh = core_.keyring->seal(crypto::random_text(32), row);
    const Result<void> put = SealedSettingStore::put(transaction, kFingerprintKey, fresh);
    if (!put) return std::unexpected(put.error());
    return fresh;
  };
  const Result<store::Bytes> sealed = core_.store->writer().run_blocking<store::Bytes>(std::move(load));
  if (!sealed) return std::unexpected(sealed.error());
  const Result<Secret> text = core_.keyring->open(*sealed, row);
  if (!text) return std::unexpected(text.error());
  const std::string_view bytes = text->reveal();
  fingerprint_key_.assign(bytes.begin(), bytes.end());
  return {};
}

runtime::Task<Result<Listed<KeyView>>> ProviderKeys::list(KeyQuery query) const {
  auto read = [query = std::move(query)](Transaction& transaction) { return list_key_views(transaction, query); };
  Result<Listed<KeyView>> page = co_await core_.store->readers().run<Listed<KeyView>>(std::move(read));
  co_return page;
}

runtime::Task<Result<std::vector<ProviderKeyId>>> ProviderKeys::ids(KeyFilter filter) const {
  auto read = [filter = std::move(filter)](Transaction& transaction) { return ids_under(transaction, filter); };
  Result<std::vector<ProviderKeyId>> ids =
      co_await core_.store->readers().run<std::vector<ProviderKeyId>>(std::move(read));
  co_return ids;
}

runtime::Task<Result<KeyView>> ProviderKeys::get(ProviderKeyId id) const {
  auto read = [id](Transaction& transaction) { return key_view(transaction, id); };
  Result<KeyView> key = co_await core_.store->readers().run<KeyView>(std::move(read));
  co_return key;
}

Result<Recognised> ProviderKeys::recognise(Secret pasted) const {
  const Result<Secret> key = keys::clean(std::move(pasted));
  if (!key) return std::unexpected(key.error());
  keys::Detection found = keys::detect(*key);
  Recognised recognised{{}, found.type, found.certain, keys::mask(*key), explain_form(found)};
  if (!found.provider.empty()) recognised.provider = std::move(found.provider);
  return recognised;
}

std::vector<ProviderInfo> ProviderKeys::providers() const {
  const auto unless_empty = [](std::string text) {
    return text.empty() ? std::optional<std::string>{} : std::optional{std::move(text)};
  };
  std::vector<ProviderInfo> listed;
  for (const providers::Provider* provider : endpoints_->registry().all()) {
    const providers::Description& about = provider->description();
    ProviderInfo info{about.id,
                      about.name,
                      unless_empty(endpoints_->base_url(about.id)),
                      unless_empty(about.console_url),
                      about.reads_usage,
                      about.reads_cost,
                      about.reads_readings,
                      about.hourly,
                      about.lists_keys,
                      about.test_costs,
                      {}};
    if (about.history_days > 0) info.history_days = about.history_days;
    listed.push_back(std::move(info));
  }
  return listed;
}

Result<void> ProviderKeys::check_provider(const std::optional<std::string>& provider) const {
  if (!provider || endpoints_->registry().find(*provider) != nullptr) return {};
  return fail(Code::invalid_argument, fmt::format("There is no provider {}; GET /api/providers lists them.", *provider),
              "unknown_provider", "provider");
}

Result<ProviderKeys::Checked> ProviderKeys::check(NewKey key) const {
  Result<Secret> text = keys::clean(std::move(key.full_key));
  if (!text) return std::unexpected(text.error());
  Result<std::string> name = keys::check_name(key.name);
  if (!name) return std::unexpected(name.error());
  Result<std::string> notes = keys::check_notes(key.notes);
  if (!notes) return std::unexpected(notes.error());
  const Result<void> known = check_provider(key.provider);
  if (!known) return std::unexpected(known.error());
  Result<Identified> identified = identify(*text, key.provider, key.key_type);
  if (!identified) return std::unexpected(identified.error());
  const Result<providers::Access> reachable =
      endpoints_->access(identified->provider, identified->type, key.base_url, Secret{});
  if (!reachable) return std::unexpected(reachable.error());
  Checked checked;
  checked.row.account_id = key.account_id;
  checked.row.name = std::move(*name);
  checked.row.provider = std::move(identified->provider);
  checked.row.key_type = identified->type;
  checked.row.base_url = std::move(key.base_url);
  checked.row.masked_key = keys::mask(*text);
  checked.row.fingerprint = crypto::to_hex(crypto::keyed_digest(fingerprint_key_, text->reveal()));
  checked.row.admin_key_id = key.admin_key_id;
  checked.row.linked_by = key.admin_key_id ? keys::LinkedBy::person : keys::LinkedBy::nobody;
  checked.row.notes = std::move(*notes);
  checked.row.now = core_.clock->now();
  checked.key = std::move(*text);
  return checked;
}

Result<KeyView> ProviderKeys::insert(Transaction& transaction, const Actor& actor, const Checked& key,
                                     const Once<KeyView>& once) const {
  ProviderKey shape;
  shape.provider = key.row.provider;
  shape.key_type = key.row.key_type;
  shape.admin_key_id = key.row.admin_key_id;
  Result<void> done = check_links(transaction, shape, key.row.account_id);
  if (!done) return std::unexpected(done.error());
  const Result<ProviderKeyId> id = ProviderKeyStore::insert(transaction, key.row);
  if (!id) return std::unexpected(id.error());
  done = ProviderKeyStore::put_sealed(transaction, *id, core_.keyring->seal(key.key, sealed_row(*id)));
  if (!done) return std::unexpected(done.error());
  done = record_audit(transaction, core_.clock->now(), actor, "keys.create", subject(*id),
                      {{"name", key.row.name}, {"provider", key.row.provider}, {"masked_key", key.row.masked_key}});
  if (!done) return std::unexpected(done.error());
  Result<KeyView> shown = key_view(transaction, *id);
  if (!shown) return shown;
  done = Idempotency::remember(transaction, core_, once, *shown);
  if (!done) return std::unexpected(done.error());
  return shown;
}

runtime::Task<Result<KeyView>> ProviderKeys::create(Actor actor, NewKey key, Once<KeyView> once) {
  Result<Checked> checked = check(std::move(key));
  if (!checked) co_return std::unexpected(checked.error());
  auto insert_key = [this, actor = std::move(actor), checked = std::move(*checked), once = std::move(once)](
                        Transaction& transaction) { return insert(transaction, actor, checked, once); };
  Result<KeyView> made = co_await core_.store->writer().run<KeyView>(std::move(insert_key));
  co_return made;
}

runtime::Task<Result<TestedKey>> ProviderKeys::create_tested(Actor actor, NewKey key, Once<TestedKey> once) {
  Result<Checked> checked = check(std::move(key));
  if (!checked) co_return std::unexpected(checked.error());
  Result<providers::Access> reachable =
      endpoints_->access(checked->row.provider, checked->row.key_type, checked->row.base_url, checked->key.copy());
  if (!reachable) co_return std::unexpected(reachable.error());
  TestOutcome outcome = co_await run_test(checked->row.provider, std::move(*reachable));
  checked->row.now = core_.clock->now();
  auto insert_key = [this, actor = std::move(actor), checked = std::move(*checked), outcome = std::move(outcome),
                     once = std::move(once)](Transaction& transaction) -> Result<TestedKey> {
    const Result<KeyView> made = insert(transaction, actor, checked, {});
    if (!made) return std::unexpected(made.error());
    Result<void> done = keep_outcome(transaction, actor, made->id, outcome);
    if (!done) return std::unexpected(done.error());
    Result<KeyView> shown = key_view(transaction, made->id);
    if (!shown) return std::unexpected(shown.error());
    TestedKey tested{std::move(*shown), outcome};
    done = Idempotency::remember(transaction, core_, once, tested);
    if (!done) return std::unexpected(done.error());
    return tested;
  };
  Result<TestedKey> made = co_await core_.store->writer().run<TestedKey>(std::move(insert_key));
  co_return made;
}

Result<ProviderKeys::TakenOver> ProviderKeys::take_over(Transaction& transaction, const Actor& actor, NewKey key,
                                                        Instant created_at) const {
  Result<Checked> checked = check(std::move(key));
  if (!checked) return std::unexpected(checked.error());
  const Result<std::optional<ProviderKeyId>> known =
      store::ImportStore::provider_key_of(transaction, checked->row.fingerprint);
  if (!known) return std::unexpected(known.error());
  if (*known) return TakenOver{**known, true};
  checked->row.now = created_at;
  const Result<KeyView> made = insert(transaction, actor, *checked, {});
  if (!made) return std::unexpected(made.error());
  return TakenOver{made->id, false};
}

Result<void> ProviderKeys::change_identity(Transaction& transaction, ProviderKey& key, const KeyPatch& patch) const {
  if (!patch.full_key && !patch.provider && !patch.key_type) return {};
  const Result<store::Bytes> sealed = ProviderKeyStore::sealed(transaction, key.id);
  if (!sealed) return std::unexpected(sealed.error());
  Result<Secret> text =
      patch.full_key ? keys::clean(patch.full_key->copy()) : core_.keyring->open(*sealed, sealed_row(key.id));
  if (!text) return std::unexpected(text.error());
  const Result<void> known = check_provider(patch.provider);
  if (!known) return std::unexpected(known.error());
  Result<Identified> identified = identify(*text, patch.provider.value_or(key.provider), patch.key_type);
  if (!identified) return std::unexpected(identified.error());
  key.provider = std::move(identified->provider);
  key.key_type = identified->type;
  if (!patch.full_key) return {};
  key.masked_key = keys::mask(*text);
  key.status = keys::KeyStatus::unknown;
  key.remote_id.clear();
  key.remote_project.clear();
  return ProviderKeyStore::replace_text(transaction, key.id, core_.keyring->seal(*text, sealed_row(key.id)),
                                        crypto::to_hex(crypto::keyed_digest(fingerprint_key_, text->reveal())));
}

Result<KeyView> ProviderKeys::change(Transaction& transaction, const Actor& actor, ProviderKeyId id,
                                     const KeyPatch& patch, Instant now) const {
  Result<ProviderKey> key = ProviderKeyStore::get(transaction, id);
  if (!key) return std::unexpected(key.error());
  Result<void> done = apply_patch(*key, patch);
  if (!done) return std::unexpected(done.error());
  done = change_identity(transaction, *key, patch);
  if (!done) return std::unexpected(done.error());
  const Result<providers::Access> reachable = endpoints_->access(key->provider, key->key_type, key->base_url, Secret{});
  if (!reachable) return std::unexpected(reachable.error());
  done = check_links(transaction, *key, patch.account_id);
  if (!done) return std::unexpected(done.error());
  done = ProviderKeyStore::update(transaction, *key, now);
  if (!done) return std::unexpected(done.error());
  done = record_audit(transaction, now, actor, patch.full_key ? "keys.replace" : "keys.update", subject(id),
                      {{"name", key->name}, {"masked_key", key->masked_key}});
  if (!done) return std::unexpected(done.error());
  return key_view(transaction, id);
}

runtime::Task<Result<KeyView>> ProviderKeys::update(Actor actor, ProviderKeyId id, KeyPatch patch) {
  const Instant now = core_.clock->now();
  auto run = [this, actor = std::move(actor), id, patch = std::move(patch), now](Transaction& transaction) {
    return change(transaction, actor, id, patch, now);
  };
  Result<KeyView> changed = co_await core_.store->writer().run<KeyView>(std::move(run));
  co_return changed;
}

runtime::Task<Result<void>> ProviderKeys::remove(Actor actor, ProviderKeyId id) {
  const Instant now = core_.clock->now();
  auto remove = [actor = std::move(actor), id, now](Transaction& transaction) -> Result<void> {
    const Result<ProviderKey> key = ProviderKeyStore::get(transaction, id);
    if (!key) return std::unexpected(key.error());
    Result<void> removed = store::BudgetStore::remove_for(transaction, usage::BudgetScope::key, id.value);
    if (removed) removed = ProviderKeyStore::remove(transaction, id);
    if (!removed) return removed;
    return record_audit(transaction, now, actor, "keys.delete", subject(id),
                        {{"name", key->name}, {"masked_key", key->masked_key}});
  };
  Result<void> removed = co_await core_.store->writer().run<void>(std::move(remove));
  co_return removed;
}

runtime::Task<Result<Secret>> ProviderKeys::reveal(Actor actor, ProviderKeyId id) {
  const Instant now = core_.clock->now();
  auto read = [this, actor = std::move(actor), id, now](Transaction& transaction) -> Result<Secret> {
    const Result<store::Bytes> sealed = ProviderKeyStore::sealed(transaction, id);
    if (!sealed) return std::unexpected(sealed.error());
    Result<Secret> key = core_.keyring->open(*sealed, sealed_row(id));
    if (!key) return key;
    const Result<ProviderKey> row = ProviderKeyStore::get(transaction, id);
    if (!row) return std::unexpected(row.error());
    const Result<void> audited =
        record_audit(transaction, now, actor, "keys.reveal", subject(id), {{"name", row->name}});
    if (!audited) return std::unexpected(audited.error());
    return key;
  };
  Result<Secret> key = co_await core_.store->writer().run<Secret>(std::move(read));
  co_return key;
}

runtime::Task<Result<providers::Access>> ProviderKeys::access(ProviderKeyId id) const {
  auto read = [this, id](Transaction& transaction) -> Result<providers::Access> {
    const Result<ProviderKey> key = ProviderKeyStore::get(transaction, id);
    if (!key) return std::unexpected(key.error());
    const Result<store::Bytes> sealed = ProviderKeyStore::sealed(transaction, id);
    if (!sealed) return std::unexpected(sealed.error());
    Result<Secret> text = core_.keyring->open(*sealed, sealed_row(id));
    if (!text) return std::unexpected(text.error());
    return endpoints_->access(key->provider, key->key_type, key->base_url, std::move(*text));
  };
  Result<providers::Access> access = co_await core_.store->readers().run<providers::Access>(std::move(read));
  co_return access;
}

}  // namespace keyledger::service
