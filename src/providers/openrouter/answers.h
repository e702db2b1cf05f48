// providers/openrouter/answers.h: what OpenRouter answers, in our shape. Pure. All its amounts are US dollars.
#pragma once

#include <string>

#include "providers/collect.h"
#include "providers/table/row.h"

namespace keyledger::providers::openrouter {

inline constexpr std::size_t kKeysPerPage = 100;

/// GET /key. Facts: label, kind (management or inference), tier, expires_at. Readings: `key_limit` (what the key may
/// spend), `month_spend`, `today_spend`, `free_requests` of the day. spend_limit_reached when nothing of its limit is
/// left.
[[nodiscard]] table::Told read_key(const json::Value& body, const net::Headers& headers, Instant now);

/// Whether GET /key described a management key.
[[nodiscard]] bool is_management_key(const json::Value& body);

/// GET /credits: reading `balance`, what was bought less what was used.
[[nodiscard]] table::Told read_credits(const json::Value& body, const net::Headers& headers, Instant now);

/// GET /activity as usage and cost rows by day and model, for the days of `range`.
/// Errors: malformed_answer if it is no list of activity; an item that cannot be read makes the dataset incomplete.
[[nodiscard]] std::optional<keys::Finding> take_activity(const json::Value& body, const FetchRequest& range,
                                                         Dataset& dataset);

/// One page of GET /keys, whose `hash` is the SHA-256 of the key. Returns how many keys the page had.
std::size_t take_keys(const json::Value& body, Discovery& discovery);

}  // namespace keyledger::providers::openrouter
