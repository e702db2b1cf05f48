#include "base/ip_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace keyledger {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr std::size_t kTextBytesMax = INET6_ADDRSTRLEN - 1;  // the terminating zero is not part of the text
constexpr Bytes kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
constexpr int kMappedBits = 96;
constexpr int kBits = 128;

std::string shortened(std::string_view text) {
  return std::string{text.substr(0, 64)};
}

std::optional<Bytes> read(std::string_view text) {
  if (text.size() > kTextBytesMax || text.contains('\0')) return std::nullopt;
  const std::string terminated{text};
  Bytes bytes = kMapped;
  if (::inet_pton(AF_INET, terminated.c_str(), bytes.data() + 12) == 1) return bytes;
  if (::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

/// The first `bits` of an address, the rest zero.
Bytes masked(Bytes bytes, int bits) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int kept = std::clamp(bits - static_cast<int>(i) * 8, 0, 8);
    bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00 >> kept));
  }
  return bytes;
}

/// "8" in "10.0.0.0/8": digits without a sign, a leading zero or anything behind them.
std::optional<int> read_prefix(std::string_view text, int bits_max) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  int bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error != std::errc{} || end != text.data() + text.size() || bits < 0 || bits > bits_max) return std::nullopt;
  return bits;
}

std::string network_text(const IpAddress& address, int prefix_bits) {
  if (prefix_bits == kBits) return address.text();
  const bool v4 = address.is_v4() && prefix_bits >= kMappedBits;
  return fmt::format("{}/{}", address.text(), v4 ? prefix_bits - kMappedBits : prefix_bits);
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  const std::optional<Bytes> bytes = read(text);
  if (!bytes) {
    return fail(Code::invalid_argument,
                fmt::format("\"{}\" is no IP address; write one such as 192.0.2.7 or 2001:db8::1.", shortened(text)),
                "malformed_address");
  }
  return IpAddress{*bytes};
}

bool IpAddress::is_v4() const {
  return std::equal(kMapped.begin(), kMapped.begin() + 12, bytes_.begin());
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const bool v4 = is_v4();
  const void* const from = v4 ? bytes_.data() + 12 : bytes_.data();
  const char* const written = ::inet_ntop(v4 ? AF_INET : AF_INET6, from, buffer.data(), buffer.size());
  check_invariant(written != nullptr, "an address fits its text");
  return written;
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const auto malformed = [&] {
    return fail(Code::invalid_argument,
                fmt::format("\"{}\" is no network; write one such as 10.0.0.0/8, 2001:db8::/32 or a single address.",
                            shortened(text)),
                "malformed_cidr");
  };
  const std::size_t slash = text.find('/');
  const std::string_view address_text = text.substr(0, slash);
  const std::optional<Bytes> bytes = read(address_text);
  if (!bytes) return malformed();
  IpNetwork network;
  network.address_ = IpAddress{*bytes};
  network.prefix_bits_ = kBits;
  if (slash == std::string_view::npos) return network;
  const bool v4 = !address_text.contains(':');  // "::ffff:10.0.0.0/104" counts its bits as IPv6
  const std::optional<int> bits = read_prefix(text.substr(slash + 1), v4 ? kBits - kMappedBits : kBits);
  if (!bits) return malformed();
  network.prefix_bits_ = *bits + (v4 ? kMappedBits : 0);
  const IpAddress meant{masked(*bytes, network.prefix_bits_)};
  if (meant != network.address_) {
    return fail(Code::invalid_argument,
                fmt::format("\"{}\" has bits set beyond its prefix; the network is {}.", shortened(text),
                            network_text(meant, network.prefix_bits_)),
                "malformed_cidr");
  }
  return network;
}

bool IpNetwork::contains(const IpAddress& address) const {
  return masked(address.bytes(), prefix_bits_) == address_.bytes();
}

std::string IpNetwork::text() const {
  return network_text(address_, prefix_bits_);
}

}  // namespace keyledger
