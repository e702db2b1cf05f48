// base/ip_address.h: IP addresses and networks as values. No socket in sight.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace keyledger {

/// IPv4 or IPv6; an IPv4 address is kept, and compared, as its mapped form (::ffff:a.b.c.d).
class IpAddress {
 public:
  IpAddress() = default;  // ::
  explicit IpAddress(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}
  /// "192.0.2.7", "2001:db8::1"; no zone, no brackets. Errors: invalid_argument, reason malformed_address.
  [[nodiscard]] static Result<IpAddress> parse(std::string_view text);
  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  [[nodiscard]] std::string text() const;
  auto operator<=>(const IpAddress&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

/// "10.0.0.0/8", "2001:db8::/32", or a single address.
class IpNetwork {
 public:
  /// Errors: invalid_argument, reason malformed_cidr, also where bits are set beyond the prefix (the message has the
  /// network that was probably meant).
  [[nodiscard]] static Result<IpNetwork> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] std::string text() const;  // as it is stored and shown
  bool operator==(const IpNetwork&) const = default;

 private:
  IpAddress address_{};
  int prefix_bits_ = 0;  // of the 128
};

}  // namespace keyledger
