// providers/anthropic/request.h: what every call to Anthropic has in common, and what its refusals mean.
#pragma once

#include <string>

#include "providers/call.h"

namespace keyledger::providers::anthropic {

/// The version that Keyledger speaks. Answers are read in the shapes of this one and of 2026-10-21.
inline constexpr std::string_view kVersion = "2023-06-01";
/// The beta that opens the analytics reports.
inline constexpr std::string_view kAnalyticsBeta = "analytics-usage-cost-2026-08-24";

/// A GET with x-api-key, anthropic-version and, if not empty, anthropic-beta.
[[nodiscard]] Call request(const Access& access, std::string target, Patience patience, std::string_view beta = {});

/// Reads {"type": "error", "error": {"type", "message", "details": {"error_code"}}}; an unknown error_code is taken as
/// the bare type.
[[nodiscard]] keys::Finding classify(unsigned status, const net::Headers& headers, const json::Value& body);

/// A refusal by an endpoint of the organization, made exact. Individual accounts have none, which comes as 404 or as
/// organization_type_not_supported. A key that is bound to a workspace is answered "invalid x-api-key", as a wrong key
/// is: the list of models, which every live key may read, tells the two apart. Other keys without the right need an
/// admin key.
[[nodiscard]] Task<keys::Finding> of_organization(const Caller* caller, const Access* access, keys::Finding finding,
                                                  Patience patience);

}  // namespace keyledger::providers::anthropic
