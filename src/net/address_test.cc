#include "net/address.h"

#include <gtest/gtest.h>

namespace keyledger::net {
namespace {

TEST(Address, IsWhatTheRegistriesSay) {
  using enum AddressKind;
  const struct {
    const char* address;
    AddressKind kind;
  } cases[] = {
      {"8.8.8.8", global},
      {"0.0.0.0", reserved},
      {"0.1.2.3", reserved},
      {"1.0.0.0", global},
      {"9.255.255.255", global},
      {"10.0.0.0", private_},
      {"10.255.255.255", private_},
      {"11.0.0.0", global},
      {"100.63.255.255", global},
      {"100.64.0.0", private_},
      {"100.127.255.255", private_},
      {"100.128.0.0", global},
      {"127.0.0.1", loopback},
      {"127.255.255.255", loopback},
      {"128.0.0.0", global},
      {"169.253.255.255", global},
      {"169.254.169.254", link_local},
      {"169.255.0.0", global},
      {"172.15.255.255", global},
      {"172.16.0.0", private_},
      {"172.31.255.255", private_},
      {"172.32.0.0", global},
      {"192.0.0.8", reserved},
      {"192.0.2.1", reserved},
      {"192.168.0.1", private_},
      {"192.169.0.0", global},
      {"198.18.0.1", private_},
      {"198.20.0.0", global},
      {"203.0.113.5", reserved},
      {"223.255.255.255", global},
      {"224.0.0.1", reserved},
      {"255.255.255.255", reserved},
      {"::", reserved},
      {"::1", loopback},
      {"2606:4700::1111", global},
      {"fe80::1", link_local},
      {"febf::1", link_local},
      {"fec0::1", private_},
      {"fc00::1", private_},
      {"fdff::1", private_},
      {"ff02::1", reserved},
      {"::ffff:127.0.0.1", loopback},
      {"::ffff:10.1.2.3", private_},
      {"::ffff:169.254.169.254", link_local},
      {"::ffff:8.8.8.8", global},
      {"::127.0.0.1", loopback},
      {"64:ff9b::10.0.0.1", private_},
      {"64:ff9b::8.8.8.8", global},
      {"64:ff9b:1::1", private_},
      {"2002:7f00:1::", loopback},
      {"2002:808:808::", global},
      {"2001:db8::1", reserved},
      {"2001::1", reserved},
      {"100::1", reserved},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.address);
    EXPECT_EQ(classify(boost::asio::ip::make_address(c.address)), c.kind);
  }
}

TEST(Address, OfThisMachineIsKnownByItsUsualNames) {
  for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.8.9.10", "::1"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
  for (const char* host : {"", "localhost.example.com", "127.1", "0x7f.0.0.1", "2130706433", "0.0.0.0",
                           "::", "::ffff:127.0.0.1", "10.0.0.1", "localhost."}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

TEST(Address, MappedIsShownAsTheOneInside) {
  EXPECT_EQ(unmapped(boost::asio::ip::make_address("::ffff:1.2.3.4")).to_string(), "1.2.3.4");
  EXPECT_EQ(unmapped(boost::asio::ip::make_address("::1")).to_string(), "::1");
}

}  // namespace
}  // namespace keyledger::net
