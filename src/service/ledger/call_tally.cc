#include "service/ledger/call_tally.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/ledger/ledger_report_store.h"

namespace keyledger::service {
namespace {

using ledger::Status;
using store::LedgerReportStore;
using store::Transaction;

/// Per cent with one decimal, rounded half up; but never 100.0 while something has failed.
std::string success_rate(std::int64_t succeeded, std::int64_t total) {
  if (total == 0) return "0.0";
  std::int64_t tenths = (succeeded * 2'000 + total) / (total * 2);
  if (succeeded < total) tenths = std::min<std::int64_t>(tenths, 999);
  return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

void add(CallFigures& figures, const ActionCount& outcome) {
  if (outcome.status == Status::success) figures.succeeded += outcome.events;
  if (outcome.status == Status::error) figures.failed += outcome.events;
  if (!ledger::admitted(outcome.status)) figures.refused += outcome.events;
  if (outcome.status == Status::success && outcome.action == "rent") figures.rentals += outcome.events;
  if (outcome.status == Status::success && outcome.action == "return") figures.returns += outcome.events;
}

CallFigures add_up(const std::vector<ActionCount>& outcomes) {
  CallFigures figures;
  for (const ActionCount& outcome : outcomes) add(figures, outcome);
  figures.total_requests = figures.succeeded + figures.failed;
  const std::int64_t all = figures.total_requests + figures.refused;
  if (all > 0) figures.refused_share = (figures.refused * 2'000 + all) / (all * 2);
  return figures;
}

}  // namespace

void CallTally::add(const store::CallSum& sum) {
  const auto status = static_cast<Status>(sum.status);
  outcomes_[{sum.action_id, status}] += sum.events;
  if (ledger::admitted(status) && sum.website_id.value != 0) websites_.insert(sum.website_id);
}

Result<std::vector<ActionCount>> CallTally::outcomes(Transaction& transaction) const {
  std::vector<std::int64_t> ids;
  for (const auto& [outcome, events] : outcomes_) ids.push_back(outcome.first);
  Result<std::vector<std::string>> words = LedgerReportStore::words(transaction, ids);
  if (!words) return std::unexpected(words.error());
  std::vector<ActionCount> named;
  for (const auto& [outcome, events] : outcomes_) {
    named.push_back({std::move((*words)[named.size()]), outcome.second, events});
  }
  std::ranges::stable_sort(named, std::ranges::greater{}, &ActionCount::events);
  return named;
}

Result<CallFigures> CallTally::figures(Transaction& transaction) const {
  const Result<std::vector<ActionCount>> named = outcomes(transaction);
  if (!named) return std::unexpected(named.error());
  CallFigures figures = add_up(*named);
  figures.unique_accounts = std::ssize(accounts_);
  return figures;
}

Result<std::vector<std::string>> CallTally::websites(Transaction& transaction) const {
  return LedgerReportStore::websites(transaction, {websites_.begin(), websites_.end()});
}

void add(DayCount& day, Status status, std::int64_t events) {
  day.total += events;
  (ledger::admitted(status) ? day.admitted : day.refused) += events;
  switch (status) {
    case Status::success: day.success += events; break;
    case Status::error: day.error += events; break;
    case Status::rate_limited: day.rate_limited += events; break;
    case Status::key_revoked:
    case Status::key_expired: day.unknown_or_revoked += events; break;
    case Status::customer_suspended:
    case Status::ip_not_allowed:
    case Status::action_not_allowed: day.other_refused += events; break;
  }
}

Result<void> each_call(Transaction& transaction, const CallPeriod& period,
                       const std::function<void(const store::CallSum&)>& on_call,
                       const std::function<void(const store::RentalFact&)>& on_rental) {
  const Result<void> read = store::LedgerTotalsStore::each(transaction, period.scope, period.buckets, on_call);
  if (!read) return read;
  const store::RentalReportStore::Scope rented{
      .from = period.begin, .to = period.end, .key = period.scope.key, .customer = period.scope.customer};
  return store::RentalReportStore::each(transaction, rented, on_rental);
}

Result<DetailedStats> detail(Transaction& transaction, const CallTally& tally, std::vector<DayCount> days) {
  DetailedStats stats{.days = std::move(days)};
  Result<std::vector<ActionCount>> outcomes = tally.outcomes(transaction);
  if (!outcomes) return std::unexpected(outcomes.error());
  stats.outcomes = std::move(*outcomes);
  Result<std::vector<std::string>> websites = tally.websites(transaction);
  if (!websites) return std::unexpected(websites.error());
  const Result<CallFigures> figures = tally.figures(transaction);
  if (!figures) return std::unexpected(figures.error());
  stats.totals = {.total_requests = figures->total_requests,
                  .succeeded = figures->succeeded,
                  .failed = figures->failed,
                  .refused = figures->refused,
                  .rentals = figures->rentals,
                  .returns = figures->returns,
                  .unique_accounts = figures->unique_accounts,
                  .websites_used = std::move(*websites),
                  .success_rate = success_rate(figures->succeeded, figures->total_requests)};
  return stats;
}

}  // namespace keyledger::service
