#include "api/session/cookie.h"

#include <fmt/format.h>

#include "net/ascii.h"

namespace keyledger::api {
namespace {

std::string_view cookie_name(bool tls) {
  return tls ? "__Host-keyledger_session" : "keyledger_session";
}

std::string attributes(bool tls, std::chrono::seconds lasts) {
  return fmt::format("; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", lasts.count(), tls ? "; Secure" : "");
}

}  // namespace

std::optional<Secret> read_session_cookie(const net::Request& request) {
  const std::string wanted = fmt::format("{}=", cookie_name(request.peer.tls));
  std::optional<Secret> token;
  for (const auto& [name, value] : request.headers.fields()) {
    if (!net::equal_ignoring_case(name, "Cookie")) continue;
    for (std::size_t from = 0; from < value.size();) {
      const std::size_t to = std::min(value.find(';', from), value.size());
      std::string_view pair = value.substr(from, to - from);
      pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
      from = to + 1;
      if (!pair.starts_with(wanted)) continue;
      if (token) return std::nullopt;  // two of them: nobody knows which is ours
      token.emplace(std::string{pair.substr(wanted.size())});
    }
  }
  return token;
}

std::string session_cookie(const Secret& token, bool tls, std::chrono::seconds lasts) {
  return fmt::format("{}={}{}", cookie_name(tls), token.reveal(), attributes(tls, lasts));
}

std::string cleared_session_cookie(bool tls) {
  return fmt::format("{}={}", cookie_name(tls), attributes(tls, std::chrono::seconds{0}));
}

}  // namespace keyledger::api
