// store/identity_store.h: named settings, browser sessions, admin tokens and remembered answers. Digests only, no
// tokens.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/instant.h"
#include "store/database.h"

namespace keyledger::store {

class SettingStore {
 public:
  [[nodiscard]] static Result<std::optional<std::string>> get(Transaction& transaction, const std::string& name);
  [[nodiscard]] static Result<void> put(Transaction& transaction, const std::string& name, const std::string& value);
  [[nodiscard]] static Result<void> remove(Transaction& transaction, const std::string& name);
};

/// Settings that are secret: the caller seals them under sealed_settings/<name>.
class SealedSettingStore {
 public:
  [[nodiscard]] static Result<std::optional<Bytes>> get(Transaction& transaction, const std::string& name);
  [[nodiscard]] static Result<void> put(Transaction& transaction, const std::string& name, const Bytes& sealed);
};

struct SessionRow {
  SessionId id{};
  std::string token_digest{};
  Instant created_at{}, last_seen_at{}, expires_at{};
  std::string address{}, user_agent{};
};
BOOST_DESCRIBE_STRUCT(SessionRow, (), (id, token_digest, created_at, last_seen_at, expires_at, address, user_agent))

class SessionStore {
 public:
  [[nodiscard]] static Result<SessionId> insert(Transaction& transaction, const SessionRow& session);
  [[nodiscard]] static Result<std::optional<SessionRow>> find(Transaction& transaction, const std::string& digest);
  [[nodiscard]] static Result<std::vector<SessionRow>> all(Transaction& transaction);
  [[nodiscard]] static Result<void> touch(Transaction& transaction, SessionId id, Instant now);
  /// Errors: not_found, reason unknown_session.
  [[nodiscard]] static Result<void> remove(Transaction& transaction, SessionId id);
  /// Ends every session but one; answers how many.
  [[nodiscard]] static Result<std::int64_t> remove_others(Transaction& transaction, SessionId kept);
  [[nodiscard]] static Result<std::int64_t> remove_expired(Transaction& transaction, Instant expired_before,
                                                           Instant seen_before);
};

struct TokenRow {
  AdminTokenId id{};
  std::string name{}, hint{}, token_digest{}, scopes{};  // scopes separated by blanks
  Instant created_at{};
  std::optional<Instant> last_used_at{}, revoked_at{};
};
BOOST_DESCRIBE_STRUCT(TokenRow, (), (id, name, hint, token_digest, scopes, created_at, last_used_at, revoked_at))

class TokenStore {
 public:
  [[nodiscard]] static Result<AdminTokenId> insert(Transaction& transaction, const TokenRow& token);
  [[nodiscard]] static Result<std::optional<TokenRow>> find(Transaction& transaction, const std::string& digest);
  /// Errors: not_found, reason unknown_token.
  [[nodiscard]] static Result<TokenRow> get(Transaction& transaction, AdminTokenId id);
  [[nodiscard]] static Result<std::vector<TokenRow>> list(Transaction& transaction, AdminTokenId after,
                                                          std::int64_t limit);
  [[nodiscard]] static Result<void> touch(Transaction& transaction, AdminTokenId id, Instant now);
  [[nodiscard]] static Result<void> revoke(Transaction& transaction, AdminTokenId id, Instant now);
};

/// The first answer to a request with an Idempotency-Key; sealed, since it may hold a token that is shown once.
struct RememberedAnswer {
  std::string scope{}, idempotency_key{}, body_digest{};
  std::int64_t status = 0;
  Bytes sealed_answer{};
  Instant created_at{};
};
BOOST_DESCRIBE_STRUCT(RememberedAnswer, (), (scope, idempotency_key, body_digest, status, sealed_answer, created_at))

class IdempotencyStore {
 public:
  [[nodiscard]] static Result<void> insert(Transaction& transaction, const RememberedAnswer& answer);
  [[nodiscard]] static Result<std::optional<RememberedAnswer>> find(Transaction& transaction, const std::string& scope,
                                                                    const std::string& key);
  [[nodiscard]] static Result<std::int64_t> remove_before(Transaction& transaction, Instant instant);
};

}  // namespace keyledger::store
