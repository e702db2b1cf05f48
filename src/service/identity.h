// service/identity.h: who may act: the owner's password, browser sessions, admin tokens.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/secret.h"
#include "service/actor.h"
#include "service/core.h"
#include "service/once.h"
#include "service/throttle.h"

namespace keyledger::service {

/// admin: everything; read: what changes nothing and reveals no secret; verify: only the calls for other APIs.
BOOST_DEFINE_ENUM_CLASS(Scope, admin, read, verify)

/// Somebody whose proof was right.
struct Principal {
  Actor actor{};
  std::vector<Scope> scopes{};
  std::optional<SessionId> session{};  // for browsers: writes also need a same-origin request
  std::optional<AdminTokenId> token{};
  [[nodiscard]] bool may(Scope scope) const;
};

struct SessionInfo {
  SessionId id{};
  Instant created_at{}, last_seen_at{}, expires_at{};
  std::string address{}, user_agent{};
  bool current = false;
};
BOOST_DESCRIBE_STRUCT(SessionInfo, (), (id, created_at, last_seen_at, expires_at, address, user_agent, current))

struct TokenInfo {
  AdminTokenId id{};
  std::string name{}, hint{};
  std::vector<Scope> scopes{};
  Instant created_at{};
  std::optional<Instant> last_used_at{}, revoked_at{};
};
BOOST_DESCRIBE_STRUCT(TokenInfo, (), (id, name, hint, scopes, created_at, last_used_at, revoked_at))

struct NewSession {
  Secret token{};
  Instant expires_at{};
};
struct NewToken {
  TokenInfo info{};
  Secret token{};  // shown this once
};

struct SessionTimes {
  std::chrono::milliseconds idle = std::chrono::hours{12};
  std::chrono::milliseconds absolute = std::chrono::hours{24 * 30};
};

class Identity {
 public:
  Identity(Core core, SessionTimes times) : core_(core), times_(times) {}

  /// Makes the owner's password if there is none yet and answers it, to be printed once. Blocks: for the start only.
  [[nodiscard]] Result<std::optional<Secret>> ensure_owner();

  /// Errors: unauthenticated, reason wrong_password; limit_exceeded, reason too_many_attempts (detail: seconds to
  /// wait);
  ///         unavailable, reason overloaded.
  [[nodiscard]] runtime::Task<Result<NewSession>> sign_in(Secret password, std::string address, std::string user_agent);
  [[nodiscard]] runtime::Task<Result<void>> sign_out(Principal who);
  /// Errors: invalid_argument, reason weak_password (under 12 or over 1,024 characters); unauthenticated, reason
  ///         wrong_password. Ends every other session. The local command line needs no current password.
  [[nodiscard]] runtime::Task<Result<void>> change_password(Principal who, Secret current, Secret wanted);

  /// The principal of a session cookie or an admin token, or nothing when it is unknown, expired or revoked.
  [[nodiscard]] runtime::Task<Result<std::optional<Principal>>> from_session(Secret token, std::string address);
  [[nodiscard]] runtime::Task<Result<std::optional<Principal>>> from_token(Secret token, std::string address);

  [[nodiscard]] runtime::Task<Result<std::vector<SessionInfo>>> sessions(Principal who) const;
  [[nodiscard]] runtime::Task<Result<void>> end_session(Principal who, SessionId id);

  [[nodiscard]] runtime::Task<Result<std::vector<TokenInfo>>> tokens(AdminTokenId after, std::int64_t limit) const;
  /// Errors: invalid_argument, reasons missing_name, too_long, no_scopes.
  [[nodiscard]] runtime::Task<Result<NewToken>> create_token(Actor actor, std::string name, std::vector<Scope> scopes,
                                                             Once<NewToken> once);
  /// Errors: not_found, reason unknown_token. Revoking twice is no error and keeps the first time.
  [[nodiscard]] runtime::Task<Result<TokenInfo>> revoke_token(Actor actor, AdminTokenId id);

  /// Removes sessions that have expired.
  [[nodiscard]] runtime::Task<Result<std::int64_t>> forget_old();

 private:
  [[nodiscard]] runtime::Task<Result<bool>> password_is(Secret password) const;
  [[nodiscard]] runtime::Task<Result<NewSession>> begin_session(std::string address, std::string user_agent);

  Core core_;
  SessionTimes times_;
  Throttle throttle_{};
};

}  // namespace keyledger::service
