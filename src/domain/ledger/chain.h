// domain/ledger/chain.h: the hash of a block of the ledger, by which an event that was changed, dropped or moved shows.
//
// A block's hash is SHA-256 over:
//   "keyledger block 1\n"      18 bytes
//   the hash of the block before it, 32 bytes; zeros for the first
//   each event of the block in order, encoded as `encode` says
//
// What is hashed is what was meant, not how it is stored: words go in as text, whatever number they have in the
// database.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "crypto/hash.h"
#include "domain/ledger/call.h"

namespace keyledger::ledger {

/// A call that has its place in the ledger.
struct Event {
  UsageEventId id{};           // counts from 1, without gaps
  UsageEventId previous_id{};  // the event of the same key before this one; 0: none
  Call call{};
};

inline constexpr std::size_t kEventFixedBytes = 95;
inline constexpr std::size_t kEventBytesMax =
    kEventFixedBytes + kActionBytesMax + kResourceBytesMax + kUserAgentBytesMax;
using EventBuffer = std::array<std::uint8_t, kEventBytesMax>;

/// The event as bytes; the answer lies in `buffer`. All numbers are little-endian two's complement:
///   offset  0  id, 8 bytes
///           8  at, 8: milliseconds since 1970, UTC
///          16  customer_key_id, 8
///          24  previous_id, 8
///          32  rental_account_id, 8
///          40  website_id, 8
///          48  units, 8
///          56  duration, 8: microseconds
///          64  http_status, 2
///          66  status, 1
///          67  address, 16: IPv4 as ::ffff:a.b.c.d
///          83  the lengths of action, resource and user agent, 4 each
///          95  these three texts, one after the other
/// A text that is longer than call.h allows (nobody but a forger stores one) is cut there, its length is not.
[[nodiscard]] std::span<const std::uint8_t> encode(const Event& event, EventBuffer& buffer);

/// The hash that stands before the first block.
inline constexpr crypto::Digest kNoBlock{};

/// Hashes one block after the other. Not thread-safe.
class BlockHasher {
 public:
  /// `previous` is the hash of the block before.
  explicit BlockHasher(const crypto::Digest& previous = kNoBlock) { begin(previous); }
  /// Forgets what was added, and begins the block after `previous`.
  void begin(const crypto::Digest& previous);
  void add(const Event& event);
  /// The hash of the block; the next one begins after it.
  [[nodiscard]] crypto::Digest finish();
  /// How many events the open block has.
  [[nodiscard]] std::size_t events() const { return events_; }

 private:
  crypto::Sha256 hash_{};
  std::size_t events_ = 0;
};

}  // namespace keyledger::ledger
