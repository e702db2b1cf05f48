// providers/retry.h: when a call is repeated, and after how long. Pure.
#pragma once

#include <chrono>
#include <cstdint>

#include "providers/call.h"

namespace keyledger::providers {

/// Whether the same request may succeed in a moment: x-should-retry if the provider says it, else 408, 409, a 429 that
/// is classified as rate_limited (no other 429 passes by itself), 500, 502, 503, 504, 529, and broken connections where
/// repeating does no harm.
[[nodiscard]] bool worth_repeating(const Answer& answer, Repeat repeat);

/// 1 s, 2 s, 4 s, ... at most 8 s, each less up to a half by `dice`, so that clients that failed together do not come
/// back together. `attempt` counts from 1.
[[nodiscard]] std::chrono::milliseconds backoff_pause(int attempt, std::uint64_t dice);

}  // namespace keyledger::providers
