#include "service/ledger/verification.h"

#include <limits>

#include "crypto/hash.h"
#include "domain/ledger/bucket.h"

namespace keyledger::service {
namespace {

using store::AllHoursRow;
using store::DayRow;
using store::LedgerChainStore;
using store::RollupRow;
using store::StoredBlock;
using store::StoredEvent;
using store::TotalsRow;
using store::Transaction;

constexpr std::int64_t kRollupsAtOnce = 20'000;
constexpr std::int64_t kBlocksAtOnce = 16;      // of events
constexpr std::int64_t kEventsAtOnce = 16'384;  // that no block has yet

// Calls carry the time at which they came; none is under way for two hours.
constexpr std::chrono::hours kSettledAfter{2};
// No zone's clocks are further behind.
constexpr std::chrono::hours kBehindMax{12};

const RollupRow kFirst{.bucket = std::numeric_limits<std::int64_t>::min()};
const AllHoursRow kFirstSum{.bucket = std::numeric_limits<std::int64_t>::min()};
const DayRow kFirstDay{.day = std::numeric_limits<std::int64_t>::min()};

std::int64_t quarter_of(Instant instant) {
  return ledger::bucket_of(Zone{}, instant) +
         (instant - std::chrono::floor<std::chrono::hours>(instant)) / ledger::kBucketUnit;
}

}  // namespace

void Verification::note(std::optional<Misfit> misfit) {
  if (misfit && !misfit_) misfit_ = std::move(misfit);
}

Result<bool> Verification::step(Transaction& transaction) {
  const Result<LedgerChainStore::State> state = LedgerChainStore::state(transaction);
  if (!state) return std::unexpected(state.error());
  if (stage_ != Stage::begin && state->kept_from != kept_from_) {
    return fail(Code::conflict, "Events were dropped meanwhile.", "ledger_changing");
  }
  Result<void> done{};
  switch (stage_) {
    case Stage::begin: done = begin(transaction); break;
    case Stage::learn: done = read_rollups(transaction, Stage::sums, &Recount::learn); break;
    case Stage::sums: done = read_sums(transaction); break;
    case Stage::days: done = read_days(transaction); break;
    case Stage::tail: done = read_tail(transaction); break;
    case Stage::compare: done = read_rollups(transaction, Stage::chain, &Recount::rollup); break;
    case Stage::chain: done = read_chain(transaction); break;
    case Stage::done: break;
  }
  if (!done) return std::unexpected(done.error());
  return stage_ != Stage::done;
}

Result<void> Verification::begin(Transaction& transaction) {
  const Result<LedgerChainStore::State> state = LedgerChainStore::state(transaction);
  if (!state) return std::unexpected(state.error());
  const Result<std::optional<Instant>> dropped = LedgerChainStore::latest_before(transaction, state->kept_from);
  if (!dropped) return std::unexpected(dropped.error());
  const std::int64_t from_bucket = *dropped ? quarter_of(**dropped) + 1 : std::numeric_limits<std::int64_t>::min();
  kept_from_ = state->kept_from;
  tail_bucket_ = quarter_of(now_ - kSettledAfter);
  tail_day_ = Zone{}.day_of(now_ - kSettledAfter - kBehindMax).time_since_epoch().count();
  chain_.emplace(kept_from_);
  recount_.emplace(seed_, kept_from_, from_bucket);
  after_ = kFirst;
  after_sum_ = kFirstSum;
  after_day_ = kFirstDay;
  stage_ = Stage::learn;
  return {};
}

Result<void> Verification::read_rollups(Transaction& transaction, Stage next, void (Recount::*take)(const RollupRow&)) {
  const Result<std::vector<RollupRow>> rows =
      LedgerChainStore::rollups(transaction, after_, tail_bucket_, kRollupsAtOnce);
  if (!rows) return std::unexpected(rows.error());
  for (const RollupRow& row : *rows) ((*recount_).*take)(row);
  if (std::ssize(*rows) == kRollupsAtOnce) {
    after_ = rows->back();
  } else {
    after_ = kFirst;
    stage_ = next;
  }
  return {};
}

Result<void> Verification::read_sums(Transaction& transaction) {
  const Result<std::vector<AllHoursRow>> rows =
      LedgerChainStore::all_hours(transaction, after_sum_, tail_bucket_, kRollupsAtOnce);
  if (!rows) return std::unexpected(rows.error());
  for (const AllHoursRow& row : *rows) recount_->of_all(row);
  if (std::ssize(*rows) == kRollupsAtOnce) {
    after_sum_ = rows->back();
  } else {
    stage_ = Stage::days;
  }
  return {};
}

Result<void> Verification::read_days(Transaction& transaction) {
  const Result<std::vector<DayRow>> rows = LedgerChainStore::days(transaction, after_day_, tail_day_, kRollupsAtOnce);
  if (!rows) return std::unexpected(rows.error());
  for (const DayRow& row : *rows) recount_->day(row);
  if (std::ssize(*rows) == kRollupsAtOnce) {
    after_day_ = rows->back();
  } else {
    stage_ = Stage::tail;
  }
  return {};
}

Result<void> Verification::read_tail(Transaction& transaction) {
  const Result<LedgerChainStore::State> state = LedgerChainStore::state(transaction);
  if (!state) return std::unexpected(state.error());
  counted_ = *state;
  Result<void> read =
      LedgerChainStore::rollups_since(transaction, tail_bucket_, [&](const RollupRow& row) { recount_->learn(row); });
  if (!read) return read;
  read =
      LedgerChainStore::rollups_since(transaction, tail_bucket_, [&](const RollupRow& row) { recount_->rollup(row); });
  if (!read) return read;
  read = LedgerChainStore::all_hours_since(transaction, tail_bucket_,
                                           [&](const AllHoursRow& row) { recount_->of_all(row); });
  if (!read) return read;
  read = LedgerChainStore::days_since(transaction, tail_day_, [&](const DayRow& row) { recount_->day(row); });
  if (!read) return read;
  read = LedgerChainStore::totals(transaction, [&](const TotalsRow& row) { recount_->total(row); });
  if (!read) return read;
  stage_ = Stage::compare;
  return {};
}

Result<void> Verification::read_chain(Transaction& transaction) {
  const Result<bool> more = read_blocks(transaction);
  if (!more) return std::unexpected(more.error());
  if (*more || misfit_) {
    if (misfit_) stage_ = Stage::done;
    return {};
  }
  const UsageEventId last{std::min(counted_.counted_up_to().value, chain_->next().value + kEventsAtOnce - 1)};
  const Result<void> read = read_events(transaction, last);
  if (!read) return read;
  if (!misfit_ && chain_->next() <= counted_.counted_up_to()) return {};
  stage_ = Stage::done;
  return {};
}

/// The next closed blocks; false when there are none left that end where rollups do.
Result<bool> Verification::read_blocks(Transaction& transaction) {
  if (chain_->open_events() > 0) return false;
  const Result<std::vector<StoredBlock>> blocks =
      LedgerChainStore::blocks(transaction, chain_->last_block(), kBlocksAtOnce);
  if (!blocks) return std::unexpected(blocks.error());
  for (const StoredBlock& block : *blocks) {
    if (block.last_event_id > counted_.counted_up_to()) return false;
    const Result<void> read = read_block(transaction, block);
    if (!read) return std::unexpected(read.error());
    if (misfit_) return false;
  }
  return !blocks->empty();
}

Result<void> Verification::read_block(Transaction& transaction, const StoredBlock& block) {
  if (block.last_event_id < kept_from_) {
    note(chain_->dropped_block(block));
    return {};
  }
  note(chain_->begin_block(block));
  if (misfit_) return {};
  const Result<void> read = read_events(transaction, block.last_event_id);
  if (!read) return read;
  if (!misfit_) note(chain_->end_block(block));
  return {};
}

/// The events from the next one on; that one of them is missing at the end shows there. While the rollups of the last
/// events are being written, those of some keys are counted, and those of others are not.
Result<void> Verification::read_events(Transaction& transaction, UsageEventId last) {
  const Result<void> read = LedgerChainStore::events(transaction, chain_->next(), last, [&](const StoredEvent& event) {
    note(chain_->event(event));
    if (!misfit_ && event.id <= counted_.counted_up_to(event.customer_key_id)) recount_->event(event);
    return !misfit_.has_value();
  });
  if (!read) return read;
  if (!misfit_ && chain_->next() <= last) note(chain_->missing());
  return {};
}

LedgerState Verification::result() const {
  LedgerState state;
  state.events = chain_->events();
  state.blocks = chain_->blocks();
  state.open_events = chain_->open_events();
  state.first_at = chain_->first_at();
  state.last_at = chain_->last_at();
  if (chain_->head()) state.head = crypto::to_hex(*chain_->head());
  if (misfit_) {
    state.whole = false;
    state.broken_at = misfit_->at;
    state.what = misfit_->what;
    state.rollups_agree = false;  // nothing can be said beyond the place that does not fit
    return state;
  }
  state.rollups_agree = recount_->rollups_agree() && recount_->totals_agree() && recount_->newest_agree() &&
                        recount_->all_hours_agree() && recount_->days_agree();
  if (!recount_->newest_agree()) state.what = "a key's totals do not name its newest event";
  if (!recount_->days_agree()) state.what = "the sums by day differ from the rollups of the keys";
  if (!recount_->all_hours_agree()) state.what = "the sums over all keys differ from the rollups of the keys";
  if (!recount_->totals_agree()) state.what = "the totals of the keys differ from the rollups";
  if (!recount_->rollups_agree()) state.what = "the rollups differ from a recount of the events";
  return state;
}

}  // namespace keyledger::service
