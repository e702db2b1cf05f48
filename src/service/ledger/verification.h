// service/ledger/verification.h: proves the ledger whole, step by step. No step takes long, so that no read holds on to
// an old state of the database for minutes, while the log of what is new would have to grow.
#pragma once

#include "service/ledger/activity.h"
#include "service/ledger/chain_check.h"
#include "service/ledger/recount.h"
#include "store/database.h"

namespace keyledger::service {

/// What the steps do, in this order:
///   begin    what is kept, and how far back hours are settled: nothing is added to those before `tail`
///   learn    all settled hours: who counts in which hours, and what the totals should be
///   sums     the same hours summed up over all keys
///   days     all settled days
///   tail     in one read: the last hours and days, the totals, and which events both count
///   compare  all settled hours again: their sums
///   chain    every event up to there: numbers, chains of keys, hashes of blocks; and their sums
/// Calls that are made meanwhile come after the tail and are left for the next time.
class Verification {
 public:
  Verification(std::uint64_t seed, Instant now) : seed_(seed), now_(now) {}

  /// The next step. False: everything is done. Errors: those of the database; conflict, reason ledger_changing, when
  /// events were dropped since it began.
  [[nodiscard]] Result<bool> step(store::Transaction& transaction);
  /// After the last step.
  [[nodiscard]] LedgerState result() const;

 private:
  enum class Stage { begin, learn, sums, days, tail, compare, chain, done };

  [[nodiscard]] Result<void> begin(store::Transaction& transaction);
  [[nodiscard]] Result<void> read_rollups(store::Transaction& transaction, Stage next,
                                          void (Recount::*take)(const store::RollupRow&));
  [[nodiscard]] Result<void> read_sums(store::Transaction& transaction);
  [[nodiscard]] Result<void> read_days(store::Transaction& transaction);
  [[nodiscard]] Result<void> read_tail(store::Transaction& transaction);
  [[nodiscard]] Result<void> read_chain(store::Transaction& transaction);
  [[nodiscard]] Result<bool> read_blocks(store::Transaction& transaction);
  [[nodiscard]] Result<void> read_block(store::Transaction& transaction, const store::StoredBlock& block);
  [[nodiscard]] Result<void> read_events(store::Transaction& transaction, UsageEventId last);
  void note(std::optional<Misfit> misfit);

  std::uint64_t seed_;
  Instant now_;
  Stage stage_ = Stage::begin;
  std::int64_t tail_bucket_ = 0, tail_day_ = 0;
  UsageEventId kept_from_{1};
  store::LedgerProgress counted_{};  // by what the tail has read
  std::optional<ChainCheck> chain_{};
  std::optional<Recount> recount_{};
  store::RollupRow after_{};
  store::AllHoursRow after_sum_{};
  store::DayRow after_day_{};
  std::optional<Misfit> misfit_{};
};

}  // namespace keyledger::service
