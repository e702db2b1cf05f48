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
#include "store/database.h"

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
  std::map<std::string, std::string> details{};
  std::string hash{};
};
BOOST_DESCRIBE_STRUCT(AuditLine, (), (id, at, actor_kind, actor_name, address, action, subject, details, hash))

struct AuditQuery {
  std::optional<std::int64_t> before{};  // the cursor
  std::optional<std::string> actor{}, action{}, subject{};
  std::optional<Instant> from{}, to{};
  std::int64_t limit = 50;
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

class Audit {
 public:
  explicit Audit(Core core) : core_(core) {}
  /// Newest first; one line more than the limit where there is more.
  [[nodiscard]] runtime::Task<Result<std::vector<AuditLine>>> list(AuditQuery query) const;
  /// Recomputes the whole chain.
  [[nodiscard]] runtime::Task<Result<AuditState>> verify() const;

 private:
  Core core_;
};

}  // namespace keyledger::service
