// providers/anthropic/organization.h: the organization, its workspaces and keys; and the limits that are told.
#pragma once

#include "providers/call.h"

namespace keyledger::providers::anthropic {

[[nodiscard]] Task<Discovery> discover_organization(const Caller* caller, Access access);

/// Spend limits for who may read them, rate limits from the headers of the list of models for all others.
[[nodiscard]] Task<Provider::Readings> read_limits(const Caller* caller, Access access);

/// anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}, as far as they are there.
[[nodiscard]] std::vector<usage::Reading> rate_limit_readings(const net::Headers& headers);

}  // namespace keyledger::providers::anthropic
