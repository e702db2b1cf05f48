// service/admission/waiting.h: what a verdict means to the caller: the HTTP status, and for how long to wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "service/admission/key_table.h"

namespace keyledger::service {

/// Whole seconds, at least one, until the limit that refused has enough again. Nothing where no limit refused, or where
/// nobody knows: places among the rentals at once are free when one of them ends.
[[nodiscard]] inline std::optional<std::chrono::seconds> wait_of(const Admitted& admitted) {
  if (admitted.verdict != Verdict::limit_exceeded) return std::nullopt;
  const limits::LimitStanding& standing = admitted.standings[admitted.exceeded];
  if (!standing.resets_at) return std::nullopt;
  const auto wait = std::chrono::ceil<std::chrono::seconds>(*standing.resets_at - admitted.at);
  return std::max(wait, std::chrono::seconds{1});
}

/// 200 for a call that was admitted.
[[nodiscard]] constexpr std::uint16_t refusal_status(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid: return 200;
    case Verdict::unknown_key:
    case Verdict::key_revoked:
    case Verdict::key_expired:
    case Verdict::customer_suspended: return 401;
    case Verdict::ip_not_allowed:
    case Verdict::action_not_allowed: return 403;
    case Verdict::limit_exceeded: return 429;
  }
  std::unreachable();
}

}  // namespace keyledger::service
