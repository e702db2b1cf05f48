#include "api/door/caller.h"

#include <gtest/gtest.h>

namespace keyledger::api {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

net::Request from(std::string peer, const Fields& fields) {
  net::Request request;
  request.peer.address = std::move(peer);
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  return request;
}

std::vector<IpNetwork> networks(const std::vector<std::string>& texts) {
  std::vector<IpNetwork> made;
  for (const std::string& text : texts) made.push_back(*IpNetwork::parse(text));
  return made;
}

TEST(CallersKey, IsTakenFromEitherHeader) {
  const struct {
    const char* name;
    Fields fields;
    std::string_view want;
  } cases[] = {
      {"none", {}, ""},
      {"its own header", {{"X-API-Key", "urt_a"}}, "urt_a"},
      {"its own header in lower case", {{"x-api-key", "urt_a"}}, "urt_a"},
      {"a bearer token", {{"Authorization", "Bearer urt_a"}}, "urt_a"},
      {"a scheme in lower case", {{"authorization", "bearer  urt_a"}}, "urt_a"},
      {"both, and the same", {{"X-API-Key", "urt_a"}, {"Authorization", "Bearer urt_a"}}, "urt_a"},
      {"another scheme is none of ours", {{"Authorization", "Basic dXJ0X2E="}}, ""},
      {"another scheme beside a key", {{"X-API-Key", "urt_a"}, {"Authorization", "Basic dXJ0X2E="}}, "urt_a"},
      {"a scheme without a token", {{"Authorization", "Bearer "}}, ""},
      {"an empty header", {{"X-API-Key", ""}, {"Authorization", "Bearer urt_a"}}, "urt_a"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const net::Request request = from("127.0.0.1", c.fields);
    const Result<Caller> caller = read_caller(request, {});
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->key, c.want);
  }
}

TEST(CallersKey, IsRefusedWhereTwoDiffer) {
  const Fields cases[] = {
      {{"X-API-Key", "urt_a"}, {"Authorization", "Bearer urt_b"}},
      {{"Authorization", "Bearer urt_b"}, {"X-API-Key", "urt_a"}},
      {{"X-API-Key", "urt_a"}, {"X-API-Key", "urt_b"}},
  };
  for (const Fields& fields : cases) {
    const net::Request request = from("127.0.0.1", fields);
    const Result<Caller> caller = read_caller(request, {});
    ASSERT_FALSE(caller);
    EXPECT_EQ(caller.error().reason, "conflicting_keys");
    EXPECT_EQ(caller.error().code, Code::invalid_argument);
  }
}

TEST(CallersUserAgent, IsAsItWasSent) {
  const net::Request request = from("127.0.0.1", {{"User-Agent", "curl/7.88.1"}});
  EXPECT_EQ(read_caller(request, {})->user_agent, "curl/7.88.1");
}

TEST(CallersAddress, IsTheNearestThatIsNoTrustedProxy) {
  constexpr const char* kName = "X-Forwarded-For";
  const std::vector<std::string> two{"127.0.0.1", "10.0.0.0/8"};
  const struct {
    const char* name;
    std::vector<std::string> trusted;
    const char* peer;
    Fields fields;
    const char* want;
  } cases[] = {
      {"no header", two, "127.0.0.1", {}, "127.0.0.1"},
      {"nobody is trusted", {}, "127.0.0.1", {{kName, "192.0.2.7"}}, "127.0.0.1"},
      {"the peer is not trusted", {"10.0.0.0/8"}, "192.0.2.1", {{kName, "192.0.2.7"}}, "192.0.2.1"},
      {"one hop", two, "127.0.0.1", {{kName, "192.0.2.7"}}, "192.0.2.7"},
      {"what the caller itself has put in front", two, "127.0.0.1", {{kName, "198.51.100.1, 192.0.2.7"}}, "192.0.2.7"},
      {"through two proxies", two, "127.0.0.1", {{kName, "198.51.100.1, 192.0.2.7, 10.1.2.3"}}, "192.0.2.7"},
      {"in two headers", two, "127.0.0.1", {{kName, "192.0.2.7"}, {kName, "10.1.2.3"}}, "192.0.2.7"},
      {"only proxies", two, "127.0.0.1", {{kName, "10.9.9.9, 10.1.2.3"}}, "10.9.9.9"},
      {"no address", two, "127.0.0.1", {{kName, "192.0.2.7, unknown"}}, "127.0.0.1"},
      {"no address behind a proxy", two, "127.0.0.1", {{kName, "192.0.2.7, , 10.1.2.3"}}, "10.1.2.3"},
      {"an empty header", two, "127.0.0.1", {{kName, ""}}, "127.0.0.1"},
      {"a port", two, "127.0.0.1", {{kName, "192.0.2.7:4711"}}, "192.0.2.7"},
      {"version 6", two, "127.0.0.1", {{kName, "2001:db8::7"}}, "2001:db8::7"},
      {"version 6 with a port", two, "127.0.0.1", {{kName, "[2001:db8::7]:4711"}}, "2001:db8::7"},
      {"a bracket that never closes", two, "127.0.0.1", {{kName, "[2001:db8::7"}}, "2001:db8::7"},
      {"a mapped peer", {"127.0.0.1"}, "::ffff:127.0.0.1", {{kName, "192.0.2.7"}}, "192.0.2.7"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(client_address(from(c.peer, c.fields), networks(c.trusted)).text(), c.want);
  }
}

TEST(CallersAddress, IsNoneOverTheLocalSocket) {
  net::Request request = from("", {{"X-Forwarded-For", "192.0.2.7"}});
  request.peer.local_socket = true;
  EXPECT_EQ(client_address(request, networks({"0.0.0.0/0"})), IpAddress{});
}

}  // namespace
}  // namespace keyledger::api
