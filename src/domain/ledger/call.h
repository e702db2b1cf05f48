// domain/ledger/call.h: one call of one customer key, as the ledger keeps it.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/instant.h"
#include "base/ip_address.h"
#include "base/zone.h"

namespace keyledger::ledger {

/// What became of a call. The numbers are on disk and never change their meaning.
/// success and error were admitted and count against the limits; the others are refusals and move no counter.
BOOST_DEFINE_FIXED_ENUM_CLASS(Status, std::uint8_t, success, error, rate_limited, key_revoked, key_expired,
                              customer_suspended, ip_not_allowed, action_not_allowed)

[[nodiscard]] constexpr bool admitted(Status status) {
  return status == Status::success || status == Status::error;
}

inline constexpr std::size_t kActionBytesMax = 64;
inline constexpr std::size_t kResourceBytesMax = 200;
inline constexpr std::size_t kUserAgentBytesMax = 256;  // longer ones are cut, at a character

/// A call before it has a number. The views live until it was appended.
struct Call {
  Instant at{};  // when its request arrived
  CustomerKeyId customer_key_id{};
  Status status = Status::success;
  std::uint16_t http_status = 0;
  RentalAccountId rental_account_id{};  // 0: none
  WebsiteId website_id{};               // 0: none
  std::int64_t units = 1;
  std::chrono::microseconds duration{};  // until it was handed to the ledger
  IpAddress address{};
  std::string_view action{};      // "rent", "verify", or a word of the seller's
  std::string_view resource{};    // of a verify call; empty otherwise
  std::string_view user_agent{};  // printable, cut to kUserAgentBytesMax

  /// On whose clocks its hour and day are counted: those of the key's customer. Not a part of the event; whoever knows
  /// it already spares the ledger from asking.
  std::optional<Zone> zone{};
};

/// The call with its words cut to what the ledger keeps, each at the end of a character.
[[nodiscard]] Call fitting(Call call);

/// Where the words of a call are kept while it travels in a mutation.
struct OwnedCall {
  Call call{};  // its views are set by `view`
  std::string action{}, resource{}, user_agent{};
  [[nodiscard]] Call view() const;
};

}  // namespace keyledger::ledger
