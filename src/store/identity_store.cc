#include "store/identity_store.h"

#include <fmt/format.h>

namespace keyledger::store {
namespace {

struct Named {
  std::string name{}, value{};
};
BOOST_DESCRIBE_STRUCT(Named, (), (name, value))

template <typename IdType>
struct At {
  IdType id{};
  Instant now{};
  BOOST_DESCRIBE_CLASS(At, (), (id, now), (), ())
};

struct Digest {
  std::string digest{};
};
BOOST_DESCRIBE_STRUCT(Digest, (), (digest))

struct SealedNamed {
  std::string name{};
  Bytes sealed{};
};
BOOST_DESCRIBE_STRUCT(SealedNamed, (), (name, sealed))

struct Moments {
  Instant expired_before{}, seen_before{};
};
BOOST_DESCRIBE_STRUCT(Moments, (), (expired_before, seen_before))

struct TokenPage {
  AdminTokenId after{};
  std::int64_t limit = 0;
};
BOOST_DESCRIBE_STRUCT(TokenPage, (), (after, limit))

struct Scoped {
  std::string scope{}, key{};
};
BOOST_DESCRIBE_STRUCT(Scoped, (), (scope, key))

/// Runs a change that has to meet at least one row.
template <typename Parameters>
Result<void> change_one(Transaction& transaction, const Query<void>& query, const Parameters& parameters,
                        const char* what, const char* reason) {
  const Result<std::int64_t> changed = transaction.change(query, parameters);
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return fail(Code::not_found, fmt::format("There is no such {}.", what), reason);
  return {};
}

}  // namespace

Result<std::optional<std::string>> SettingStore::get(Transaction& transaction, const std::string& name) {
  static const Query<Single<std::string>> kGet{"SELECT value FROM settings WHERE name = :name"};
  const Result<std::optional<Single<std::string>>> row = transaction.one(kGet, Named{name, {}});
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  return (*row)->value;
}

Result<void> SettingStore::put(Transaction& transaction, const std::string& name, const std::string& value) {
  static const Query<void> kPut{R"sql(
    INSERT INTO settings (name, value) VALUES (:name, :value)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value)sql"};
  const Result<std::int64_t> changed = transaction.change(kPut, Named{name, value});
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<void> SettingStore::remove(Transaction& transaction, const std::string& name) {
  static const Query<void> kDelete{"DELETE FROM settings WHERE name = :name"};
  const Result<std::int64_t> changed = transaction.change(kDelete, Named{name, {}});
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<std::optional<Bytes>> SealedSettingStore::get(Transaction& transaction, const std::string& name) {
  static const Query<Single<Bytes>> kGet{"SELECT sealed_value FROM sealed_settings WHERE name = :name"};
  Result<std::optional<Single<Bytes>>> row = transaction.one(kGet, Named{name, {}});
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  return std::move((*row)->value);
}

Result<void> SealedSettingStore::put(Transaction& transaction, const std::string& name, const Bytes& sealed) {
  static const Query<void> kPut{R"sql(
    INSERT INTO sealed_settings (name, sealed_value) VALUES (:name, :sealed)
        ON CONFLICT (name) DO UPDATE SET sealed_value = excluded.sealed_value)sql"};
  const Result<std::int64_t> changed = transaction.change(kPut, SealedNamed{name, sealed});
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<SessionId> SessionStore::insert(Transaction& transaction, const SessionRow& session) {
  static const Query<Single<SessionId>> kInsert{R"sql(
    INSERT INTO sessions (token_digest, created_at, last_seen_at, expires_at, address, user_agent)
    VALUES (:token_digest, :created_at, :last_seen_at, :expires_at, :address, :user_agent) RETURNING id)sql"};
  const Result<std::optional<Single<SessionId>>> row = transaction.one(kInsert, session);
  if (!row) return std::unexpected(row.error());
  return (*row)->value;
}

Result<std::optional<SessionRow>> SessionStore::find(Transaction& transaction, const std::string& digest) {
  static const Query<SessionRow> kFind{R"sql(
    SELECT id, token_digest, created_at, last_seen_at, expires_at, address, user_agent
      FROM sessions WHERE token_digest = :digest)sql"};
  return transaction.one(kFind, Digest{digest});
}

Result<std::vector<SessionRow>> SessionStore::all(Transaction& transaction) {
  static const Query<SessionRow> kAll{R"sql(
    SELECT id, token_digest, created_at, last_seen_at, expires_at, address, user_agent
      FROM sessions ORDER BY id DESC LIMIT 500)sql"};
  return transaction.all(kAll);
}

Result<void> SessionStore::touch(Transaction& transaction, SessionId id, Instant now) {
  static const Query<void> kTouch{"UPDATE sessions SET last_seen_at = :now WHERE id = :id"};
  return change_one(transaction, kTouch, At<SessionId>{id, now}, "session", "unknown_session");
}

Result<void> SessionStore::remove(Transaction& transaction, SessionId id) {
  static const Query<void> kDelete{"DELETE FROM sessions WHERE id = :id"};
  return change_one(transaction, kDelete, At<SessionId>{id, {}}, "session", "unknown_session");
}

Result<std::int64_t> SessionStore::remove_others(Transaction& transaction, SessionId kept) {
  static const Query<void> kDelete{"DELETE FROM sessions WHERE id <> :id"};
  return transaction.change(kDelete, At<SessionId>{kept, {}});
}

Result<std::int64_t> SessionStore::remove_expired(Transaction& transaction, Instant expired_before,
                                                  Instant seen_before) {
  static const Query<void> kDelete{
      "DELETE FROM sessions WHERE expires_at <= :expired_before OR last_seen_at <= :seen_before"};
  return transaction.change(kDelete, Moments{expired_before, seen_before});
}

Result<AdminTokenId> TokenStore::insert(Transaction& transaction, const TokenRow& token) {
  static const Query<Single<AdminTokenId>> kInsert{R"sql(
    INSERT INTO admin_tokens (name, hint, token_digest, scopes, created_at)
    VALUES (:name, :hint, :token_digest, :scopes, :created_at) RETURNING id)sql"};
  const Result<std::optional<Single<AdminTokenId>>> row = transaction.one(kInsert, token);
  if (!row) return std::unexpected(row.error());
  return (*row)->value;
}

Result<std::optional<TokenRow>> TokenStore::find(Transaction& transaction, const std::string& digest) {
  static const Query<TokenRow> kFind{R"sql(
    SELECT id, name, hint, token_digest, scopes, created_at, last_used_at, revoked_at
      FROM admin_tokens WHERE token_digest = :digest)sql"};
  return transaction.one(kFind, Digest{digest});
}

Result<TokenRow> TokenStore::get(Transaction& transaction, AdminTokenId id) {
  static const Query<TokenRow> kGet{R"sql(
    SELECT id, name, hint, token_digest, scopes, created_at, last_used_at, revoked_at
      FROM admin_tokens WHERE id = :id)sql"};
  Result<std::optional<TokenRow>> row = transaction.one(kGet, At<AdminTokenId>{id, {}});
  if (!row) return std::unexpected(row.error());
  if (!*row) return fail(Code::not_found, fmt::format("There is no token {}.", id.value), "unknown_token");
  return std::move(**row);
}

Result<std::vector<TokenRow>> TokenStore::list(Transaction& transaction, AdminTokenId after, std::int64_t limit) {
  static const Query<TokenRow> kList{R"sql(
    SELECT id, name, hint, token_digest, scopes, created_at, last_used_at, revoked_at
      FROM admin_tokens WHERE id > :after ORDER BY id LIMIT :limit)sql"};
  return transaction.all(kList, TokenPage{after, limit});
}

Result<void> TokenStore::touch(Transaction& transaction, AdminTokenId id, Instant now) {
  static const Query<void> kTouch{"UPDATE admin_tokens SET last_used_at = :now WHERE id = :id"};
  return change_one(transaction, kTouch, At<AdminTokenId>{id, now}, "token", "unknown_token");
}

Result<void> TokenStore::revoke(Transaction& transaction, AdminTokenId id, Instant now) {
  static const Query<void> kRevoke{"UPDATE admin_tokens SET revoked_at = :now WHERE id = :id"};
  return change_one(transaction, kRevoke, At<AdminTokenId>{id, now}, "token", "unknown_token");
}

Result<void> IdempotencyStore::insert(Transaction& transaction, const RememberedAnswer& answer) {
  static const Query<void> kInsert{R"sql(
    INSERT INTO idempotency_keys (scope, idempotency_key, body_digest, status, sealed_answer, created_at)
    VALUES (:scope, :idempotency_key, :body_digest, :status, :sealed_answer, :created_at))sql"};
  const Result<std::int64_t> inserted = transaction.change(kInsert, answer);
  if (!inserted) return std::unexpected(inserted.error());
  return {};
}

Result<std::optional<RememberedAnswer>> IdempotencyStore::find(Transaction& transaction, const std::string& scope,
                                                               const std::string& key) {
  static const Query<RememberedAnswer> kFind{R"sql(
    SELECT scope, idempotency_key, body_digest, status, sealed_answer, created_at
      FROM idempotency_keys WHERE scope = :scope AND idempotency_key = :key)sql"};
  return transaction.one(kFind, Scoped{scope, key});
}

Result<std::int64_t> IdempotencyStore::remove_before(Transaction& transaction, Instant instant) {
  static const Query<void> kDelete{"DELETE FROM idempotency_keys WHERE created_at < :now"};
  return transaction.change(kDelete, At<SessionId>{{}, instant});
}

}  // namespace keyledger::store
