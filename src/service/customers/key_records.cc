#include "service/customers/key_records.h"

#include <fmt/format.h>

#include <algorithm>

#include "domain/customers/rules.h"
#include "domain/limits/words.h"
#include "service/customers/limit_rules.h"
#include "store/billing/subscription_store.h"

namespace keyledger::service {
namespace {

using store::CustomerKeyStore;

Result<KeyRecord> read_record(store::Transaction& transaction, CustomerKeyId id, Instant now) {
  Result<CustomerKeyStore::Entry> entry = CustomerKeyStore::get(transaction, id, now);
  if (!entry) return std::unexpected(entry.error());
  const Result<std::vector<CustomerKeyStore::Digest>> digests = CustomerKeyStore::digests_of(transaction, id);
  if (!digests) return std::unexpected(digests.error());
  KeyRecord record;
  record.id = id;
  record.customer_id = entry->key.customer_id;
  for (const CustomerKeyStore::Digest& digest : *digests) record.digests.push_back({digest.digest, digest.valid_until});
  record.revoked = entry->key.revoked_at.has_value();
  record.expires_at = entry->key.expires_at;
  for (const std::string& text : entry->key.allowed_ips) {
    const Result<IpNetwork> network = IpNetwork::parse(text);
    if (!network) {
      return fail(Code::internal, fmt::format("A network of customer key {} cannot be read.", id.value), {}, {}, text);
    }
    record.allowed_ips.push_back(*network);
  }
  record.allowed_actions = std::move(entry->key.allowed_actions);
  Result<std::optional<std::vector<limits::Limit>>> of_plan =
      store::SubscriptionStore::applied_limits(transaction, record.customer_id);
  if (!of_plan) return std::unexpected(of_plan.error());
  record.limits = *of_plan ? std::move(**of_plan) : std::move(entry->limits);
  return record;
}

}  // namespace

CustomerKeyView view_of(CustomerKeyStore::Entry entry, std::vector<limits::LimitStanding> standings, Instant now) {
  std::ranges::sort(standings, {}, [](const limits::LimitStanding& each) {
    return std::pair{each.metric, each.window};
  });
  CustomerKeyView view;
  customers::CustomerKey& key = entry.key;
  view.id = key.id;
  view.customer_id = key.customer_id;
  view.customer_name = std::move(entry.customer_name);
  view.customer_email = std::move(entry.customer_email);
  view.name = std::move(key.name);
  view.hint = std::move(key.hint);
  view.status = customers::status_of(key.revoked_at, key.expires_at, now);
  view.customer_suspended = entry.customer_suspended;
  view.rate_limit = rate_limit_of(entry.limits);
  view.limits = std::move(entry.limits);
  for (const limits::LimitStanding& standing : standings) {
    if (standing.metric != limits::Metric::requests || standing.window != limits::Window::day) continue;
    view.used_today = standing.used;
    view.limit_today = standing.amount;
    view.remaining_today = standing.remaining;
  }
  view.standings = std::move(standings);
  view.allowed_ips = std::move(key.allowed_ips);
  view.allowed_actions = std::move(key.allowed_actions);
  view.metadata = std::move(key.metadata);
  view.notes = std::move(key.notes);
  view.total_requests = entry.total_requests;
  view.last_used_at = entry.last_used_at;
  view.expires_at = key.expires_at;
  view.revoked_at = key.revoked_at;
  view.rotated_at = key.rotated_at;
  view.previous_valid_until = entry.previous_valid_until;
  view.created_at = key.created_at;
  view.updated_at = key.updated_at;
  view.plan_id = entry.plan_id;
  view.plan_name = std::move(entry.plan_name);
  return view;
}

CustomerRecord record_of(const customers::Customer& customer) {
  CustomerRecord record{customer.id, customer.suspended_at.has_value(), std::nullopt};
  if (customer.timezone.empty()) return record;
  const Result<Zone> zone = Zone::find(customer.timezone);
  if (zone) record.zone = *zone;  // checked when it was stored; a zone that the system has lost is the installation's
  return record;
}

Result<void> put_after_commit(store::Transaction& transaction, KeyTable* table, CustomerKeyId id, Instant now) {
  Result<KeyRecord> record = read_record(transaction, id, now);
  if (!record) return std::unexpected(record.error());
  transaction.after_commit([table, record = std::move(*record)] { table->put(record); });
  return {};
}

void put_after_commit(store::Transaction& transaction, KeyTable* table, const customers::Customer& customer) {
  transaction.after_commit([table, record = record_of(customer)] { table->put(record); });
}

std::string subject(CustomerKeyId id) {
  return fmt::format("customer_keys/{}", id.value);
}

std::string subject(CustomerId id) {
  return fmt::format("customers/{}", id.value);
}

std::string in_words(const std::vector<limits::Limit>& limits) {
  std::string words;
  for (const limits::Limit& limit : limits) words += (words.empty() ? "" : ", ") + limits::in_words(limit);
  return words.empty() ? "none" : words;
}

}  // namespace keyledger::service
