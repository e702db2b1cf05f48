// service/webhooks/signature.h: signatures by the Standard Webhooks specification (www.standardwebhooks.com).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/instant.h"
#include "base/secret.h"

namespace keyledger::service {

/// "whsec_" and 32 random bytes in base64.
[[nodiscard]] Secret make_webhook_secret();

/// What the header webhook-signature carries: "v1," and the base64 of the HMAC-SHA256 over id, seconds and body.
/// Errors: internal, where the secret is none.
[[nodiscard]] Result<std::string> sign_webhook(const Secret& secret, std::string_view id, std::int64_t unix_seconds,
                                               std::string_view body);

}  // namespace keyledger::service
