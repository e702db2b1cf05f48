// providers/openai/errors.h: what OpenAI's refusals mean.
#pragma once

#include "domain/keys/findings.h"
#include "domain/keys/provider_key.h"
#include "providers/call.h"

namespace keyledger::providers::openai {

/// Reads {"error": {"message", "type", "code"}} and {"error": "text"}. "Missing scopes:" decides before the status,
/// since it comes as 401 and as 403; so does insufficient_quota, which no waiting cures.
[[nodiscard]] keys::Finding classify(unsigned status, const net::Headers& headers, const json::Value& body);

/// The same refusal when it was the organization that was asked: a key that is no admin key cannot have the scope, so
/// what it needs is an admin key beside it.
[[nodiscard]] keys::Finding of_organization(keys::Finding finding, keys::KeyType type);

}  // namespace keyledger::providers::openai
