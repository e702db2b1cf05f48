// providers/xai/answers.h: what xAI answers, in our shape. Pure. Amounts of its billing are cents of a US dollar as
// text.
#pragma once

#include <optional>
#include <string>

#include "providers/collect.h"
#include "providers/table/row.h"

namespace keyledger::providers::xai {

/// GET /api-key: alive only when the key is not blocked or disabled and its team is not blocked, else key_disabled or
/// key_blocked. Facts: key_name, team, key_id, permissions.
[[nodiscard]] table::Told read_key(const json::Value& body, const net::Headers& headers, Instant now);

/// GET /auth/management-keys/validation. Facts: key_name, team, key_id.
[[nodiscard]] table::Told read_management_key(const json::Value& body, const net::Headers& headers, Instant now);

/// "-2317" (or {"val": "-2317"}) as 23.17 USD times `sign`; an object without `val` is 0, anything else is not known.
[[nodiscard]] std::optional<Money> cents_of(const json::Value& value, int sign);

/// Prepaid credit, which xAI writes as a negative number of cents: reading `balance`. What this month cost is posted
/// when the month is over, so the true balance is lower by `month_spend`.
[[nodiscard]] table::Told read_balance(const json::Value& body, const net::Headers& headers, Instant now);

/// The invoice of the current month as it would be today: reading `month_spend`.
[[nodiscard]] table::Told read_invoice_preview(const json::Value& body, const net::Headers& headers, Instant now);

/// The question for dollars by day from `from` to before `to`, as JSON.
[[nodiscard]] std::string usage_question(Day from, Day to);

/// Its answer as cost rows of the dataset.
/// Errors: malformed_answer (no list of series) and answer_too_large (it says that a limit cut it off): then nothing of
///         it may replace what is stored.
[[nodiscard]] std::optional<keys::Finding> take_usage(const json::Value& body, const FetchRequest& range,
                                                      Dataset& dataset);

}  // namespace keyledger::providers::xai
