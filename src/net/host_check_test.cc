#include "net/host_check.h"

#include <gtest/gtest.h>

namespace keyledger::net {
namespace {

TEST(HostCheck, KnowsTheServersNamesAndNoOthers) {
  const struct {
    const char* name;
    const char* address;
    std::vector<std::string> names;
    const char* host;
    bool want;
  } cases[] = {
      {"loopback by address", "127.0.0.1", {}, "127.0.0.1:5000", true},
      {"loopback by name", "127.0.0.1", {}, "localhost:5000", true},
      {"any port", "127.0.0.1", {}, "LOCALHOST:1", true},
      {"without port", "127.0.0.1", {}, "localhost", true},
      {"the other loopback address", "127.0.0.1", {}, "[::1]:5000", true},
      {"written at length", "::1", {}, "[0:0:0:0:0:0:0:1]", true},
      {"loopback six by name", "::1", {}, "localhost", true},
      {"a rebound name", "127.0.0.1", {}, "evil.example", false},
      {"a name that begins like ours", "127.0.0.1", {}, "localhost.evil.example", false},
      {"an address that begins like ours", "127.0.0.1", {}, "127.0.0.1.evil.example", false},
      {"another loopback address", "127.0.0.1", {}, "127.0.0.2", false},
      {"a foreign address", "127.0.0.1", {}, "10.0.0.5", false},
      {"wildcard", "127.0.0.1", {}, "0.0.0.0", false},
      {"a configured name", "127.0.0.1", {"keys.example.com"}, "Keys.Example.com:443", true},
      {"below a configured name", "127.0.0.1", {"keys.example.com"}, "a.keys.example.com", false},
      {"its own address", "10.0.0.5", {}, "10.0.0.5:5000", true},
      {"not loopback then", "10.0.0.5", {}, "localhost", false},
      {"any address on a wildcard", "0.0.0.0", {}, "192.168.1.9:5000", true},
      {"any address on the other wildcard", "::", {}, "[fd00::9]", true},
      {"localhost on a wildcard", "0.0.0.0", {}, "localhost", true},
      {"no name on a wildcard", "0.0.0.0", {}, "evil.example", false},
      {"a name on a wildcard if configured", "0.0.0.0", {"keys.lan"}, "keys.lan", true},
      {"listening on localhost", "localhost", {}, "127.0.0.1", true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(HostCheck(c.address, c.names).allows(c.host), c.want);
  }
}

}  // namespace
}  // namespace keyledger::net
