// Sums of calls over whole days, from the hourly rollups.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "domain/ledger/bucket.h"
#include "service/ledger/activity.h"
#include "store/ledger/activity_store.h"
#include "store/ledger/ledger_chain_store.h"
#include "store/ledger/ledger_report_store.h"

namespace keyledger::service {
namespace {

using store::LedgerReportStore;
using store::Transaction;
using Sum = LedgerReportStore::Sum;

constexpr std::int64_t kDaysMax = 366;

struct CountedDay {
  std::int64_t from_bucket = 0;
  DayCount count{};
};

/// Days that begin at midnight of `zone`, the last being that of `now`.
struct Window {
  std::vector<CountedDay> days{};
  LedgerReportStore::Buckets buckets{};
  LedgerReportStore::Period period{};
};

/// A day that the zone has left out (Pacific/Apia, 2011-12-30) is none.
Window make_window(const Zone& zone, Instant now, std::int64_t days) {
  Window window;
  const LocalDay today = zone.day_of(now);
  const LocalDay end = today + std::chrono::days{1};
  for (LocalDay day = end - std::chrono::days{days}; day < end; day += std::chrono::days{1}) {
    const std::int64_t bucket = ledger::bucket_of(zone, zone.start_of(day));
    if (bucket == ledger::bucket_of(zone, zone.start_of(day + std::chrono::days{1}))) continue;
    window.days.push_back({bucket, {.date = to_string(Day{day.time_since_epoch()})}});
  }
  window.period = {zone.start_of(end - std::chrono::days{days}), zone.start_of(end)};
  window.buckets = {ledger::bucket_of(zone, window.period.from), ledger::bucket_of(zone, window.period.to)};
  return window;
}

CountedDay& day_of(Window& window, std::int64_t bucket) {
  const auto after =
      std::upper_bound(window.days.begin(), window.days.end(), bucket,
                       [](std::int64_t wanted, const CountedDay& day) { return wanted < day.from_bucket; });
  check_invariant(after != window.days.begin(), "a bucket of the window is not before its first day");
  return *std::prev(after);
}

/// Per cent with one decimal, rounded half up; but never 100.0 while something has failed.
std::string success_rate(std::int64_t succeeded, std::int64_t total) {
  if (total == 0) return "0.0";
  std::int64_t tenths = (succeeded * 2'000 + total) / (total * 2);
  if (succeeded < total) tenths = std::min<std::int64_t>(tenths, 999);
  return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

using Outcomes = std::map<std::pair<std::int64_t, ledger::Status>, std::int64_t>;  // by the action's number

void count(CallStats& totals, CountedDay& day, ledger::Status status, std::int64_t events) {
  (ledger::admitted(status) ? day.count.admitted : day.count.refused) += events;
  if (status == ledger::Status::success) totals.succeeded += events;
  if (status == ledger::Status::error) totals.failed += events;
  if (!ledger::admitted(status)) totals.refused += events;
}

/// Outcomes with their actions' names, largest first; what was rented and returned goes to the totals.
Result<std::vector<ActionCount>> name_outcomes(Transaction& transaction, const Outcomes& outcomes, CallStats& totals) {
  std::vector<std::int64_t> ids;
  for (const auto& [outcome, events] : outcomes) ids.push_back(outcome.first);
  Result<std::vector<std::string>> words = LedgerReportStore::words(transaction, ids);
  if (!words) return std::unexpected(words.error());
  std::vector<ActionCount> named;
  for (const auto& [outcome, events] : outcomes) {
    named.push_back({std::move((*words)[named.size()]), outcome.second, events});
    const ActionCount& last = named.back();
    if (last.status == ledger::Status::success && last.action == "rent") totals.rentals += events;
    if (last.status == ledger::Status::success && last.action == "return") totals.returns += events;
  }
  std::stable_sort(named.begin(), named.end(),
                   [](const ActionCount& left, const ActionCount& right) { return left.events > right.events; });
  return named;
}

Result<DetailedStats> read_stats(Transaction& transaction, std::optional<CustomerKeyId> id, Window window) {
  const Result<std::vector<Sum>> sums = LedgerReportStore::sums(transaction, id, window.buckets);
  if (!sums) return std::unexpected(sums.error());
  DetailedStats stats;
  Outcomes outcomes;
  std::set<WebsiteId> websites;
  for (const Sum& sum : *sums) {
    const auto status = static_cast<ledger::Status>(sum.status);
    count(stats.totals, day_of(window, sum.bucket), status, sum.events);
    outcomes[{sum.action_id, status}] += sum.events;
    if (ledger::admitted(status) && sum.website_id.value != 0) websites.insert(sum.website_id);
  }
  Result<std::vector<ActionCount>> named = name_outcomes(transaction, outcomes, stats.totals);
  if (!named) return std::unexpected(named.error());
  stats.outcomes = std::move(*named);
  Result<std::vector<std::string>> names = LedgerReportStore::websites(transaction, {websites.begin(), websites.end()});
  if (!names) return std::unexpected(names.error());
  const Result<std::int64_t> accounts = LedgerReportStore::accounts_rented(transaction, id, window.period);
  if (!accounts) return std::unexpected(accounts.error());
  stats.totals.websites_used = std::move(*names);
  stats.totals.unique_accounts = *accounts;
  stats.totals.total_requests = stats.totals.succeeded + stats.totals.failed;
  stats.totals.success_rate = success_rate(stats.totals.succeeded, stats.totals.total_requests);
  for (CountedDay& day : window.days) stats.days.push_back(std::move(day.count));
  return stats;
}

Result<LedgerStats> read_figures(Transaction& transaction, Window today) {
  const Result<LedgerReportStore::Figures> figures = LedgerReportStore::figures(transaction);
  if (!figures) return std::unexpected(figures.error());
  const Result<store::LedgerChainStore::State> state = store::LedgerChainStore::state(transaction);
  if (!state) return std::unexpected(state.error());
  const Result<std::vector<Sum>> sums = LedgerReportStore::sums(transaction, {}, today.buckets);
  if (!sums) return std::unexpected(sums.error());
  LedgerStats stats;
  if (figures->first_event != 0) stats.events = figures->newest_event - figures->first_event + 1;
  stats.blocks = figures->blocks;
  stats.keys = figures->keys;
  stats.rollup_rows = figures->rollup_rows;
  stats.first_at = figures->first_at;
  stats.last_at = figures->last_at;
  if (state->kept_from > UsageEventId{1}) stats.kept_from = figures->first_at;
  for (const Sum& sum : *sums) {
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
  const Result<void> settled = co_await ledger_->settle();
  if (!settled) co_return std::unexpected(settled.error());
  Window window = make_window(id ? zone_of_(*id) : zone_of_all_(), core_.clock->now(), days);
  auto read = [id, days, window = std::move(window)](Transaction& transaction) mutable -> Result<DetailedStats> {
    if (id) {
      const Result<CustomerId> owner = store::ActivityStore::owner(transaction, *id);
      if (!owner) return std::unexpected(owner.error());
    }
    Result<DetailedStats> stats = read_stats(transaction, id, std::move(window));
    if (stats) stats->totals.period_days = days;
    return stats;
  };
  Result<DetailedStats> stats = co_await core_.store->readers().run<DetailedStats>(std::move(read));
  co_return stats;
}

runtime::Task<Result<CallStats>> Activity::stats(std::optional<CustomerKeyId> id, std::int64_t days) const {
  Result<DetailedStats> stats = co_await detailed_stats(id, days);
  if (!stats) co_return std::unexpected(stats.error());
  co_return std::move(stats->totals);
}

runtime::Task<Result<LedgerStats>> Activity::ledger_stats() const {
  const Result<void> settled = co_await ledger_->settle();
  if (!settled) co_return std::unexpected(settled.error());
  auto read = [window = make_window(zone_of_all_(), core_.clock->now(), 1)](Transaction& transaction) mutable {
    return read_figures(transaction, std::move(window));
  };
  Result<LedgerStats> stats = co_await core_.store->readers().run<LedgerStats>(std::move(read));
  co_return stats;
}

}  // namespace keyledger::service
