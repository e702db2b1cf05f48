#include "service/admission/digest_index.h"

#include <algorithm>
#include <cstring>

namespace keyledger::service {

DigestHalf DigestHalf::of(const crypto::Digest& digest) {
  DigestHalf half;
  std::copy_n(digest.begin(), half.bytes.size(), half.bytes.begin());
  return half;
}

/// A digest's bytes are as random as any hash of them. These eight and the four of the shard are different ones.
std::size_t DigestIndex::Hash::operator()(const DigestHalf& digest) const {
  std::size_t hash = 0;
  std::memcpy(&hash, digest.bytes.data(), sizeof(hash));
  return hash;
}

std::uint32_t DigestIndex::shard_of(const DigestHalf& digest) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, digest.bytes.data() + 8, sizeof(bits));
  return bits % kShards;
}

std::optional<DigestIndex::Found> DigestIndex::find(const DigestHalf& digest) const {
  const Shard& shard = shards_[shard_of(digest)];
  const std::lock_guard lock(shard.mutex);
  const auto key = shard.keys.find(digest);
  if (key == shard.keys.end()) return std::nullopt;
  Found found{key->second};
  if (shard.valid_until.empty()) return found;
  const auto limited = shard.valid_until.find(digest);
  if (limited != shard.valid_until.end()) found.valid_until = limited->second;
  return found;
}

void DigestIndex::put(const DigestHalf& digest, std::uint32_t key, std::optional<Instant> valid_until) {
  Shard& shard = shards_[shard_of(digest)];
  const std::lock_guard lock(shard.mutex);
  shard.keys.insert_or_assign(digest, key);
  if (valid_until) {
    shard.valid_until[digest] = *valid_until;
  } else {
    shard.valid_until.erase(digest);
  }
}

void DigestIndex::reserve(std::size_t digests_of_a_shard) {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.keys.reserve(digests_of_a_shard);
  }
}

void DigestIndex::remove(const DigestHalf& digest) {
  Shard& shard = shards_[shard_of(digest)];
  const std::lock_guard lock(shard.mutex);
  shard.keys.erase(digest);
  shard.valid_until.erase(digest);
}

}  // namespace keyledger::service
