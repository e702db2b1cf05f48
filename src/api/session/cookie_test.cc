#include "api/session/cookie.h"

#include <gtest/gtest.h>

namespace keyledger::api {
namespace {

std::optional<std::string> token_in(std::vector<std::string> cookies, bool tls = false) {
  net::Request request;
  request.peer.tls = tls;
  for (std::string& cookie : cookies) request.headers.add("cookie", std::move(cookie));
  const std::optional<Secret> token = read_session_cookie(request);
  if (!token) return std::nullopt;
  return std::string{token->reveal()};
}

TEST(SessionCookie, IsFoundAmongOthers) {
  EXPECT_EQ(token_in({"keyledger_session=abc"}), "abc");
  EXPECT_EQ(token_in({"theme=dark; keyledger_session=abc; x=1"}), "abc");
  EXPECT_EQ(token_in({"theme=dark", "keyledger_session=abc"}), "abc");
}

TEST(SessionCookie, IsNotTakenFromWhatOnlyLooksLikeIt) {
  EXPECT_EQ(token_in({}), std::nullopt);
  EXPECT_EQ(token_in({"xkeyledger_session=abc"}), std::nullopt);
  EXPECT_EQ(token_in({"keyledger_session=abc; keyledger_session=def"}), std::nullopt);
  EXPECT_EQ(token_in({"keyledger_session=abc"}, true), std::nullopt);  // over https only the bound name counts
  EXPECT_EQ(token_in({"__Host-keyledger_session=abc"}, true), "abc");
}

TEST(SessionCookie, IsOutOfReachOfScriptsAndOtherSites) {
  const Secret token{"abc"};
  EXPECT_EQ(session_cookie(token, false, std::chrono::seconds{60}),
            "keyledger_session=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=60");
  EXPECT_EQ(session_cookie(token, true, std::chrono::seconds{60}),
            "__Host-keyledger_session=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure");
  EXPECT_EQ(cleared_session_cookie(false), "keyledger_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}

}  // namespace
}  // namespace keyledger::api
