// Sums of calls over whole days, from the hourly rollups.
#include <fmt/format.h>

#include "service/ledger/activity.h"
#include "service/ledger/call_tally.h"
#include "store/ledger/activity_store.h"
#include "store/ledger/ledger_chain_store.h"
#include "store/ledger/ledger_report_store.h"

namespace keyledger::service {
namespace {

using store::LedgerReportStore;
using store::LedgerTotalsStore;
using store::Transaction;

constexpr std::int64_t kDaysMax = 366;

Result<DetailedStats> read_stats(Transaction& transaction, std::optional<CustomerKeyId> id, const Span& span) {
  if (id) {
    const Result<CustomerId> owner = store::ActivityStore::owner(transaction, *id);
    if (!owner) return std::unexpected(owner.error());
  }
  const std::vector<SpanDay> places = days_of(span);
  std::vector<DayCount> days;
  for (const SpanDay& place : places) days.push_back({.day = place.day});
  CallTally tally;
  const Result<void> read = each_call(
      transaction, {{.key = id}, span.buckets, span.begin, span.end},
      [&](const store::CallSum& sum) {
        tally.add(sum);
        add(days[day_at(places, sum.bucket)], static_cast<ledger::Status>(sum.status), sum.events);
      },
      [&](const store::RentalFact& rental) { tally.add(rental); });
  if (!read) return std::unexpected(read.error());
  Result<DetailedStats> stats = detail(transaction, tally, std::move(days));
  if (stats) stats->totals.period_days = span.range.days();
  return stats;
}

Result<LedgerStats> read_figures(Transaction& transaction, const Span& today) {
  const Result<LedgerReportStore::Figures> figures = LedgerReportStore::figures(transaction);
  if (!figures) return std::unexpected(figures.error());
  const Result<store::LedgerChainStore::State> state = store::LedgerChainStore::state(transaction);
  if (!state) return std::unexpected(state.error());
  const Result<std::vector<store::CallSum>> sums = LedgerTotalsStore::all(transaction, {}, today.buckets);
  if (!sums) return std::unexpected(sums.error());
  LedgerStats stats;
  if (figures->first_event != 0) stats.events = figures->newest_event - figures->first_event + 1;
  stats.blocks = figures->blocks;
  stats.keys = figures->keys;
  stats.first_at = figures->first_at;
  stats.last_at = figures->last_at;
  if (state->kept_from > UsageEventId{1}) stats.kept_from = figures->first_at;
  for (const store::CallSum& sum : *sums) {
    stats.events_today += sum.events;
    if (!ledger::admitted(static_cast<ledger::Status>(sum.status))) stats.refused_today += sum.events;
  }
  return stats;
}

}  // namespace

runtime::Task<Result<DetailedStats>> Activity::detailed_stats(std::optional<CustomerKeyId> id,
                                                              std::int64_t days) const {
  if (days < 1 || days > kDaysMax) {
    co_return fail(Code::invalid_argument, fmt::format("days is a whole number from 1 to {}.", kDaysMax),
                   "out_of_range", "days");
  }
  const Result<Span> span = make_span({.days = days}, id ? zone_of_(*id) : zone_of_all_(), core_.clock->now());
  if (!span) co_return std::unexpected(span.error());
  const Result<void> settled = co_await ledger_->settle();
  if (!settled) co_return std::unexpected(settled.error());
  auto read = [id, span = *span](Transaction& transaction) { return read_stats(transaction, id, span); };
  Result<DetailedStats> stats = co_await core_.store->readers().run<DetailedStats>(std::move(read));
  co_return stats;
}

runtime::Task<Result<CallStats>> Activity::stats(std::optional<CustomerKeyId> id, std::int64_t days) const {
  Result<DetailedStats> stats = co_await detailed_stats(id, days);
  if (!stats) co_return std::unexpected(stats.error());
  co_return std::move(stats->totals);
}

runtime::Task<Result<LedgerStats>> Activity::ledger_stats() const {
  const Result<Span> today = make_span({.days = 1}, zone_of_all_(), core_.clock->now());
  if (!today) co_return std::unexpected(today.error());
  const Result<void> settled = co_await ledger_->settle();
  if (!settled) co_return std::unexpected(settled.error());
  auto read = [today = *today](Transaction& transaction) { return read_figures(transaction, today); };
  Result<LedgerStats> stats = co_await core_.store->readers().run<LedgerStats>(std::move(read));
  co_return stats;
}

}  // namespace keyledger::service
