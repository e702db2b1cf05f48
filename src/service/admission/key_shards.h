// service/admission/key_shards.h: the keys themselves, by number and by id.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <array>
#include <memory>
#include <mutex>

#include "service/admission/chunks.h"
#include "service/admission/digest_index.h"
#include "service/admission/key_entry.h"
#include "service/admission/limit_sets.h"

namespace keyledger::service {

/// One part of the keys. Everything in it is touched only under its lock.
class alignas(64) KeyShard {
 public:
  std::mutex mutex{};

  [[nodiscard]] KeyEntry& at(std::uint32_t index) { return entries_[index]; }
  /// Its index, or kNone.
  [[nodiscard]] std::uint32_t find(CustomerKeyId id) const;
  [[nodiscard]] std::uint32_t add(CustomerKeyId id);
  void reserve(std::size_t keys) { by_id_.reserve(keys); }
  [[nodiscard]] std::size_t count() const { return entries_.used(); }

  [[nodiscard]] KeyExtras* extras_of(const KeyEntry& entry);
  /// Made if it has none.
  [[nodiscard]] KeyExtras& extras_for(KeyEntry& entry);
  void drop_extras(KeyEntry& entry);

  [[nodiscard]] LimitSets& sets() { return sets_; }
  /// The limits of a key with their counters, in `room`; answers how many.
  [[nodiscard]] std::size_t counters_of(KeyEntry& entry, std::array<limits::Counter, limits::kLimitsMax>& room);

 private:
  struct Hash {
    using is_transparent = void;
    const Chunks<KeyEntry>* entries;
    /// Ids are given one after the other, and so lie one after the other: a start puts them in that order. The lowest
    /// seven bits tell apart what lies together.
    std::size_t operator()(CustomerKeyId id) const {
      const std::uint64_t number = static_cast<std::uint64_t>(id.value) / kShards;
      return number << 7U | (number * 0x9e37'79b9'7f4a'7c15U) >> 57U;
    }
    std::size_t operator()(std::uint32_t index) const { return (*this)((*entries)[index].id); }
  };
  struct Equal {
    using is_transparent = void;
    const Chunks<KeyEntry>* entries;
    bool operator()(std::uint32_t left, std::uint32_t right) const { return left == right; }
    bool operator()(std::uint32_t index, CustomerKeyId id) const { return (*entries)[index].id == id; }
    bool operator()(CustomerKeyId id, std::uint32_t index) const { return (*this)(index, id); }
  };

  Chunks<KeyEntry> entries_{};
  absl::flat_hash_set<std::uint32_t, Hash, Equal, WideAllocator<std::uint32_t>> by_id_{0, Hash{&entries_},
                                                                                       Equal{&entries_}};
  Chunks<std::unique_ptr<KeyExtras>, std::allocator<std::unique_ptr<KeyExtras>>> extras_{};
  LimitSets sets_{};
};

/// A key's shard follows from its id, so that its number (the index in its shard, times the shards, plus the shard)
/// needs 32 bits and says the shard.
class KeyShards {
 public:
  [[nodiscard]] static std::uint32_t shard_of(CustomerKeyId id) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(id.value) % kShards);
  }
  [[nodiscard]] KeyShard& operator[](std::uint32_t shard) { return shards_[shard]; }
  [[nodiscard]] KeyShard& of(CustomerKeyId id) { return shards_[shard_of(id)]; }

 private:
  std::array<KeyShard, kShards> shards_{};
};

}  // namespace keyledger::service
