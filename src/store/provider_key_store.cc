#include "store/provider_key_store.h"

#include <fmt/format.h>

namespace keyledger::store {

using keys::ProviderKey;

BOOST_DESCRIBE_STRUCT(ProviderKeyStore::NewKey, (),
                      (account_id, name, provider, key_type, base_url, masked_key, fingerprint, admin_key_id, linked_by,
                       notes, now))
BOOST_DESCRIBE_STRUCT(ProviderKeyStore::Filter, (), (provider, account_id, status, like, after, limit))
BOOST_DESCRIBE_STRUCT(ProviderKeyStore::StoredTest, (),
                      (id, provider_key_id, at, verdict, code, provider_status, provider_message, missing_scopes,
                       facts))

namespace {

struct ById {
  ProviderKeyId id{};
};
BOOST_DESCRIBE_STRUCT(ById, (), (id))

struct ByAccount {
  AccountId account_id{};
};
BOOST_DESCRIBE_STRUCT(ByAccount, (), (account_id))

struct Sealed {
  ProviderKeyId id{};
  Bytes sealed{};
};
BOOST_DESCRIBE_STRUCT(Sealed, (), (id, sealed))

struct Status {
  ProviderKeyId id{};
  keys::KeyStatus status{};
};
BOOST_DESCRIBE_STRUCT(Status, (), (id, status))

struct Change : ProviderKey {
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(Change, (ProviderKey), (now))

struct Newest {
  ProviderKeyId id{};
  std::optional<std::int64_t> before{};
  std::int64_t limit = 0;
};
BOOST_DESCRIBE_STRUCT(Newest, (), (id, before, limit))

struct Range {
  ProviderKeyId after{}, last{};
};
BOOST_DESCRIBE_STRUCT(Range, (), (after, last))

// The columns in the order of ProviderKey's members. A macro, since the queries are literals that the preprocessor
// joins.
#define KEYLEDGER_KEY_COLUMNS                                                                                  \
  "id, name, masked_key, key_type, provider, account_id, admin_key_id, status, notes, created_at, updated_at," \
  " linked_by, base_url, remote_id, remote_project "

struct ByFingerprint {
  ProviderKeyId id{};
  Bytes sealed{};
  std::string fingerprint{};
};
BOOST_DESCRIBE_STRUCT(ByFingerprint, (), (id, sealed, fingerprint))

/// A violated fingerprint becomes duplicate_key, with the name of the key that is there already.
Error explain_twin(Transaction& transaction, Error error, const std::string& fingerprint) {
  if (error.detail != "provider_keys.fingerprint") return error;
  static const Query<ProviderKey> kTwin{"SELECT " KEYLEDGER_KEY_COLUMNS
                                        "FROM provider_keys WHERE fingerprint = :fingerprint"};
  const Result<std::optional<ProviderKey>> twin = transaction.one(kTwin, ByFingerprint{{}, {}, fingerprint});
  if (!twin) return twin.error();
  return {Code::conflict,
          fmt::format("This key is stored already, as \"{}\" (id {}).", (*twin)->name, (*twin)->id.value),
          "duplicate_key", "full_key"};
}

}  // namespace

std::unexpected<Error> unknown_key(ProviderKeyId id, std::string field) {
  return fail(Code::not_found, fmt::format("There is no key {}.", id.value), "unknown_key", std::move(field));
}

Result<ProviderKeyId> ProviderKeyStore::insert(Transaction& transaction, const NewKey& key) {
  static const Query<Single<ProviderKeyId>> kInsert{R"sql(
    INSERT INTO provider_keys (account_id, name, provider, key_type, base_url, masked_key, sealed_key, fingerprint,
                               admin_key_id, linked_by, remote_id, remote_project, status, notes, created_at,
                               updated_at)
    VALUES (:account_id, :name, :provider, :key_type, :base_url, :masked_key, '', :fingerprint,
            :admin_key_id, :linked_by, '', '', 'unknown', :notes, :now, :now) RETURNING id)sql"};
  const Result<std::optional<Single<ProviderKeyId>>> row = transaction.one(kInsert, key);
  if (row) return (*row)->value;
  return std::unexpected(explain_twin(transaction, row.error(), key.fingerprint));
}

Result<void> ProviderKeyStore::put_sealed(Transaction& transaction, ProviderKeyId id, const Bytes& sealed) {
  static const Query<void> kPut{"UPDATE provider_keys SET sealed_key = :sealed WHERE id = :id"};
  const Result<std::int64_t> changed = transaction.change(kPut, Sealed{id, sealed});
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return unknown_key(id);
  return {};
}

Result<void> ProviderKeyStore::replace_text(Transaction& transaction, ProviderKeyId id, const Bytes& sealed,
                                            const std::string& fingerprint) {
  static const Query<void> kReplace{
      "UPDATE provider_keys SET sealed_key = :sealed, fingerprint = :fingerprint WHERE id = :id"};
  const Result<std::int64_t> changed = transaction.change(kReplace, ByFingerprint{id, sealed, fingerprint});
  if (!changed) return std::unexpected(explain_twin(transaction, changed.error(), fingerprint));
  if (*changed == 0) return unknown_key(id);
  return {};
}

Result<void> ProviderKeyStore::update(Transaction& transaction, const ProviderKey& key, Instant now) {
  static const Query<void> kUpdate{R"sql(
    UPDATE provider_keys SET name = :name, account_id = :account_id, provider = :provider, key_type = :key_type,
           masked_key = :masked_key, status = :status, notes = :notes,
           admin_key_id = :admin_key_id, linked_by = :linked_by, base_url = :base_url, remote_id = :remote_id,
           remote_project = :remote_project, updated_at = :now
     WHERE id = :id)sql"};
  Change change{key};
  change.now = now;
  const Result<std::int64_t> changed = transaction.change(kUpdate, change);
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return unknown_key(key.id);
  return {};
}

Result<void> ProviderKeyStore::set_status(Transaction& transaction, ProviderKeyId id, keys::KeyStatus status) {
  static const Query<void> kSet{"UPDATE provider_keys SET status = :status WHERE id = :id"};
  const Result<std::int64_t> changed = transaction.change(kSet, Status{id, status});
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return unknown_key(id);
  return {};
}

Result<void> ProviderKeyStore::remove(Transaction& transaction, ProviderKeyId id) {
  static const Query<void> kUnlink{R"sql(
    UPDATE provider_keys SET admin_key_id = NULL, linked_by = 'nobody' WHERE admin_key_id = :id)sql"};
  static const Query<void> kTests{"DELETE FROM key_tests WHERE provider_key_id = :id"};
  static const Query<void> kDelete{"DELETE FROM provider_keys WHERE id = :id"};
  for (const Query<void>* query : {&kUnlink, &kTests}) {
    const Result<std::int64_t> changed = transaction.change(*query, ById{id});
    if (!changed) return std::unexpected(changed.error());
  }
  const Result<std::int64_t> deleted = transaction.change(kDelete, ById{id});
  if (!deleted) return std::unexpected(deleted.error());
  if (*deleted == 0) return unknown_key(id);
  return {};
}

Result<ProviderKey> ProviderKeyStore::get(Transaction& transaction, ProviderKeyId id) {
  static const Query<ProviderKey> kGet{"SELECT " KEYLEDGER_KEY_COLUMNS "FROM provider_keys WHERE id = :id"};
  Result<std::optional<ProviderKey>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_key(id);
  return std::move(**row);
}

Result<Bytes> ProviderKeyStore::sealed(Transaction& transaction, ProviderKeyId id) {
  static const Query<Single<Bytes>> kGet{"SELECT sealed_key FROM provider_keys WHERE id = :id"};
  Result<std::optional<Single<Bytes>>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_key(id);
  return std::move((*row)->value);
}

Result<std::vector<ProviderKey>> ProviderKeyStore::list(Transaction& transaction, const Filter& filter) {
  static const Query<ProviderKey> kList{"SELECT " KEYLEDGER_KEY_COLUMNS R"sql(
      FROM provider_keys
     WHERE id > :after
       AND (:provider IS NULL OR provider = :provider)
       AND (:account_id IS NULL OR account_id = :account_id)
       AND (:status IS NULL OR status = :status)
       AND (LOWER(name) LIKE :like ESCAPE '\' OR LOWER(masked_key) LIKE :like ESCAPE '\')
     ORDER BY id LIMIT :limit)sql"};
  return transaction.all(kList, filter);
}

Result<std::vector<ProviderKey>> ProviderKeyStore::of_account(Transaction& transaction, AccountId id) {
  static const Query<ProviderKey> kList{"SELECT " KEYLEDGER_KEY_COLUMNS
                                        "FROM provider_keys WHERE account_id = :account_id ORDER BY id"};
  return transaction.all(kList, ByAccount{id});
}

Result<void> ProviderKeyStore::add_test(Transaction& transaction, const StoredTest& test) {
  static const Query<void> kInsert{R"sql(
    INSERT INTO key_tests (provider_key_id, at, verdict, code, provider_status, provider_message, missing_scopes, facts)
    VALUES (:provider_key_id, :at, :verdict, :code, :provider_status, :provider_message, :missing_scopes, :facts))sql"};
  const Result<std::int64_t> inserted = transaction.change(kInsert, test);
  if (!inserted) return std::unexpected(inserted.error());
  static const Query<void> kTrim{R"sql(
    DELETE FROM key_tests WHERE provider_key_id = :id AND id <=
      (SELECT id FROM key_tests WHERE provider_key_id = :id ORDER BY id DESC LIMIT 1 OFFSET :limit))sql"};
  const Result<std::int64_t> trimmed = transaction.change(kTrim, Newest{test.provider_key_id, {}, kTestsKept});
  if (!trimmed) return std::unexpected(trimmed.error());
  return set_status(transaction, test.provider_key_id, keys::to_status(test.verdict));
}

Result<std::vector<ProviderKeyStore::StoredTest>> ProviderKeyStore::tests(Transaction& transaction, ProviderKeyId id,
                                                                          std::optional<std::int64_t> before,
                                                                          std::int64_t limit) {
  static const Query<StoredTest> kNewest{R"sql(
    SELECT id, provider_key_id, at, verdict, code, provider_status, provider_message, missing_scopes, facts
      FROM key_tests WHERE provider_key_id = :id AND (:before IS NULL OR id < :before)
     ORDER BY id DESC LIMIT :limit)sql"};
  return transaction.all(kNewest, Newest{id, before, limit});
}

Result<std::vector<ProviderKeyStore::StoredTest>> ProviderKeyStore::last_tests(Transaction& transaction,
                                                                               ProviderKeyId after,
                                                                               ProviderKeyId last) {
  static const Query<StoredTest> kLast{R"sql(
    SELECT id, provider_key_id, at, verdict, code, provider_status, provider_message, missing_scopes, facts
      FROM key_tests
     WHERE id IN (SELECT MAX(id) FROM key_tests WHERE provider_key_id > :after AND provider_key_id <= :last
                   GROUP BY provider_key_id)
     ORDER BY provider_key_id)sql"};
  return transaction.all(kLast, Range{after, last});
}

#undef KEYLEDGER_KEY_COLUMNS

}  // namespace keyledger::store
