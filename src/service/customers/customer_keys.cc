#include "service/customers/customer_keys.h"

#include "base/fields.h"
#include "base/log.h"
#include "domain/customers/rules.h"
#include "service/audit.h"
#include "service/customers/issuing.h"
#include "service/customers/key_listing.h"
#include "service/customers/key_records.h"
#include "service/customers/limit_rules.h"
#include "service/webhooks/queue.h"
#include "store/billing/subscription_store.h"

namespace keyledger::service {
namespace {

using customers::CustomerKey;
using store::CustomerKeyStore;
using store::Transaction;
using Entry = CustomerKeyStore::Entry;

/// Takes over what the patch says; the limits are dealt with apart.
Result<void> apply(CustomerKey& key, const CustomerKeyPatch& patch, Instant now) {
  if (patch.name) {
    Result<std::string> name = fields::check_name(*patch.name);
    if (!name) return std::unexpected(name.error());
    key.name = std::move(*name);
  }
  if (patch.notes) {
    Result<std::string> notes = fields::check_notes(*patch.notes);
    if (!notes) return std::unexpected(notes.error());
    key.notes = std::move(*notes);
  }
  if (patch.allowed_ips) {
    const Result<std::vector<IpNetwork>> networks = customers::check_allowed_ips(*patch.allowed_ips);
    if (!networks) return std::unexpected(networks.error());
    key.allowed_ips.clear();
    for (const IpNetwork& network : *networks) key.allowed_ips.push_back(network.text());
  }
  if (patch.allowed_actions) {
    Result<std::vector<std::string>> actions = customers::check_allowed_actions(*patch.allowed_actions);
    if (!actions) return std::unexpected(actions.error());
    key.allowed_actions = std::move(*actions);
  }
  if (patch.metadata) {
    const Result<void> fine = customers::check_metadata(*patch.metadata);
    if (!fine) return fine;
    key.metadata = *patch.metadata;
  }
  // An expiry that stays as it was may have passed: sending back what was read is no error.
  if (patch.expires_at && *patch.expires_at != key.expires_at) {
    const Result<void> fine = customers::check_expiry(*patch.expires_at, now);
    if (!fine) return fine;
    key.expires_at = *patch.expires_at;
  }
  return {};
}

Result<Entry> change_key(Transaction& transaction, const IssueParts& parts, CustomerKeyId id,
                         const CustomerKeyPatch& patch) {
  const Instant now = parts.core.clock->now();
  Result<Entry> entry = CustomerKeyStore::get(transaction, id, now);
  if (!entry) return entry;
  Result<void> done = check_not_revoked(entry->key);
  if (done) done = apply(entry->key, patch, now);
  if (!done) return std::unexpected(done.error());
  const Result<std::vector<limits::Limit>> limits = changed_limits(entry->limits, {patch.rate_limit, patch.limits});
  if (!limits) return std::unexpected(limits.error());
  entry->key.updated_at = now;
  done = CustomerKeyStore::update(transaction, entry->key);
  if (done && *limits != entry->limits) done = CustomerKeyStore::replace_limits(transaction, id, *limits);
  if (done) done = put_after_commit(transaction, parts.table, id, now);
  if (done) {
    done = record_audit(transaction, now, parts.actor, "customer_keys.update", subject(id),
                        {{"name", entry->key.name}, {"limits", in_words(*limits)}});
  }
  if (!done) return std::unexpected(done.error());
  return CustomerKeyStore::get(transaction, id, now);
}

Result<void> tell_revoked(Transaction& transaction, const WebhookQueue* webhooks, const Entry& entry, Instant now) {
  if (webhooks == nullptr) return {};
  return webhooks->tell(transaction, WebhookTopic::key_revoked,
                        {{"key_id", entry.key.id.value},
                         {"key_name", entry.key.name},
                         {"hint", entry.key.hint},
                         {"customer_id", entry.key.customer_id.value},
                         {"customer_name", entry.customer_name},
                         {"customer_email", entry.customer_email},
                         {"revoked_at", now}},
                        now);
}

Result<Entry> revoke_key(Transaction& transaction, const IssueParts& parts, const WebhookQueue* webhooks,
                         CustomerKeyId id) {
  const Instant now = parts.core.clock->now();
  Result<Entry> entry = CustomerKeyStore::get(transaction, id, now);
  if (!entry || entry->key.revoked_at) return entry;
  entry->key.revoked_at = entry->key.updated_at = now;
  Result<void> done = CustomerKeyStore::update(transaction, entry->key);
  if (done) done = put_after_commit(transaction, parts.table, id, now);
  if (done) {
    done = record_audit(transaction, now, parts.actor, "customer_keys.revoke", subject(id),
                        {{"name", entry->key.name}, {"key", entry->key.hint}});
  }
  if (done) done = tell_revoked(transaction, webhooks, *entry, now);
  if (!done) return std::unexpected(done.error());
  return entry;
}

}  // namespace

CustomerKeys::CustomerKeys(Core core, KeyTable* table, IssueSettings settings, LedgerHooks hooks,
                           const WebhookQueue* webhooks)
    : core_(core), table_(table), settings_(std::move(settings)), hooks_(std::move(hooks)), webhooks_(webhooks) {}

void CustomerKeys::set_base_url(std::string base_url) {
  const std::lock_guard lock(mutex_);
  settings_.base_url = std::move(base_url);
}

void CustomerKeys::set_prefix(std::string prefix) {
  const std::lock_guard lock(mutex_);
  settings_.prefix = std::move(prefix);
}

IssueSettings CustomerKeys::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

/// Totals that could not be brought up to date are shown as they are: a full disk stops no reading.
runtime::Task<> CustomerKeys::settle() const {
  if (!hooks_.settle) co_return;
  [[maybe_unused]] const Result<void> settled = co_await hooks_.settle();
}

runtime::Task<Result<Listed<CustomerKeyView>>> CustomerKeys::list(CustomerKeyQuery query) const {
  co_await settle();
  auto read = [table = table_, query = std::move(query), now = core_.clock->now()](Transaction& transaction) {
    return list_keys(transaction, table, query, now);
  };
  Result<Listed<CustomerKeyView>> listed =
      co_await core_.store->readers().run<Listed<CustomerKeyView>>(std::move(read));
  co_return listed;
}

runtime::Task<Result<CustomerKeyView>> CustomerKeys::get(CustomerKeyId id) const {
  co_await settle();
  auto read = [table = table_, id, now = core_.clock->now()](Transaction& transaction) -> Result<CustomerKeyView> {
    Result<Entry> entry = CustomerKeyStore::get(transaction, id, now);
    if (!entry) return std::unexpected(entry.error());
    return view_in(transaction, table, std::move(*entry), now);
  };
  Result<CustomerKeyView> view = co_await core_.store->readers().run<CustomerKeyView>(std::move(read));
  co_return view;
}

runtime::Task<Result<IssuedKey>> CustomerKeys::create(Actor actor, NewCustomerKey key, Once<IssuedKey> once) {
  Result<CheckedKey> checked = check_new_key(key, core_.clock->now());
  if (!checked) co_return std::unexpected(checked.error());
  const bool subscribes = checked->plan_id.has_value();
  auto issue = [parts = IssueParts{core_, table_, settings(), std::move(actor)}, checked = std::move(*checked),
                subscribe = hooks_.subscribe, once = std::move(once)](Transaction& transaction) {
    return issue_key(transaction, parts, checked, subscribe, once);
  };
  Result<IssuedKey> made = co_await core_.store->writer().run<IssuedKey>(std::move(issue));
  if (made && subscribes) co_await count_new_limits(made->info.customer_id);
  co_return made;
}

/// The limits of a plan are new to the customer's other keys.
runtime::Task<> CustomerKeys::count_new_limits(CustomerId customer) const {
  if (!hooks_.refresh_counts) co_return;
  auto read = [customer](Transaction& transaction) { return store::SubscriptionStore::keys_of(transaction, customer); };
  using Keys = std::vector<CustomerKeyId>;
  const Result<Keys> keys = co_await core_.store->readers().run<Keys>(std::move(read));
  if (!keys) co_return;
  for (const CustomerKeyId key : *keys) {
    const Result<void> counted = co_await hooks_.refresh_counts(key);
    if (!counted) log::warn("what new limits saw before could not be counted", {{"customer_key_id", key.value}});
  }
}

runtime::Task<Result<CustomerKeyView>> CustomerKeys::update(Actor actor, CustomerKeyId id, CustomerKeyPatch patch) {
  co_await settle();
  auto change = [parts = IssueParts{core_, table_, settings(), std::move(actor)}, id, patch = std::move(patch)](
                    Transaction& transaction) { return change_key(transaction, parts, id, patch); };
  Result<Entry> entry = co_await core_.store->writer().run<Entry>(std::move(change));
  if (!entry) co_return std::unexpected(entry.error());
  if (hooks_.refresh_counts) {
    // The change has been made and is not taken back: without it new limits count from now on.
    const Result<void> counted = co_await hooks_.refresh_counts(id);
    if (!counted) log::warn("what new limits saw before could not be counted", {{"customer_key_id", id.value}});
  }
  Result<CustomerKeyView> view = co_await get(id);
  co_return view;
}

runtime::Task<Result<CustomerKeyView>> CustomerKeys::revoke(Actor actor, CustomerKeyId id) {
  co_await settle();
  auto change = [parts = IssueParts{core_, table_, settings(), std::move(actor)}, webhooks = webhooks_,
                 id](Transaction& transaction) { return revoke_key(transaction, parts, webhooks, id); };
  Result<Entry> entry = co_await core_.store->writer().run<Entry>(std::move(change));
  if (!entry) co_return std::unexpected(entry.error());
  Result<CustomerKeyView> view = co_await get(id);
  co_return view;
}

runtime::Task<Result<IssuedKey>> CustomerKeys::rotate(Actor actor, CustomerKeyId id, std::chrono::seconds grace,
                                                      Once<IssuedKey> once) {
  const Result<void> fine = customers::check_grace(grace);
  if (!fine) co_return std::unexpected(fine.error());
  co_await settle();
  auto change = [parts = IssueParts{core_, table_, settings(), std::move(actor)}, id, grace, once = std::move(once)](
                    Transaction& transaction) { return rotate_key(transaction, parts, id, grace, once); };
  Result<IssuedKey> made = co_await core_.store->writer().run<IssuedKey>(std::move(change));
  co_return made;
}

runtime::Task<Result<std::int64_t>> CustomerKeys::forget_retired() {
  const Instant now = core_.clock->now();
  auto forget = [table = table_, now](Transaction& transaction) -> Result<std::int64_t> {
    const Result<std::vector<CustomerKeyId>> ids =
        CustomerKeyStore::remove_digests_before(transaction, now - kRetiredKept);
    if (!ids) return std::unexpected(ids.error());
    for (const CustomerKeyId id : *ids) {
      const Result<void> done = put_after_commit(transaction, table, id, now);
      if (!done) return std::unexpected(done.error());
    }
    return static_cast<std::int64_t>(ids->size());
  };
  Result<std::int64_t> count = co_await core_.store->writer().run<std::int64_t>(std::move(forget));
  co_return count;
}

}  // namespace keyledger::service
