// net/address.h: what kind of place an IP address is, so that a setting cannot make us call where we should not.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <string_view>

namespace keyledger::net {

enum class AddressKind {
  global,      // anywhere on the internet
  loopback,    // this machine
  private_,    // 10/8, 192.168/16, fc00::/7 and others that are somebody's own network
  link_local,  // 169.254/16, fe80::/10: this wire, and the metadata services of clouds
  reserved,    // unspecified, multicast, documentation: nobody's server
};

/// Addresses that carry an IPv4 address inside (mapped, NAT64, 6to4) are what that address is.
/// Source: the special-purpose registries of IANA (RFC 6890 and its updates).
[[nodiscard]] AddressKind classify(const boost::asio::ip::address& address);

/// localhost, 127.0.0.0/8 or ::1 as the host of a URL, without brackets.
[[nodiscard]] bool is_loopback_host(std::string_view host);

/// "::ffff:127.0.0.1", as a dual-stack listener sees it, is "127.0.0.1".
[[nodiscard]] boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

}  // namespace keyledger::net
