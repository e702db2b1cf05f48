#include "service/customers/issuing.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/fields.h"
#include "domain/customers/key_text.h"
#include "domain/customers/message.h"
#include "domain/customers/rules.h"
#include "domain/limits/words.h"
#include "service/audit.h"
#include "service/customers/key_listing.h"
#include "service/customers/key_records.h"
#include "service/customers/limit_rules.h"
#include "store/billing/subscription_store.h"
#include "store/customer_store.h"

namespace keyledger::service {
namespace {

using customers::Customer;
using customers::CustomerKey;
using store::CustomerKeyStore;
using store::CustomerStore;
using store::Transaction;

Result<Customer> make_customer(Transaction& transaction, const IssueParts& parts, const CheckedKey& checked,
                               const std::string& folded, Instant now) {
  const std::string& name = checked.key.name;
  const Result<CustomerId> made =
      CustomerStore::insert(transaction, {name, checked.email, folded, {}, {}, std::nullopt}, now);
  if (!made) return std::unexpected(made.error());
  const Result<void> done = record_audit(transaction, now, parts.actor, "customers.create", subject(*made),
                                         {{"name", name}, {"email", checked.email}});
  if (!done) return std::unexpected(done.error());
  Result<Customer> customer = CustomerStore::get(transaction, *made);
  if (customer) put_after_commit(transaction, parts.table, *customer);
  return customer;
}

/// The customer whose key it is to be.
Result<Customer> customer_of(Transaction& transaction, const IssueParts& parts, const CheckedKey& checked,
                             Instant now) {
  const std::string folded = fields::fold_email(checked.email);
  if (!checked.customer_id) {
    const Result<std::optional<CustomerId>> found = CustomerStore::find(transaction, checked.key.name, folded);
    if (!found) return std::unexpected(found.error());
    if (*found) return CustomerStore::get(transaction, **found);
    return make_customer(transaction, parts, checked, folded, now);
  }
  Result<Customer> customer = CustomerStore::get(transaction, *checked.customer_id);
  if (!customer) {
    if (customer.error().code != Code::not_found) return customer;
    return store::unknown_customer(*checked.customer_id, "customer_id");
  }
  if (!folded.empty() && folded != fields::fold_email(customer->email)) {
    return fail(
        Code::invalid_argument,
        fmt::format("The customer {} has another e-mail; leave it out, or change the customer.", customer->id.value),
        "other_email", "email");
  }
  return customer;
}

/// The answer, the one place that ever has the text of the key.
IssuedKey issued(const IssueParts& parts, CustomerKeyView view, Secret text) {
  customers::MessageFacts facts;
  facts.base_url = parts.settings.base_url;
  // As they stand: those of the customer's plan, where there is one.
  for (const limits::LimitStanding& standing : view.standings) {
    facts.limits.push_back(limits::in_words({standing.metric, standing.window, standing.amount}));
  }
  facts.expires_at = view.expires_at;
  facts.allowed_ips = view.allowed_ips;
  facts.allowed_actions = view.allowed_actions;
  facts.previous_valid_until = view.previous_valid_until;
  std::string message = customers::message_for(text, facts);
  return {std::move(view), std::move(text), std::move(message)};
}

/// Retires the texts so far.
Result<void> retire(Transaction& transaction, CustomerKeyId id, Instant now, std::chrono::seconds grace) {
  const Result<std::vector<CustomerKeyStore::Digest>> digests = CustomerKeyStore::digests_of(transaction, id);
  if (!digests) return std::unexpected(digests.error());
  const std::size_t kept = CustomerKeys::kDigestsMax - 1;  // and the new one
  const std::size_t dropped = digests->size() > kept ? digests->size() - kept : 0;
  for (std::size_t i = 0; i < digests->size(); ++i) {
    const CustomerKeyStore::Digest& old = (*digests)[i];
    const Instant until = customers::valid_until_after_rotation(old.valid_until, now, grace);
    Result<void> done{};
    if (i < dropped) {
      done = CustomerKeyStore::remove_digest(transaction, old.digest);
    } else if (old.valid_until != until) {
      done = CustomerKeyStore::set_valid_until(transaction, old.digest, until);
    }
    if (!done) return done;
  }
  return {};
}

}  // namespace

Result<void> check_not_revoked(const CustomerKey& key) {
  if (!key.revoked_at) return {};
  return fail(Code::conflict, fmt::format("The key {} was revoked for good; make a new one.", key.id.value),
              "already_revoked");
}

Result<CheckedKey> check_new_key(const NewCustomerKey& given, Instant now) {
  CheckedKey checked;
  Result<std::string> name = fields::check_name(given.name);
  if (!name) return std::unexpected(name.error());
  Result<std::string> email = customers::check_optional_email(given.email);
  if (!email) return std::unexpected(email.error());
  Result<std::string> notes = fields::check_notes(given.notes);
  if (!notes) return std::unexpected(notes.error());
  Result<std::vector<limits::Limit>> limits = new_limits({given.rate_limit, given.limits});
  if (!limits) return std::unexpected(limits.error());
  const Result<std::vector<IpNetwork>> networks = customers::check_allowed_ips(given.allowed_ips);
  if (!networks) return std::unexpected(networks.error());
  Result<std::vector<std::string>> actions = customers::check_allowed_actions(given.allowed_actions);
  if (!actions) return std::unexpected(actions.error());
  Result<void> fine = customers::check_expiry(given.expires_at, now);
  if (fine) fine = customers::check_metadata(given.metadata);
  if (!fine) return std::unexpected(fine.error());
  checked.key.name = std::move(*name);
  checked.key.notes = std::move(*notes);
  for (const IpNetwork& network : *networks) checked.key.allowed_ips.push_back(network.text());
  checked.key.allowed_actions = std::move(*actions);
  checked.key.metadata = given.metadata;
  checked.key.expires_at = given.expires_at;
  checked.customer_id = given.customer_id;
  checked.plan_id = given.plan_id;
  checked.email = std::move(*email);
  checked.limits = std::move(*limits);
  return checked;
}

Result<IssuedKey> issue_key(Transaction& transaction, const IssueParts& parts, CheckedKey checked,
                            const Subscribe& subscribe, const Once<IssuedKey>& once) {
  const Instant now = parts.core.clock->now();
  const Result<Customer> customer = customer_of(transaction, parts, checked, now);
  if (!customer) return std::unexpected(customer.error());
  if (checked.plan_id && subscribe) {
    const Result<void> subscribed = subscribe(transaction, parts.actor, customer->id, *checked.plan_id);
    if (!subscribed) return std::unexpected(subscribed.error());
  }
  Secret text = customers::new_key_text(parts.settings.prefix);
  CustomerKey& key = checked.key;
  key.customer_id = customer->id;
  key.hint = customers::hint_of(text, parts.settings.prefix);
  key.created_at = key.updated_at = now;
  const Result<CustomerKeyId> id = CustomerKeyStore::insert(transaction, key);
  if (!id) return std::unexpected(id.error());
  Result<void> done = CustomerKeyStore::replace_limits(transaction, *id, checked.limits);
  if (done) done = CustomerKeyStore::add_digest(transaction, *id, customers::digest_of(text), now);
  if (done) done = put_after_commit(transaction, parts.table, *id, now);
  if (done) {
    done = record_audit(transaction, now, parts.actor, "customer_keys.create", subject(*id),
                        {{"name", key.name},
                         {"customer", subject(customer->id)},
                         {"key", key.hint},
                         {"limits", in_words(checked.limits)}});
  }
  if (!done) return std::unexpected(done.error());
  Result<CustomerKeyStore::Entry> entry = CustomerKeyStore::get(transaction, *id, now);
  if (!entry) return std::unexpected(entry.error());
  const auto of_plan = store::SubscriptionStore::applied_limits(transaction, customer->id);
  if (!of_plan) return std::unexpected(of_plan.error());
  const Zone zone = record_of(*customer).zone.value_or(parts.table->zone_of(*id));
  std::vector<limits::LimitStanding> standings = unused(of_plan->value_or(checked.limits), zone, now);
  IssuedKey made = issued(parts, view_of(std::move(*entry), std::move(standings), now), std::move(text));
  done = Idempotency::remember(transaction, parts.core, once, made);
  if (!done) return std::unexpected(done.error());
  return made;
}

Result<IssuedKey> rotate_key(Transaction& transaction, const IssueParts& parts, CustomerKeyId id,
                             std::chrono::seconds grace, const Once<IssuedKey>& once) {
  const Instant now = parts.core.clock->now();
  Result<CustomerKeyStore::Entry> entry = CustomerKeyStore::get(transaction, id, now);
  if (!entry) return std::unexpected(entry.error());
  CustomerKey& key = entry->key;
  Result<void> done = check_not_revoked(key);
  if (!done) return std::unexpected(done.error());
  if (customers::status_of(key.revoked_at, key.expires_at, now) == customers::KeyStatus::expired) {
    return fail(Code::conflict, fmt::format("The key {} has expired; give it a later expires_at first.", id.value),
                "already_expired");
  }
  Secret text = customers::new_key_text(parts.settings.prefix);
  key.hint = customers::hint_of(text, parts.settings.prefix);
  key.rotated_at = key.updated_at = now;
  done = retire(transaction, id, now, grace);
  if (done) done = CustomerKeyStore::add_digest(transaction, id, customers::digest_of(text), now);
  if (done) done = CustomerKeyStore::update(transaction, key);
  if (done) done = put_after_commit(transaction, parts.table, id, now);
  if (done) {
    done = record_audit(transaction, now, parts.actor, "customer_keys.rotate", subject(id),
                        {{"name", key.name}, {"key", key.hint}, {"grace_seconds", std::to_string(grace.count())}});
  }
  if (done) {
    entry = CustomerKeyStore::get(transaction, id, now);
    if (!entry) done = std::unexpected(entry.error());
  }
  if (!done) return std::unexpected(done.error());
  Result<CustomerKeyView> view = view_in(transaction, parts.table, std::move(*entry), now);
  if (!view) return std::unexpected(view.error());
  IssuedKey made = issued(parts, std::move(*view), std::move(text));
  done = Idempotency::remember(transaction, parts.core, once, made);
  if (!done) return std::unexpected(done.error());
  return made;
}

}  // namespace keyledger::service
