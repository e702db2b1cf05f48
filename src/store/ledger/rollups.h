// store/ledger/rollups.h: what events add up to by hour, by day and by key: gathered in memory and then added to the
// database, slice by slice.
#pragma once

#include "store/ledger/generation.h"
#include "store/ledger/ledger.h"
#include "store/ledger/ledger_chain_store.h"
#include "store/ledger/sum_rows.h"

namespace keyledger::store {

/// Two generations: the open one gathers, the closing one is on its way into the database, a slice of its keys with
/// each commit. All rows of a key are written at once, and `ledger_state` says in the same transaction up to which
/// event of the ledger, and within the closing generation up to which key, everything is counted (LedgerProgress).
///
/// Belongs to the writer's thread. What it does in memory holds only if the transaction is committed; after one that
/// was not, `begin` and `add` again what the database does not count.
class Rollups {
 public:
  explicit Rollups(const LedgerOptions& options);

  /// Forgets everything, and goes on where the database is.
  void begin(const LedgerProgress& progress);
  /// See Generation.
  void expect(Generation::Place place) const { open_.expect(place); }
  /// Events in their order, those that are not counted. `place`: see Generation.
  void add(Generation::Place& place, const ledger::Event& event, std::int64_t action_id, const Zone& zone);

  /// To be called with each commit of events, of which there were `events`, after these were added: closes the open
  /// generation when it is full, and writes so much of the closing one that it is done before the open one is full.
  [[nodiscard]] Result<void> write_due(Transaction& transaction, std::size_t events);
  /// Closes the open generation if nothing else is being written, full or not, and writes a slice. Repeated until
  /// `progress` says so, this counts everything.
  [[nodiscard]] Result<void> write_more(Transaction& transaction);

  /// Events that the database does not count.
  [[nodiscard]] std::size_t events() const { return open_.events() + closing_.events(); }
  /// The database counts all events up to this one, and some beyond it.
  [[nodiscard]] UsageEventId rolled_up_to() const { return progress_.rolled_up_to; }

 private:
  void close();
  [[nodiscard]] Result<void> write_slice(Transaction& transaction, std::size_t parts);
  void take_first();
  [[nodiscard]] Result<void> write_rows(Transaction& transaction);

  const LedgerOptions options_;
  LedgerProgress progress_{};
  UsageEventId newest_{};  // the last that was added
  Generation open_, closing_;
  ClockMemo clocks_{};

  // Of the slice that is being written; empty between.
  std::vector<HourRow> hours_{};
  std::vector<HourOfAll> all_hours_{};
  std::vector<DayOfKey> days_{};
  std::vector<TotalsToAdd> totals_{};
};

}  // namespace keyledger::store
