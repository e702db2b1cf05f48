// domain/ledger/outcome.h: calls counted by what became of them, in the groups that charts tell apart.
#pragma once

#include <utility>

#include "domain/ledger/call.h"

namespace keyledger::ledger {

struct OutcomeCounts {
  std::int64_t success = 0, rate_limited = 0, error = 0;
  std::int64_t unknown_or_revoked = 0;  // a key that is no more: revoked or expired; what is no key is in no ledger
  std::int64_t other_refused = 0;       // the customer suspended, the address or the action not allowed
  std::int64_t total = 0;

  /// `calls` more of this outcome.
  void add(Status status, std::int64_t calls) {
    total += calls;
    (*this).*group_of(status) += calls;
  }
  [[nodiscard]] std::int64_t refused() const { return total - success - error; }

 private:
  static constexpr std::int64_t OutcomeCounts::*group_of(Status status) {
    switch (status) {  // no default: a new outcome has to choose
      case Status::success: return &OutcomeCounts::success;
      case Status::error: return &OutcomeCounts::error;
      case Status::rate_limited: return &OutcomeCounts::rate_limited;
      case Status::key_revoked:
      case Status::key_expired: return &OutcomeCounts::unknown_or_revoked;
      case Status::customer_suspended:
      case Status::ip_not_allowed:
      case Status::action_not_allowed: return &OutcomeCounts::other_refused;
    }
    std::unreachable();
  }
};
BOOST_DESCRIBE_STRUCT(OutcomeCounts, (), (success, rate_limited, error, unknown_or_revoked, other_refused, total))

}  // namespace keyledger::ledger
