// Drops raw events that are older than they have to be kept.
#include <fmt/format.h>

#include "service/audit.h"
#include "service/ledger/activity.h"
#include "store/ledger/ledger_retention_store.h"

namespace keyledger::service {
namespace {

using store::LedgerRetentionStore;
using store::Transaction;
using Blocks = LedgerRetentionStore::Blocks;

const Actor kRetention{ActorKind::system, "retention", {}};

/// The beginning of the month that is `months` before that of `now`: what lies before it belongs to months that ended
/// more than so many months ago.
Instant cut_of(const Zone& zone, Instant now, std::int64_t months) {
  const std::chrono::year_month_day today{Day{zone.day_of(now).time_since_epoch()}};
  const std::chrono::year_month month = today.year() / today.month() - std::chrono::months{months};
  return zone.start_of(LocalDay{Day{month / std::chrono::day{1}}.time_since_epoch()});
}

/// The oldest block goes; with the first of them the audit log tells what is going to be dropped.
Result<std::int64_t> drop_block(Transaction& transaction, std::int64_t block, const Blocks& blocks, Instant cut,
                                Instant now) {
  if (block == blocks.first) {
    const Result<void> told =
        record_audit(transaction, now, kRetention, "ledger.drop_events", fmt::format("ledger_blocks/{}", blocks.first),
                     {{"to_block", std::to_string(blocks.last)}, {"before", to_rfc3339(cut)}});
    if (!told) return std::unexpected(told.error());
  }
  return LedgerRetentionStore::drop(transaction, block);
}

}  // namespace

runtime::Task<Result<std::int64_t>> Activity::drop_old(std::int64_t months) const {
  if (months <= 0) co_return 0;
  const Result<void> settled = co_await ledger_->settle();  // what was not counted yet must not go
  if (!settled) co_return std::unexpected(settled.error());
  const Instant now = core_.clock->now();
  const Instant cut = cut_of(zone_of_all_(), now, months);
  auto find = [cut](Transaction& transaction) { return LedgerRetentionStore::droppable(transaction, cut); };
  const Result<std::optional<Blocks>> blocks =
      co_await core_.store->readers().run<std::optional<Blocks>>(std::move(find));
  if (!blocks) co_return std::unexpected(blocks.error());
  if (!*blocks) co_return 0;
  std::int64_t dropped = 0;
  for (std::int64_t block = (*blocks)->first; block <= (*blocks)->last; ++block) {
    auto drop = [block, all = **blocks, cut, now](Transaction& transaction) {
      return drop_block(transaction, block, all, cut, now);
    };
    const Result<std::int64_t> gone = co_await core_.store->writer().run<std::int64_t>(std::move(drop));
    if (!gone) co_return std::unexpected(gone.error());
    dropped += *gone;
  }
  co_return dropped;
}

}  // namespace keyledger::service
