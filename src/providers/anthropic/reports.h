// providers/anthropic/reports.h: messages usage and cost, from the analytics reports where they answer, else from the
// older ones.
#pragma once

#include <string>

#include "providers/call.h"
#include "providers/collect.h"

namespace keyledger::providers::anthropic {

/// What both families report. The datasets have the same names in both, so that a range that was read from one is
/// replaced, never doubled, when it is read from the other.
enum class Kind { messages, cost };
[[nodiscard]] std::string_view dataset_name(Kind kind);

/// The first day for which analytics answers: within 365 days, and not before 2026.
[[nodiscard]] Day analytics_begin(Instant now);

/// Targets without the page.
[[nodiscard]] std::string analytics_target(Kind kind, const FetchRequest& range);
[[nodiscard]] std::string legacy_target(Kind kind, const FetchRequest& range);

/// Adds one page. Analytics: a list of rows. Legacy: a list of buckets with results, without a number of requests and,
/// for cost, without keys. Amounts of both are cents.
void read_analytics_page(const json::Value& page, Kind kind, Dataset& dataset);
void read_legacy_page(const json::Value& page, Kind kind, Dataset& dataset);

[[nodiscard]] Task<Fetched> fetch_reports(const Caller* caller, Access access, FetchRequest range);

}  // namespace keyledger::providers::anthropic
