// store/ledger/rollups.h: what events add up to by hour, by day and by key, gathered in memory and then added to the
// database.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <limits>
#include <tuple>

#include "base/zone.h"
#include "domain/ledger/chain.h"
#include "store/database.h"
#include "store/ledger/day_sums.h"

namespace keyledger::store {

/// Remembers where the last minutes lie on the clocks of zones, since looking a zone's offset up takes longer than all
/// else here. Clocks are only ever moved at whole minutes, so that within one hour and day are the same.
class ClockMemo {
 public:
  struct Known {
    Zone zone{};
    std::int64_t minute = std::numeric_limits<std::int64_t>::min();
    std::int64_t bucket = 0;  // see domain/ledger/bucket.h
    std::int64_t day = 0;     // since 1970-01-01
  };
  /// Holds until the next call.
  [[nodiscard]] const Known& look(const Zone& zone, Instant at);

 private:
  std::array<Known, 8> known_{};
  std::size_t next_ = 0;
};

/// Belongs to the writer's thread.
class Rollups {
 public:
  void add(const ledger::Event& event, std::int64_t action_id, const Zone& zone);
  /// Adds everything to the rows of ledger_hours, ledger_all_hours, ledger_days and customer_key_totals, and says in
  /// ledger_state up to which event they count. Then nothing is left here.
  [[nodiscard]] Result<void> write(Transaction& transaction);
  void clear();
  [[nodiscard]] std::size_t events() const { return events_; }

 private:
  struct Hour {
    std::int64_t bucket = 0, key = 0, action_id = 0, status = 0, website = 0;
    auto operator<=>(const Hour&) const = default;
    template <typename H>
    friend H AbslHashValue(H hash, const Hour& hour) {
      return H::combine(std::move(hash), hour.bucket, hour.key, hour.action_id, hour.status, hour.website);
    }
  };
  struct Sums {
    std::int64_t events = 0, units = 0, duration_micros = 0;
  };
  struct Totals {
    std::int64_t admitted = 0, refused = 0, last_event_id = 0, last_at = 0;
  };

  [[nodiscard]] Result<void> write_hours(Transaction& transaction) const;
  [[nodiscard]] Result<void> write_all_hours(Transaction& transaction) const;
  [[nodiscard]] Result<void> write_totals(Transaction& transaction) const;

  absl::flat_hash_map<Hour, Sums> hours_{};
  DaySums days_{};
  absl::flat_hash_map<std::int64_t, Totals> keys_{};
  std::size_t events_ = 0;
  std::int64_t last_event_id_ = 0;
  ClockMemo clocks_{};
};

}  // namespace keyledger::store
