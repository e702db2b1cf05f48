// service/ledger/recount.h: whether the rollups and totals are what the events add up to, in a few numbers of memory.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>

#include "store/ledger/ledger_chain_store.h"

namespace keyledger::service {

/// Compares two big tables of counts without holding either. Each row (an hour, a key, an action, ...) is given a
/// random 64-bit weight, which depends on the row's name and on a seed that nobody knows before; both sides are summed
/// up, weight times count, modulo 2^64. Equal tables have equal sums whatever the order they come in; unequal ones
/// have, but for one case in 2^60 or so, not.
///
/// In which bucket an event was counted depends on the zone its customer had then. The rollups themselves tell: all
/// buckets of a key begin at the same quarter of the UTC hour. Where they do not (the customer has moved to a zone that
/// is half an hour apart, or lives on Lord Howe Island) the key is compared without regard to hours.
///
/// On which day an event was counted nothing tells any more, once its customer has moved: days are compared with the
/// hours as a whole, for each key, action and outcome.
///
/// Order of use: `learn`, `of_all`, `day` and `total` every row, then `rollup` every row, then `event` every event,
/// then ask.
class Recount {
 public:
  /// `kept_from`: the first event that was not dropped. Buckets below `from_bucket` also count events that were, and
  /// are not compared.
  Recount(std::uint64_t seed, UsageEventId kept_from, std::int64_t from_bucket)
      : seed_(seed), kept_from_(kept_from), from_bucket_(from_bucket) {}

  void learn(const store::RollupRow& row);
  void of_all(const store::AllHoursRow& row);
  void day(const store::DayRow& row);
  void rollup(const store::RollupRow& row);
  void total(const store::TotalsRow& row);
  /// Events that are counted; of each key all that there are, in their order.
  void event(const store::StoredEvent& event);

  /// The rollups against the events.
  [[nodiscard]] bool rollups_agree() const { return from_rollups_ == from_events_; }
  /// The sums over all keys against those of the keys.
  [[nodiscard]] bool all_hours_agree() const { return from_all_hours_ == from_keys_; }
  /// What the days count, against what the rollups count.
  [[nodiscard]] bool days_agree() const { return from_days_ == from_hours_; }
  /// What the totals count, against what the rollups count.
  [[nodiscard]] bool totals_agree() const { return totals_ == rolled_up_; }
  /// The newest events that the totals name, as far as these are kept, against those of the chains.
  [[nodiscard]] bool newest_agree() const { return newest_in_totals_ == newest_in_chains_; }

 private:
  struct Sums {
    std::uint64_t events = 0, units = 0, micros = 0;
    bool operator==(const Sums&) const = default;
  };
  template <typename... Parts>
  [[nodiscard]] std::uint64_t weight(Parts... parts) const;
  /// The weight of a row; 0 where it is not compared.
  [[nodiscard]] std::uint64_t weight_of(const store::RollupRow& row) const;
  [[nodiscard]] std::uint64_t weight_of(const store::AllHoursRow& row) const;
  static void add(Sums& sums, std::uint64_t by, std::int64_t events, std::int64_t units, std::int64_t micros);
  [[nodiscard]] std::uint8_t phases_of(CustomerKeyId key) const;

  std::uint64_t seed_;
  UsageEventId kept_from_;
  std::int64_t from_bucket_;
  absl::flat_hash_map<std::int64_t, std::uint8_t> phases_{};  // of each key, one bit for each quarter of the hour
  Sums from_rollups_{}, from_events_{};
  Sums from_all_hours_{}, from_keys_{};
  Sums from_days_{}, from_hours_{};
  std::uint64_t totals_ = 0, rolled_up_ = 0;
  std::uint64_t newest_in_totals_ = 0, newest_in_chains_ = 0;
};

}  // namespace keyledger::service
