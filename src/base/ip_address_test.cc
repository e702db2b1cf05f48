#include "base/ip_address.h"

#include <gtest/gtest.h>

namespace keyledger {
namespace {

TEST(IpAddress, IsReadAndWritten) {
  const struct {
    const char* text;
    const char* want;
    bool v4;
  } cases[] = {
      {"192.0.2.7", "192.0.2.7", true},
      {"0.0.0.0", "0.0.0.0", true},
      {"255.255.255.255", "255.255.255.255", true},
      {"::ffff:192.0.2.7", "192.0.2.7", true},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", false},
      {"::", "::", false},
      {"::1", "::1", false},
      {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const Result<IpAddress> address = IpAddress::parse(c.text);
    ASSERT_TRUE(address);
    EXPECT_EQ(address->text(), c.want);
    EXPECT_EQ(address->is_v4(), c.v4);
    EXPECT_EQ(IpAddress::parse(address->text()).value(), *address);
  }
}

TEST(IpAddress, AnythingElseIsRefused) {
  for (const std::string& text :
       {std::string{}, std::string{" 192.0.2.7"}, std::string{"192.0.2.7 "}, std::string{"192.0.2"},
        std::string{"192.0.2.256"}, std::string{"192.0.2.07"}, std::string{"0x7f.0.0.1"}, std::string{"[::1]"},
        std::string{"fe80::1%eth0"}, std::string{"1::2::3"}, std::string{"12345::"}, std::string{"localhost"},
        std::string{"192.0.2.7\0", 10}, std::string{"::1\0x", 5}, std::string(100'000, '1')}) {
    const Result<IpAddress> address = IpAddress::parse(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().reason, "malformed_address");
    EXPECT_LT(address.error().message.size(), 200U);
  }
}

TEST(IpNetwork, HoldsWhatSharesItsPrefix) {
  const struct {
    const char* network;
    const char* address;
    bool want;
  } cases[] = {
      {"10.0.0.0/8", "10.255.255.255", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"10.0.0.0/8", "9.255.255.255", false},
      {"192.0.2.0/25", "192.0.2.127", true},
      {"192.0.2.0/25", "192.0.2.128", false},
      {"192.0.2.7", "192.0.2.7", true},
      {"192.0.2.7", "192.0.2.6", false},
      {"192.0.2.7/32", "::ffff:192.0.2.7", true},
      {"0.0.0.0/0", "203.0.113.9", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"::/0", "2001:db8::1", true},
      {"::/0", "203.0.113.9", true},
      {"2001:db8::/32", "2001:db8:ffff::1", true},
      {"2001:db8::/32", "2001:db9::", false},
      {"2001:db8::/33", "2001:db8:7fff::", true},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"2001:db8::/127", "2001:db8::1", true},
      {"2001:db8::/127", "2001:db8::2", false},
      {"2001:db8::1/128", "2001:db8::1", true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string{c.network} + " " + c.address);
    const Result<IpNetwork> network = IpNetwork::parse(c.network);
    ASSERT_TRUE(network) << network.error().message;
    EXPECT_EQ(network->contains(IpAddress::parse(c.address).value()), c.want);
  }
}

TEST(IpNetwork, IsWrittenInOneForm) {
  const struct {
    const char* text;
    const char* want;
  } cases[] = {
      {"10.0.0.0/8", "10.0.0.0/8"},
      {"192.0.2.7/32", "192.0.2.7"},
      {"192.0.2.7", "192.0.2.7"},
      {"2001:DB8::/32", "2001:db8::/32"},
      {"::ffff:10.0.0.0/104", "10.0.0.0/8"},
      {"::1/128", "::1"},
      {"::/0", "::/0"},
      {"0.0.0.0/0", "0.0.0.0/0"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const Result<IpNetwork> network = IpNetwork::parse(c.text);
    ASSERT_TRUE(network);
    EXPECT_EQ(network->text(), c.want);
    EXPECT_EQ(IpNetwork::parse(c.want).value(), *network);
  }
}

TEST(IpNetwork, AnythingElseIsRefused) {
  for (const char* const text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08",
                                 "10.0.0.0/8 ", "10.0.0.0/8/8", "10.0.0/8", "::/129", "::/1000", "all", "10.*"}) {
    const Result<IpNetwork> network = IpNetwork::parse(text);
    ASSERT_FALSE(network) << text;
    EXPECT_EQ(network.error().code, Code::invalid_argument);
    EXPECT_EQ(network.error().reason, "malformed_cidr");
  }
}

TEST(IpNetwork, BitsBeyondThePrefixAreRefusedWithTheNetworkThatWasMeant) {
  const struct {
    const char* text;
    const char* meant;
  } cases[] = {{"10.1.2.3/8", "10.0.0.0/8"}, {"192.0.2.129/25", "192.0.2.128/25"}, {"2001:db8::1/32", "2001:db8::/32"}};
  for (const auto& c : cases) {
    const Result<IpNetwork> network = IpNetwork::parse(c.text);
    ASSERT_FALSE(network) << c.text;
    EXPECT_EQ(network.error().reason, "malformed_cidr");
    EXPECT_NE(network.error().message.find(c.meant), std::string::npos) << network.error().message;
  }
}

}  // namespace
}  // namespace keyledger
