// service/admission/waiting.h: for how long a call that a limit refused has to wait.
#pragma once

#include <chrono>
#include <optional>

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

}  // namespace keyledger::service
