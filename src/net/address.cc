#include "net/address.h"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <cstdint>
#include <span>
#include <string>

#include "net/ascii.h"

namespace keyledger::net {
namespace {

namespace ip = boost::asio::ip;

struct Block4 {
  std::uint32_t network;
  unsigned bits;
  AddressKind kind;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c = 0) {
  return a << 24 | b << 16 | c << 8;
}

constexpr Block4 kBlocks4[] = {
    {v4(0, 0), 8, AddressKind::reserved},           // this network, and 0.0.0.0
    {v4(10, 0), 8, AddressKind::private_},          //
    {v4(100, 64), 10, AddressKind::private_},       // behind a carrier's address translation
    {v4(127, 0), 8, AddressKind::loopback},         //
    {v4(169, 254), 16, AddressKind::link_local},    //
    {v4(172, 16), 12, AddressKind::private_},       //
    {v4(192, 0, 0), 24, AddressKind::reserved},     // protocol assignments
    {v4(192, 0, 2), 24, AddressKind::reserved},     // documentation
    {v4(192, 168), 16, AddressKind::private_},      //
    {v4(198, 18), 15, AddressKind::private_},       // benchmarks; some tunnels use it
    {v4(198, 51, 100), 24, AddressKind::reserved},  // documentation
    {v4(203, 0, 113), 24, AddressKind::reserved},   // documentation
    {v4(224, 0), 3, AddressKind::reserved},         // multicast, future use, broadcast
};

AddressKind classify_v4(const ip::address_v4& address) {
  for (const Block4& block : kBlocks4) {
    const std::uint32_t mask = ~std::uint32_t{0} << (32 - block.bits);
    if ((address.to_uint() & mask) == block.network) return block.kind;
  }
  return AddressKind::global;
}

using Bytes6 = ip::address_v6::bytes_type;

bool begins_with(const Bytes6& bytes, std::initializer_list<int> prefix) {
  std::size_t i = 0;
  for (const int byte : prefix) {
    if (bytes[i++] != byte) return false;
  }
  return true;
}

ip::address_v4 v4_at(const Bytes6& bytes, std::size_t offset) {
  ip::address_v4::bytes_type inner{};
  for (std::size_t i = 0; i < inner.size(); ++i) inner[i] = bytes[offset + i];
  return ip::address_v4(inner);
}

AddressKind classify_v6(const ip::address_v6& address) {
  const Bytes6 bytes = address.to_bytes();
  if (address.is_loopback()) return AddressKind::loopback;
  if (address.is_unspecified()) return AddressKind::reserved;
  if (begins_with(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return classify_v4(v4_at(bytes, 12));  // mapped
  if (begins_with(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})) return classify_v4(v4_at(bytes, 12));  // compatible
  if (begins_with(bytes, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return classify_v4(v4_at(bytes, 12));  // NAT64
  if (begins_with(bytes, {0, 0x64, 0xff, 0x9b, 0, 1})) return AddressKind::private_;  // NAT64 of one's own
  if (begins_with(bytes, {0x20, 0x02})) return classify_v4(v4_at(bytes, 2));          // 6to4
  if (begins_with(bytes, {0x20, 0x01, 0, 0})) return AddressKind::reserved;           // Teredo
  if (begins_with(bytes, {0x20, 0x01, 0x0d, 0xb8})) return AddressKind::reserved;     // documentation
  if (begins_with(bytes, {0x01, 0, 0, 0, 0, 0, 0, 0})) return AddressKind::reserved;  // discard
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) return AddressKind::link_local;
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0xc0) return AddressKind::private_;  // site-local, deprecated
  if ((bytes[0] & 0xfe) == 0xfc) return AddressKind::private_;
  if (bytes[0] == 0xff) return AddressKind::reserved;  // multicast
  return AddressKind::global;
}

}  // namespace

AddressKind classify(const ip::address& address) {
  return address.is_v4() ? classify_v4(address.to_v4()) : classify_v6(address.to_v6());
}

bool is_loopback_host(std::string_view host) {
  if (equal_ignoring_case(host, "localhost")) return true;
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string{host}, error);
  if (error) return false;
  // A mapped loopback address is no name that anybody uses for this machine.
  return address.is_v4() ? classify(address) == AddressKind::loopback : address.to_v6().is_loopback();
}

ip::address unmapped(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

}  // namespace keyledger::net
