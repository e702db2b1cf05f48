// providers/table/readers.h: what good answers tell, for the providers that are a row, and small pieces for all others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/money.h"
#include "domain/usage/rows.h"
#include "providers/table/row.h"

namespace keyledger::providers::table {

// Readers. Each answers unexpected_answer when the member that makes the answer what it is does not stand there.

/// A list of models: OpenAI's {"data": [...]} and its relatives ({"object": "list", "data": null}, {"models": [...]},
/// a bare list). Fact: models, their number.
[[nodiscard]] Told read_models(const json::Value& body, const net::Headers& headers, Instant now);
/// The first page of Gemini's models, whose number says nothing.
[[nodiscard]] Told read_some_models(const json::Value& body, const net::Headers& headers, Instant now);
/// DeepSeek's balance, one reading for each currency (`balance_usd`, `balance_cny`); insufficient_quota when it is not
/// enough for a call.
[[nodiscard]] Told read_deepseek_balance(const json::Value& body, const net::Headers& headers, Instant now);
/// Cohere's {"valid": true}; key_rejected for false. Facts: organization, owner.
[[nodiscard]] Told read_cohere_check(const json::Value& body, const net::Headers& headers, Instant now);
/// Tavily's credits of the key, the plan and pay-as-you-go. Fact: plan.
[[nodiscard]] Told read_tavily_usage(const json::Value& body, const net::Headers& headers, Instant now);

// Pieces.

[[nodiscard]] Told unexpected();
/// A whole number of at least 0, written as number or string; else nothing.
[[nodiscard]] std::optional<std::int64_t> count_of(const json::Value& value);
/// An amount of whole units of the currency; nothing if it is no decimal.
[[nodiscard]] std::optional<Money> money_of(const json::Value& value, Currency currency);
/// Whether the object has the member and it is null: said to be nothing, which is more than not said.
[[nodiscard]] bool is_told_null(const json::Value& object, std::string_view name);
/// Adds the fact if there is a text or number for it.
void add_fact(Told& told, std::string name, const json::Value& value);

/// used of limit; what is no count is not known. `remaining` is the difference, not under 0.
[[nodiscard]] usage::Reading counted(std::string name, std::string unit, const json::Value& used,
                                     const json::Value& limit);
[[nodiscard]] usage::Reading balance(std::string name, Money remaining);

/// Whether a day belongs to the range: providers answer more days than they were asked for.
[[nodiscard]] bool is_within(Day day, const FetchRequest& range);
/// The day in front of "2026-11-21", "2026-11-21 00:00:00" and "2026-11-21T00:00:00Z".
[[nodiscard]] std::optional<Day> leading_day(const json::Value& value);

}  // namespace keyledger::providers::table
