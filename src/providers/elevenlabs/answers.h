// providers/elevenlabs/answers.h: what ElevenLabs answers, in our shape. Pure. It counts in credits, once characters.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "providers/provider.h"
#include "providers/table/row.h"

namespace keyledger::providers::elevenlabs {

/// GET /v1/user/subscription. Readings: `credits` of the billing period, and `overage` in money where there is one.
/// Facts: plan, status. billing_problem when the subscription is past due.
[[nodiscard]] table::Told read_subscription(const json::Value& body, const net::Headers& headers, Instant now);

/// One metric by UTC day.
using Series = std::map<Day, std::int64_t>;

/// GET /v1/usage/character-stats: {"time": [ms], "usage": {"All": [...]}} as a series of the days of `range`. The
/// series `All` counts; without it, all others together. Fractions are rounded, half up, as credits are whole. Errors:
/// nothing if the lists are missing, of different lengths, or hold what is no number of at least 0.
[[nodiscard]] std::optional<Series> read_stats(const json::Value& body, const FetchRequest& range);

}  // namespace keyledger::providers::elevenlabs
