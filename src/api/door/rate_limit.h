// api/door/rate_limit.h: what a customer is told of the limits of its key, in headers.
#pragma once

#include <optional>
#include <span>

#include "net/answer.h"
#include "service/admission/key_table.h"

namespace keyledger::api {

/// RateLimit-Policy and RateLimit as in draft-ietf-httpapi-ratelimit-headers-11, an item for each limit:
///   RateLimit-Policy: "requests_per_day";q=100;w=86400, "rentals_at_once";q=2;qu="rentals"
///   RateLimit: "requests_per_day";r=99;t=1200, "rentals_at_once";r=2
/// and X-RateLimit-Limit, -Remaining and -Reset (Unix seconds) of the daily limit of requests or, where there is none,
/// of the limit of requests that has the least left. What is unlimited has no header.
void add_rate_limits(net::Headers& headers, std::span<const limits::LimitStanding> standings, Instant now);
void add_rate_limits(net::PromptAnswer& answer, std::span<const limits::LimitStanding> standings, Instant now);

/// "requests_per_day": the name of a limit in those headers.
[[nodiscard]] std::string_view policy_name(limits::Metric metric, limits::Window window);

/// Retry-After, and x-should-retry: false where a client that tries again within a minute would only be refused again.
/// Without a time: nobody knows when.
void add_retry(net::Headers& headers, std::optional<std::chrono::seconds> wait);

}  // namespace keyledger::api
