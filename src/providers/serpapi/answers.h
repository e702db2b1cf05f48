// providers/serpapi/answers.h: SerpAPI's account, whose answer repeats the key. It is never taken from there. Pure.
#pragma once

#include "providers/table/row.h"

namespace keyledger::providers::serpapi {

/// GET /account.json. Readings: `searches` of the month, `hourly_searches`, `extra_searches`. Facts: account, email,
/// plan, plan_price (per month). quota_used_up when no search is left. Members that are not named here, `api_key`
/// first of all, are not looked at.
[[nodiscard]] table::Told read_account(const json::Value& body, const net::Headers& headers, Instant now);

/// The row. The key goes in the query, for want of any other way: never into a target, which is logged.
[[nodiscard]] table::Row serpapi_row();

}  // namespace keyledger::providers::serpapi
