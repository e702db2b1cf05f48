// providers/github/answers.h: what GitHub answers, in our shape. Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "providers/collect.h"
#include "providers/table/row.h"

namespace keyledger::providers::github {

/// GET /user. Facts: login, plan, scopes (of classic tokens), expires_at. Reading: `hourly_requests` from the headers.
[[nodiscard]] table::Told read_user(const json::Value& body, const net::Headers& headers, Instant now);

/// GET /rate_limit, which is free. Reading: `hourly_requests`.
[[nodiscard]] table::Told read_rate_limit(const json::Value& body, const net::Headers& headers, Instant now);

/// The months that a range touches, oldest first.
[[nodiscard]] std::vector<std::chrono::year_month> months_of(const FetchRequest& range);

/// One month of GET /users/{login}/settings/billing/usage: net amounts by day, repository (as project) and product with
/// its SKU (as line item), in US dollars, for the days of `range`.
/// Errors: malformed_answer if there is no list; an item that cannot be read makes the dataset incomplete.
[[nodiscard]] std::optional<keys::Finding> take_billing(const json::Value& body, const FetchRequest& range,
                                                        Dataset& dataset);

}  // namespace keyledger::providers::github
