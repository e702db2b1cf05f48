// service/admission/digest_index.h: from the digest of a key's text to the key.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/instant.h"
#include "crypto/hash.h"
#include "service/admission/chunks.h"

namespace keyledger::service {

/// Both indices of the key table have so many shards. Their hash sets double when they are seven eighths full; this
/// number leaves them three quarters full at a million keys.
inline constexpr std::uint32_t kShards = 80;

/// Digests have numbers, by which they are removed, and lead to a key's number (see KeyShards). Several may lead to
/// one.
///
/// Thread-safe: each shard has a lock of its own, held for one look or one change, and no other is taken meanwhile.
class DigestIndex {
 public:
  struct Found {
    std::uint32_t key = 0;
    std::optional<Instant> valid_until{};
  };

  DigestIndex();
  [[nodiscard]] std::optional<Found> find(const crypto::Digest& digest) const;
  /// Answers the digest's number; it keeps the one that it has.
  [[nodiscard]] std::uint32_t put(const crypto::Digest& digest, std::uint32_t key, std::optional<Instant> valid_until);
  void remove(std::uint32_t number);
  void reserve(std::size_t digests_of_a_shard);

 private:
  struct Slot {
    crypto::Digest digest{};
    std::uint32_t key = 0;
  };
  struct Shard;
  struct Hash {
    using is_transparent = void;
    const Chunks<Slot>* slots;
    std::size_t operator()(const crypto::Digest& digest) const;
    std::size_t operator()(std::uint32_t index) const { return (*this)((*slots)[index].digest); }
  };
  struct Equal {
    using is_transparent = void;
    const Chunks<Slot>* slots;
    bool operator()(std::uint32_t left, std::uint32_t right) const { return left == right; }
    bool operator()(std::uint32_t index, const crypto::Digest& digest) const {
      return (*slots)[index].digest == digest;
    }
    bool operator()(const crypto::Digest& digest, std::uint32_t index) const { return (*this)(index, digest); }
  };
  struct alignas(64) Shard {  // a line of the processor's cache to itself
    mutable std::mutex mutex{};
    Chunks<Slot> slots{};
    absl::flat_hash_set<std::uint32_t, Hash, Equal, WideAllocator<std::uint32_t>> numbers{0, Hash{&slots},
                                                                                          Equal{&slots}};
    absl::flat_hash_map<std::uint32_t, Instant> valid_until{};  // few have an end
  };
  [[nodiscard]] static std::uint32_t shard_of(const crypto::Digest& digest);

  std::array<Shard, kShards> shards_{};
};

}  // namespace keyledger::service
