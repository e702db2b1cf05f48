// service/audit.h: the audit log: each administrative act as one line, chained by hash, in the act's own transaction.
#pragma once

#include <boost/describe.hpp>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "service/actor.h"
#include "service/core.h"
#include "store/audit_list.h"

namespace keyledger::service {

/// What varies about an act, as names and values; never a secret.
using AuditDetails = std::initializer_list<std::pair<std::string_view, std::string>>;

/// Writes one line. Runs inside the act's mutation: if it fails, return its error, and the act does not happen.
///   action   "accounts.create", "keys.reveal", "usage.refresh": resource and verb
///   subject  "provider_keys/17": what it was done to
[[nodiscard]] Result<void> record_audit(store::Transaction& transaction, Instant now, const Actor& actor,
                                        std::string_view action, std::string_view subject, AuditDetails details = {});

struct AuditLine {
  std::int64_t id = 0;
  Instant at{};
  std::string actor_kind{}, actor_name{}, address{}, action{}, subject{};
  std::optional<std::string> subject_name{};  // as the line has it; nothing: the subject has no name
  std::map<std::string, std::string> details{};
  std::string hash{};
};
BOOST_DESCRIBE_STRUCT(AuditLine, (),
                      (id, at, actor_kind, actor_name, address, action, subject, subject_name, details, hash))

using AuditSort = store::AuditSort;

struct AuditQuery {
  ListPage<AuditSort> page{.descending = true};  // the newest first
  std::optional<std::string> actor{};            // a name, or a kind
  std::optional<ActorKind> actor_kind{};
  std::optional<std::string> action{}, subject{};  // of the action also a beginning, with its full stop: "keys."
  std::optional<Instant> from{}, to{};             // from inclusive, to exclusive
  std::string search{};                            // in whatever of a line is text
};

/// Whether the chain is whole. `broken_at` and `what` tell the first line that does not fit.
struct AuditState {
  bool whole = true;
  std::int64_t lines = 0;
  std::optional<Instant> last_at{};
  std::string head{};
  std::optional<std::int64_t> broken_at{};
  std::string what{};  // empty: nothing is wrong
};
BOOST_DESCRIBE_STRUCT(AuditState, (), (whole, lines, last_at, head, broken_at, what))

/// Recomputes the whole chain, on whichever connection.
[[nodiscard]] Result<AuditState> verify_audit(store::Transaction& transaction);

/// The last verification: when it was, and what it found. Nothing of either before the first.
struct AuditVerification {
  std::optional<Instant> verified_at{};
  std::optional<AuditState> outcome{};
};
BOOST_DESCRIBE_STRUCT(AuditVerification, (), (verified_at, outcome))

class Audit {
 public:
  static constexpr std::chrono::hours kVerifyEvery{24};

  explicit Audit(Core core) : core_(core) {}
  [[nodiscard]] runtime::Task<Result<Listed<AuditLine>>> list(AuditQuery query) const;
  /// Recomputes the whole chain, and remembers the outcome.
  [[nodiscard]] runtime::Task<Result<AuditState>> verify() const;
  /// What is remembered of the last time, also over a restart.
  [[nodiscard]] runtime::Task<Result<AuditVerification>> last() const;
  /// Verifies when the last time is kVerifyEvery ago. Answers the outcome, or nothing where it was not due.
  [[nodiscard]] runtime::Task<Result<std::optional<AuditState>>> verify_if_due() const;

 private:
  Core core_;
};

}  // namespace keyledger::service
