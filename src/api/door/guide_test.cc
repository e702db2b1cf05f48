#include "api/door/guide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "embedded/guide_page.h"

namespace keyledger::api {
namespace {

net::Request asking(std::string host, bool tls = false) {
  net::Request request;
  if (!host.empty()) request.headers.add("Host", std::move(host));
  request.peer.tls = tls;
  return request;
}

TEST(GuideAddress, IsTheSettingOrElseTheHostThatWasAsked) {
  EXPECT_EQ(base_url_for(asking("evil.example"), "https://keys.example.com"), "https://keys.example.com");
  EXPECT_EQ(base_url_for(asking("evil.example"), "https://keys.example.com/"), "https://keys.example.com");
  EXPECT_EQ(base_url_for(asking("localhost:5000"), ""), "http://localhost:5000");
  EXPECT_EQ(base_url_for(asking("[::1]:5000", true), ""), "https://[::1]:5000");
}

TEST(GuideAddress, NeverRepeatsWhatIsNoHost) {
  for (const char* bad : {"", "localhost:'$(id)'", "a<b>", "a b", "a\"b", "a'b", "a/b", "a@b", "a;b", "b\xc3\xbc"}) {
    SCOPED_TRACE(bad);
    EXPECT_EQ(base_url_for(asking(bad), ""), "http://127.0.0.1:5000");
  }
}

TEST(Guide, HasEveryPlaceFilledInAndEscaped) {
  const std::string text =
      fill_guide("{{base_url}} {{prefix}} {{timezone}} {{base_url}}", {"http://a", "<&\"'>", "UTC"});
  EXPECT_EQ(text, "http://a &lt;&amp;&quot;&#39;&gt; UTC http://a");
}

TEST(Guide, IsOnePageWithoutScriptsOrStylesOfItsOwn) {
  const std::string page = fill_guide(embedded::guide_page(), {"https://keys.example.com", "urt_", "Europe/Berlin"});
  EXPECT_THAT(page, testing::Not(testing::HasSubstr("{{")));
  for (const char* part : {"<script", "style=", "<style", "onclick", "http://127"}) {
    EXPECT_THAT(page, testing::Not(testing::HasSubstr(part)));
  }
  for (const char* call : {"/api/accounts/available", "/api/accounts/rent", "/api/accounts/status/",
                           "/api/accounts/return/", "/api/stats/me", "X-API-Key", "Retry-After", "Europe/Berlin"}) {
    EXPECT_THAT(page, testing::HasSubstr(call));
  }
}

}  // namespace
}  // namespace keyledger::api
