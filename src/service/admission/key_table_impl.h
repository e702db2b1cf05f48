// service/admission/key_table_impl.h: the inside of the key table.
//
// The rule of locks: putting is one at a time (put_mutex), and a shard's lock is held for one look or change, with no
// other shard's lock taken meanwhile. A call takes the lock of its digest's shard, learns the key's number, lets go,
// and takes the lock of the key's shard, under which everything is judged and taken: time, status, limits. Entries are
// never destroyed, so the number stays good in between; a digest that is taken away in between belongs to a call that
// was under way when `put` ran, which may as well have come before it. Once `put` has returned, no call sees what was
// before.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <deque>
#include <mutex>

#include "service/admission/digest_index.h"
#include "service/admission/forward_clock.h"
#include "service/admission/key_shards.h"

namespace keyledger::service {

struct KeyTable::Impl {
  Impl(const Clock* wall, Zone installation_zone, SteadyClock steady_clock)
      : clock(wall), steady(std::move(steady_clock)), installation(installation_zone) {}

  [[nodiscard]] Zone zone_of(const KeyEntry& entry) const;
  [[nodiscard]] limits::Moment moment_of(const KeyEntry& entry) const;
  [[nodiscard]] Admitted judge(const Ask& ask, const limits::Need& need);
  void give_back(const Taken& taken, const limits::Need& need);

  /// Under put_mutex.
  [[nodiscard]] CustomerEntry& customer(CustomerId id);
  void put(const KeyRecord& record);
  void apply(KeyShard& shard, KeyEntry& entry, const KeyRecord& record, bool fresh);
  void change_limits(KeyShard& shard, KeyEntry& entry, const KeyRecord& record, bool fresh);
  void put_digests(KeyShard& shard, std::uint32_t number, const KeyRecord& record);

  /// Calls `work(shard, entry)` under the key's lock, if there is such a key.
  template <typename Work>
  void with_key(CustomerKeyId id, Work work) {
    KeyShard& shard = keys.of(id);
    const std::lock_guard lock(shard.mutex);
    const std::uint32_t index = shard.find(id);
    if (index != kNone) work(shard, shard.at(index));
  }

  ForwardClock clock;
  const SteadyClock steady;
  std::atomic<Zone> installation;
  DigestIndex digests{};
  KeyShards keys{};

  std::atomic<std::uint64_t> version = 0;
  std::mutex put_mutex{};
  std::deque<CustomerEntry> customer_entries{};
  absl::flat_hash_map<std::int64_t, CustomerEntry*> customers{};
  LimitKinds kinds{};
};

}  // namespace keyledger::service
