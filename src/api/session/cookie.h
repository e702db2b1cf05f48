// api/session/cookie.h: the session cookie. Over https its name has the prefix that binds it to this host.
#pragma once

#include <optional>
#include <string>

#include "base/instant.h"
#include "base/secret.h"
#include "net/message.h"

namespace keyledger::api {

/// The session's token from the Cookie header, if there is exactly one.
[[nodiscard]] std::optional<Secret> read_session_cookie(const net::Request& request);
/// The value of Set-Cookie: HttpOnly, SameSite=Strict, and Secure over https.
[[nodiscard]] std::string session_cookie(const Secret& token, bool tls, std::chrono::seconds lasts);
[[nodiscard]] std::string cleared_session_cookie(bool tls);

}  // namespace keyledger::api
