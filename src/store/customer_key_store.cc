#include "store/customer_key_store.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::store {

using customers::CustomerKey;
using Entry = CustomerKeyStore::Entry;

namespace {

struct ById {
  CustomerKeyId id{};
};
BOOST_DESCRIBE_STRUCT(ById, (), (id))

struct At {
  CustomerKeyId id{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(At, (), (id, now))

/// A key as it stands in its row: lists are words separated by blanks.
struct Row {
  CustomerKeyId id{};
  CustomerId customer_id{};
  std::string name{}, hint{}, notes{}, allowed_ips{}, allowed_actions{}, metadata{};
  std::optional<Instant> expires_at{}, revoked_at{}, rotated_at{};
  Instant created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(Row, (),
                      (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, expires_at,
                       revoked_at, rotated_at, created_at, updated_at))

struct Shown : Row {
  std::string customer_name{}, customer_email{};
  std::int64_t total_requests = 0;
  std::optional<Instant> last_used_at{}, previous_valid_until{};
  bool customer_suspended = false;
  std::optional<billing::PlanId> plan_id{};
  std::optional<std::string> plan_name{};
};
BOOST_DESCRIBE_STRUCT(Shown, (Row),
                      (customer_name, customer_email, total_requests, last_used_at, previous_valid_until,
                       customer_suspended, plan_id, plan_name))

// The columns in the order of Shown's members. A macro, since the queries are literals that the preprocessor joins.
#define KEYLEDGER_CUSTOMER_KEY_COLUMNS                                                                                \
  "k.id, k.customer_id, k.name, k.hint, k.notes, k.allowed_ips, k.allowed_actions, k.metadata, k.expires_at,"         \
  " k.revoked_at, k.rotated_at, k.created_at, k.updated_at, c.name, c.email,"                                         \
  " COALESCE(t.admitted, 0) + COALESCE(i.requests_before, 0),"                                                        \
  " CASE WHEN i.last_used_at > COALESCE(t.last_at, 0) THEN i.last_used_at ELSE t.last_at END,"                        \
  " (SELECT MAX(d.valid_until) FROM customer_key_digests d WHERE d.customer_key_id = k.id AND d.valid_until > :now)," \
  " CASE WHEN c.suspended_at IS NULL THEN 0 ELSE 1 END, p.id, p.name"                                                 \
  " FROM customer_keys k JOIN customers c ON c.id = k.customer_id"                                                    \
  " LEFT JOIN customer_key_totals t ON t.customer_key_id = k.id"                                                      \
  " LEFT JOIN customer_key_imports i ON i.customer_key_id = k.id"                                                     \
  " LEFT JOIN plans p ON p.id = (SELECT s.applied_plan_id FROM subscriptions s WHERE s.customer_id = k.customer_id"   \
  " AND s.applied_plan_id <> 0 ORDER BY s.id DESC LIMIT 1) "

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    words.emplace_back(word);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return words;
}

Row to_row(const CustomerKey& key) {
  return {key.id,
          key.customer_id,
          key.name,
          key.hint,
          key.notes,
          joined(key.allowed_ips),
          joined(key.allowed_actions),
          key.metadata,
          key.expires_at,
          key.revoked_at,
          key.rotated_at,
          key.created_at,
          key.updated_at};
}

Entry to_entry(Shown row) {
  Entry entry;
  entry.key = {row.id,
               row.customer_id,
               std::move(row.name),
               std::move(row.hint),
               std::move(row.notes),
               split(row.allowed_ips),
               split(row.allowed_actions),
               std::move(row.metadata),
               row.expires_at,
               row.revoked_at,
               row.rotated_at,
               row.created_at,
               row.updated_at};
  entry.customer_name = std::move(row.customer_name);
  entry.customer_email = std::move(row.customer_email);
  entry.total_requests = row.total_requests;
  entry.last_used_at = row.last_used_at;
  entry.previous_valid_until = row.previous_valid_until;
  entry.customer_suspended = row.customer_suspended;
  entry.plan_id = row.plan_id;
  entry.plan_name = std::move(row.plan_name);
  return entry;
}

struct LimitRow {
  limits::Metric metric{};
  limits::Window period{};
  std::int64_t amount = 0;
};
BOOST_DESCRIBE_STRUCT(LimitRow, (), (metric, period, amount))

struct NewLimit {
  CustomerKeyId id{};
  limits::Metric metric{};
  limits::Window period{};
  std::int64_t amount = 0;
};
BOOST_DESCRIBE_STRUCT(NewLimit, (), (id, metric, period, amount))

struct DigestRow {
  Bytes digest{};
  std::optional<Instant> valid_until{};
};
BOOST_DESCRIBE_STRUCT(DigestRow, (), (digest, valid_until))

struct ByDigest {
  Bytes digest{};
};
BOOST_DESCRIBE_STRUCT(ByDigest, (), (digest))

struct NewDigest {
  Bytes digest{};
  CustomerKeyId id{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(NewDigest, (), (digest, id, now))

struct Before {
  Instant instant{};
};
BOOST_DESCRIBE_STRUCT(Before, (), (instant))

Bytes to_bytes(const crypto::Digest& digest) {
  return Bytes(digest.begin(), digest.end());
}

}  // namespace

std::unexpected<Error> unknown_customer_key(CustomerKeyId id) {
  return fail(Code::not_found, fmt::format("There is no customer key {}.", id.value), "unknown_customer_key");
}

Result<CustomerKeyId> CustomerKeyStore::insert(Transaction& transaction, const CustomerKey& key) {
  static const Query<Single<CustomerKeyId>> kInsert{R"sql(
    INSERT INTO customer_keys (customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, expires_at,
                               revoked_at, rotated_at, created_at, updated_at)
    VALUES (:customer_id, :name, :hint, :notes, :allowed_ips, :allowed_actions, :metadata, :expires_at,
            :revoked_at, :rotated_at, :created_at, :updated_at) RETURNING id)sql"};
  const Result<std::optional<Single<CustomerKeyId>>> row = transaction.one(kInsert, to_row(key));
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "an insert returns its id");
  return (*row)->value;
}

Result<void> CustomerKeyStore::update(Transaction& transaction, const CustomerKey& key) {
  static const Query<void> kUpdate{R"sql(
    UPDATE customer_keys SET name = :name, hint = :hint, notes = :notes, allowed_ips = :allowed_ips,
           allowed_actions = :allowed_actions, metadata = :metadata, expires_at = :expires_at,
           revoked_at = :revoked_at, rotated_at = :rotated_at, updated_at = :updated_at
     WHERE id = :id)sql"};
  const Result<std::int64_t> changed = transaction.change(kUpdate, to_row(key));
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return unknown_customer_key(key.id);
  return {};
}

Result<Entry> CustomerKeyStore::get(Transaction& transaction, CustomerKeyId id, Instant now) {
  static const Query<Shown> kGet{"SELECT " KEYLEDGER_CUSTOMER_KEY_COLUMNS "WHERE k.id = :id"};
  Result<std::optional<Shown>> row = transaction.one(kGet, At{id, now});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_customer_key(id);
  Entry entry = to_entry(std::move(**row));
  Result<std::vector<limits::Limit>> limits = limits_of(transaction, id);
  if (!limits) return std::unexpected(limits.error());
  entry.limits = std::move(*limits);
  return entry;
}

Result<std::vector<limits::Limit>> CustomerKeyStore::limits_of(Transaction& transaction, CustomerKeyId id) {
  static const Query<LimitRow> kLimits{
      "SELECT metric, period, amount FROM customer_key_limits WHERE customer_key_id = :id"};
  const Result<std::vector<LimitRow>> rows = transaction.all(kLimits, ById{id});
  if (!rows) return std::unexpected(rows.error());
  std::vector<limits::Limit> limits;
  for (const LimitRow& row : *rows) limits.push_back({row.metric, row.period, row.amount});
  std::ranges::sort(limits, {}, [](const limits::Limit& limit) { return std::pair{limit.metric, limit.window}; });
  return limits;
}

Result<void> CustomerKeyStore::replace_limits(Transaction& transaction, CustomerKeyId id,
                                              const std::vector<limits::Limit>& limits) {
  static const Query<void> kDelete{"DELETE FROM customer_key_limits WHERE customer_key_id = :id"};
  static const Query<void> kInsert{R"sql(
    INSERT INTO customer_key_limits (customer_key_id, metric, period, amount)
    VALUES (:id, :metric, :period, :amount))sql"};
  const Result<std::int64_t> deleted = transaction.change(kDelete, ById{id});
  if (!deleted) return std::unexpected(deleted.error());
  for (const limits::Limit& limit : limits) {
    const Result<std::int64_t> inserted =
        transaction.change(kInsert, NewLimit{id, limit.metric, limit.window, limit.amount});
    if (!inserted) return std::unexpected(inserted.error());
  }
  return {};
}

Result<std::vector<CustomerKeyStore::Digest>> CustomerKeyStore::digests_of(Transaction& transaction, CustomerKeyId id) {
  static const Query<DigestRow> kDigests{
      "SELECT digest, valid_until FROM customer_key_digests WHERE customer_key_id = :id ORDER BY created_at, digest"};
  const Result<std::vector<DigestRow>> rows = transaction.all(kDigests, ById{id});
  if (!rows) return std::unexpected(rows.error());
  std::vector<Digest> digests;
  for (const DigestRow& row : *rows) {
    Digest& digest = digests.emplace_back();
    check_invariant(row.digest.size() == digest.digest.size(), "a stored digest is a SHA-256");
    std::ranges::copy(row.digest, digest.digest.begin());
    digest.valid_until = row.valid_until;
  }
  return digests;
}

Result<void> CustomerKeyStore::add_digest(Transaction& transaction, CustomerKeyId id, const crypto::Digest& digest,
                                          Instant now) {
  static const Query<void> kInsert{R"sql(
    INSERT INTO customer_key_digests (digest, customer_key_id, valid_until, created_at)
    VALUES (:digest, :id, NULL, :now))sql"};
  const Result<std::int64_t> inserted = transaction.change(kInsert, NewDigest{to_bytes(digest), id, now});
  if (!inserted) return std::unexpected(inserted.error());
  return {};
}

Result<void> CustomerKeyStore::set_valid_until(Transaction& transaction, const crypto::Digest& digest,
                                               Instant valid_until) {
  static const Query<void> kSet{"UPDATE customer_key_digests SET valid_until = :valid_until WHERE digest = :digest"};
  const Result<std::int64_t> changed = transaction.change(kSet, DigestRow{to_bytes(digest), valid_until});
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<void> CustomerKeyStore::remove_digest(Transaction& transaction, const crypto::Digest& digest) {
  static const Query<void> kDelete{"DELETE FROM customer_key_digests WHERE digest = :digest"};
  const Result<std::int64_t> changed = transaction.change(kDelete, ByDigest{to_bytes(digest)});
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<std::vector<CustomerKeyId>> CustomerKeyStore::remove_digests_before(Transaction& transaction, Instant instant) {
  static const Query<Single<CustomerKeyId>> kDelete{R"sql(
    DELETE FROM customer_key_digests WHERE valid_until < :instant RETURNING customer_key_id)sql"};
  const Result<std::vector<Single<CustomerKeyId>>> rows = transaction.all(kDelete, Before{instant});
  if (!rows) return std::unexpected(rows.error());
  std::vector<CustomerKeyId> ids;
  for (const Single<CustomerKeyId>& row : *rows) ids.push_back(row.value);
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace keyledger::store
