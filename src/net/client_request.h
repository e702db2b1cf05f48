// net/client_request.h: a request as the bytes that leave.
#pragma once

#include <string>

#include "net/client.h"

namespace keyledger::net {

/// Header and body of `request`, for a connection that is used once.
///
/// Holds: the text, which has the secret in it, is built without ever being copied by a growing string; whoever gets it
/// wipes it. Errors name no value, since any of them could be the secret.
/// Errors: invalid_argument with reason malformed_header (a name that is no token, a control character in a value, or a
/// header that the client itself sets) or malformed_target (not visible ASCII that begins with a slash).
[[nodiscard]] Result<std::string> write_request(const ClientRequest& request, const std::string& user_agent);

}  // namespace keyledger::net
