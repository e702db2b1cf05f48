// service/admission/digest_index.h: from the digest of a key's text to the key.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "base/instant.h"
#include "crypto/hash.h"
#include "service/admission/wide_memory.h"

namespace keyledger::service {

/// Both indices of the key table have so many shards. Their hash sets double when they are seven eighths full; this
/// number leaves them three quarters full at a million keys.
inline constexpr std::uint32_t kShards = 80;

/// Half of a digest, which is what keys are told apart by: nobody finds a text for one of a million of 128 bits.
struct DigestHalf {
  std::array<std::uint8_t, 16> bytes{};  // all zero: none
  [[nodiscard]] static DigestHalf of(const crypto::Digest& digest);
  bool operator==(const DigestHalf&) const = default;
};

/// Leads to a key's number (see KeyShards). Several digests may lead to one.
///
/// Thread-safe: each shard has a lock of its own, held for one look or one change, and no other is taken meanwhile.
class DigestIndex {
 public:
  struct Found {
    std::uint32_t key = 0;
    std::optional<Instant> valid_until{};
  };

  [[nodiscard]] std::optional<Found> find(const DigestHalf& digest) const;
  void put(const DigestHalf& digest, std::uint32_t key, std::optional<Instant> valid_until);
  void remove(const DigestHalf& digest);
  void reserve(std::size_t digests_of_a_shard);

 private:
  struct Hash {
    std::size_t operator()(const DigestHalf& digest) const;
  };
  /// What a look finds lies in the table itself, with nothing to follow from there but the key.
  using Keys = absl::flat_hash_map<DigestHalf, std::uint32_t, Hash, std::equal_to<>,
                                   WideAllocator<std::pair<const DigestHalf, std::uint32_t>>>;
  struct alignas(64) Shard {  // a line of the processor's cache to itself
    mutable std::mutex mutex{};
    Keys keys{};
    absl::flat_hash_map<DigestHalf, Instant, Hash> valid_until{};  // few have an end
  };
  [[nodiscard]] static std::uint32_t shard_of(const DigestHalf& digest);

  std::array<Shard, kShards> shards_{};
};

}  // namespace keyledger::service
