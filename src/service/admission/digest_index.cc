#include "service/admission/digest_index.h"

#include <cstring>

namespace keyledger::service {

DigestIndex::DigestIndex() = default;

/// A digest's bytes are as random as any hash of them. These eight and the four of the shard are different ones.
std::size_t DigestIndex::Hash::operator()(const crypto::Digest& digest) const {
  std::size_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof(hash));
  return hash;
}

std::uint32_t DigestIndex::shard_of(const crypto::Digest& digest) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, digest.data() + 8, sizeof(bits));
  return bits % kShards;
}

std::optional<DigestIndex::Found> DigestIndex::find(const crypto::Digest& digest) const {
  const Shard& shard = shards_[shard_of(digest)];
  const std::lock_guard lock(shard.mutex);
  shard.numbers.prefetch(digest);  // what find looks at lies in two places; they come at the same time
  const auto number = shard.numbers.find(digest);
  if (number == shard.numbers.end()) return std::nullopt;
  Found found{shard.slots[*number].key};
  if (shard.valid_until.empty()) return found;
  const auto limited = shard.valid_until.find(*number);
  if (limited != shard.valid_until.end()) found.valid_until = limited->second;
  return found;
}

std::uint32_t DigestIndex::put(const crypto::Digest& digest, std::uint32_t key, std::optional<Instant> valid_until) {
  const std::uint32_t shard_number = shard_of(digest);
  Shard& shard = shards_[shard_number];
  const std::lock_guard lock(shard.mutex);
  const auto known = shard.numbers.find(digest);
  const bool fresh = known == shard.numbers.end();
  const std::uint32_t index = fresh ? shard.slots.add() : *known;
  shard.slots[index] = {digest, key};
  if (fresh) shard.numbers.insert(index);
  if (valid_until) {
    shard.valid_until[index] = *valid_until;
  } else {
    shard.valid_until.erase(index);
  }
  return index * kShards + shard_number;
}

void DigestIndex::reserve(std::size_t digests_of_a_shard) {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.numbers.reserve(digests_of_a_shard);
  }
}

void DigestIndex::remove(std::uint32_t number) {
  Shard& shard = shards_[number % kShards];
  const std::uint32_t index = number / kShards;
  const std::lock_guard lock(shard.mutex);
  shard.numbers.erase(index);
  shard.valid_until.erase(index);
  shard.slots.free(index);
}

}  // namespace keyledger::service
