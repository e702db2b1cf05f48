// api/door/refusals.h: how a customer is told no.
#pragma once

#include "net/answer.h"
#include "service/admission/admission.h"
#include "service/admission/waiting.h"

namespace keyledger::api {

/// problem+json that also has `success: false`, `error` (the code) and `message`, for programs that look for those.
/// Of an error with reason no_available_accounts the detail, if any, becomes Retry-After.
[[nodiscard]] net::Reply customer_problem(const Error& error);

/// The one answer to a missing and to an unknown key, byte for byte.
[[nodiscard]] net::Reply invalid_key();
/// 429 for an address that has sent too many unknown keys.
[[nodiscard]] net::Reply slowed_down(std::chrono::seconds wait);

/// Status and body for a verdict that is a refusal of a known key, with its Retry-After; without the headers of its
/// limits.
[[nodiscard]] net::Reply refusal(const service::CallContext& context, const service::Admitted& admitted);

/// The headers of the key's limits as they stood when the call was admitted.
void add_rate_limits(net::Headers& headers, const service::Admitted& admitted);
void add_rate_limits(net::PromptAnswer& answer, const service::Admitted& admitted);

}  // namespace keyledger::api
