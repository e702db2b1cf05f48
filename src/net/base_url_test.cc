#include <gtest/gtest.h>

#include "net/client.h"

namespace keyledger::net {
namespace {

TEST(BaseUrl, IsTakenApart) {
  const struct {
    const char* text;
    bool tls;
    const char* host;
    std::uint16_t port;
    const char* prefix;
  } cases[] = {
      {"https://api.example.com", true, "api.example.com", 443, ""},
      {"https://api.example.com/", true, "api.example.com", 443, ""},
      {"HTTPS://API.Example.com/v1", true, "api.example.com", 443, "/v1"},
      {"https://api.example.com:8443/a/b//", true, "api.example.com", 8443, "/a/b"},
      {"https://api.example.com:", true, "api.example.com", 443, ""},
      {"https://10.0.0.5:1", true, "10.0.0.5", 1, ""},
      {"https://[2001:db8::1]:65535/v1", true, "2001:db8::1", 65535, "/v1"},
      {"http://localhost:8080/v1", false, "localhost", 8080, "/v1"},
      {"http://127.0.0.1", false, "127.0.0.1", 80, ""},
      {"http://127.1.2.3", false, "127.1.2.3", 80, ""},
      {"http://[::1]:9", false, "::1", 9, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const Result<BaseUrl> base = parse_base_url(c.text);
    ASSERT_TRUE(base.has_value()) << base.error().message;
    EXPECT_EQ(base->tls, c.tls);
    EXPECT_EQ(base->host, c.host);
    EXPECT_EQ(base->port, c.port);
    EXPECT_EQ(base->prefix, c.prefix);
  }
}

TEST(BaseUrl, RefusesWhatIsNoAddressOfAServer) {
  for (const char* text : {"",
                           "api.example.com",
                           "/v1",
                           "//api.example.com/v1",
                           "ftp://api.example.com",
                           "file:///etc/passwd",
                           "https:",
                           "https://",
                           "https:///v1",
                           "https://:443/",
                           "https://user@api.example.com",
                           "https://user:pass@api.example.com",
                           "https://api.example.com?x=1",
                           "https://api.example.com/#a",
                           "https://api.example.com:0",
                           "https://api.example.com:65536",
                           "https://api.example.com:80a",
                           "https://a b.example.com",
                           "https://api.example.com/a b",
                           "https://api.example.com/%zz",
                           "https://api.example.com/../x",
                           "https://api.example.com/%2e%2e/x",
                           "https://\xc3\xa4.example.com",
                           "https://a%2fb.example.com/",
                           "https://api.example.com\\@evil.example/",
                           " https://api.example.com",
                           "https://api.example.com\r\nX: y"}) {
    SCOPED_TRACE(text);
    const Result<BaseUrl> base = parse_base_url(text);
    ASSERT_FALSE(base.has_value());
    EXPECT_EQ(base.error().code, Code::invalid_argument);
    EXPECT_EQ(base.error().reason, "malformed_base_url");
  }
}

TEST(BaseUrl, RefusesPlainHttpToAnythingButThisMachine) {
  for (const char* text :
       {"http://api.example.com", "http://10.0.0.5", "http://localhost.example.com", "http://a.127.0.0.1.example.com",
        "http://0.0.0.0", "http://[::ffff:127.0.0.1]", "http://2130706433", "http://[fe80::1]"}) {
    SCOPED_TRACE(text);
    const Result<BaseUrl> base = parse_base_url(text);
    ASSERT_FALSE(base.has_value());
    EXPECT_EQ(base.error().reason, "insecure_base_url");
  }
}

}  // namespace
}  // namespace keyledger::net
