// store/ledger/appender.h: the writing end of the ledger: numbers, chains, hashes and counts events, in memory and in
// the transaction alike.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <optional>

#include "domain/ledger/chain.h"
#include "store/ledger/event_rows.h"
#include "store/ledger/ledger.h"
#include "store/ledger/rollups.h"
#include "store/ledger/word_book.h"

namespace keyledger::store {

/// Belongs to the writer's thread. What it does in memory holds only if the transaction is committed: after one that
/// was not, `reload` makes its memory again what the database holds.
class Appender {
 public:
  Appender(Ledger::ZoneOf zone_of, const LedgerOptions& options);

  /// Reads where the ledger ends. Costs a row for each key that was ever used; and, once, a reading of all hours where
  /// the days have still to be summed up from them.
  [[nodiscard]] Result<void> load(Transaction& transaction);
  /// The same after a transaction that was not committed, or may have been: costs a row for each key of its batch,
  /// since nothing has changed for the others.
  [[nodiscard]] Result<void> reload(Transaction& transaction);

  /// `begin`, any number of calls, `complete`. A call stays where it is until then.
  void begin() { batch_keys_.clear(); }
  [[nodiscard]] Result<void> append(Transaction& transaction, const ledger::Call& call);
  /// Writes what is left of the batch, and so much of the rollups as is due.
  [[nodiscard]] Result<void> complete(Transaction& transaction);

  /// Writes some more of the rollups. To be repeated until `behind` is 0, or `rolled_up_to` far enough.
  [[nodiscard]] Result<void> settle(Transaction& transaction) { return rollups_.write_more(transaction); }
  [[nodiscard]] Result<void> close_block(Transaction& transaction);

  [[nodiscard]] UsageEventId newest_event() const { return {last_id_}; }
  [[nodiscard]] UsageEventId rolled_up_to() const { return rollups_.rolled_up_to(); }
  [[nodiscard]] std::size_t behind() const { return rollups_.events(); }  // events that rollups do not count yet
  [[nodiscard]] std::size_t open_events() const { return block_.events(); }
  [[nodiscard]] std::optional<Instant> newest_at() const { return newest_at_; }

 private:
  /// The one thing that is looked up for each call of a key.
  struct Head {
    std::int64_t event = 0;  // its newest
    Generation::Place place = 0;
  };

  [[nodiscard]] Result<WordNumbers> number_words(Transaction& transaction, const ledger::Call& call);
  [[nodiscard]] Result<void> load_heads(Transaction& transaction);
  [[nodiscard]] Result<void> reload_heads(Transaction& transaction);
  [[nodiscard]] Result<void> load_end(Transaction& transaction);
  [[nodiscard]] Result<void> load_open_block(Transaction& transaction, UsageEventId hashed_up_to);
  [[nodiscard]] Result<void> load_uncounted(Transaction& transaction, const LedgerProgress& progress);
  void chain(const ledger::Event& event);

  const Ledger::ZoneOf zone_of_;
  const LedgerOptions options_;

  std::int64_t last_id_ = 0;
  absl::flat_hash_map<std::int64_t, Head> heads_{};  // of each key that was ever used
  std::vector<std::int64_t> batch_keys_{};
  std::optional<Instant> newest_at_{};
  WordBook words_;
  EventRows rows_{};
  Rollups rollups_;

  ledger::BlockHasher block_{};  // the open block
  std::int64_t block_first_id_ = 0;
  Instant block_first_at_{}, block_last_at_{};  // the earliest and the latest: calls may overtake each other
};

}  // namespace keyledger::store
