// service/audit.h: the audit log: each administrative act as one line, chained by hash, in the act's own transaction.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/instant.h"
#include "service/actor.h"
#include "store/database.h"

namespace keyledger::service {

/// What varies about an act, as names and values; never a secret.
using AuditDetails = std::initializer_list<std::pair<std::string_view, std::string>>;

/// Writes one line. Runs inside the act's mutation: if it fails, return its error, and the act does not happen.
///   action   "accounts.create", "keys.reveal", "usage.refresh": resource and verb
///   subject  "provider_keys/17": what it was done to
[[nodiscard]] Result<void> record_audit(store::Transaction& transaction, Instant now, const Actor& actor,
                                        std::string_view action, std::string_view subject, AuditDetails details = {});

}  // namespace keyledger::service
