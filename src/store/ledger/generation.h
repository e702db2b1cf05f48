// store/ledger/generation.h: what a stretch of the ledger adds up to, key by key, in memory.
#pragma once

#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "domain/ledger/chain.h"
#include "store/ledger/clock_memo.h"

namespace keyledger::store {

/// Gathers events, and then gives them back as sums, the keys in the order of their ids. Nothing in it takes time that
/// grows with its size, so that no call waits for it: the order is kept as a heap from the beginning.
///
/// Belongs to one thread.
class Generation {
 public:
  /// Where a key's sums lie. Whoever brings events keeps one number for each key, from generation to generation, and
  /// never has to reset it: one that is out of date is noticed.
  using Place = std::uint32_t;

  /// Of one hour and day, action, outcome and website. One name may come several times.
  struct Part {
    std::int64_t bucket = 0, day = 0, action_id = 0, website = 0, status = 0;
    std::int64_t events = 0, units = 0, duration_micros = 0;
  };
  struct OfKey {
    std::int64_t key = 0;
    std::int64_t last_event_id = 0;
    std::int64_t last_at = std::numeric_limits<std::int64_t>::min();  // milliseconds; imported calls lie far back
    std::size_t parts_max = 0;                                        // so many, then they are put together
    absl::InlinedVector<Part, 1> parts{};
  };

  /// Makes room for events of so many keys, which costs nothing until they come.
  explicit Generation(std::size_t keys);

  /// A hint that an event of the key whose sums lie there comes in a moment: they may have to come from far away.
  void expect(Place place) const {
    if (place < keys_.size()) __builtin_prefetch(&keys_[place].parts, 1);
  }
  void add(Place& place, const ledger::Event& event, std::int64_t action_id, const ClockMemo::Known& clocks);
  [[nodiscard]] std::size_t events() const { return events_; }
  [[nodiscard]] std::size_t parts() const { return parts_; }

  [[nodiscard]] bool empty() const { return order_.empty(); }
  /// The key with the smallest id, unless it is empty.
  [[nodiscard]] const OfKey& first() const { return keys_[order_.front().second]; }
  /// The events of that key are not here any more. No events are added from then on, until `clear`.
  void drop_first();
  void clear();

 private:
  [[nodiscard]] OfKey& find(Place& place, std::int64_t key);
  [[nodiscard]] Part& find_part(OfKey& of_key, const Part& name);

  std::vector<OfKey> keys_{};                            // in the order in which they came
  std::vector<std::pair<std::int64_t, Place>> order_{};  // a heap, the smallest key in front
  std::size_t events_ = 0, parts_ = 0;
};

}  // namespace keyledger::store
