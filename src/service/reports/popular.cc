// Which accounts and websites are asked for most.
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>

#include "service/reports/reading.h"
#include "store/ledger/activity_store.h"

namespace keyledger::service {
namespace {

using store::LedgerTotalsStore;
using store::RentalFact;
using store::RentalReportStore;
using store::Transaction;

/// Customers are counted once each, by the pair of what they rented and who they are.
using Pairs = absl::flat_hash_set<std::pair<std::int64_t, std::int64_t>>;

struct AccountTally {
  std::int64_t rentals = 0, customers = 0;
  std::chrono::milliseconds held{};
};
using Ranked = std::pair<std::int64_t, AccountTally>;  // by the account's id

struct RentalTally {
  absl::flat_hash_map<std::int64_t, AccountTally> accounts{};
  std::int64_t rentals = 0;
  std::chrono::milliseconds held{};
};

Result<RentalTally> tally_accounts(Transaction& transaction, const ReportScope& scope) {
  RentalTally tally;
  Pairs seen;
  const Result<void> read = RentalReportStore::each(transaction, scope.rentals(), [&](const RentalFact& rental) {
    AccountTally& account = tally.accounts[rental.rental_account_id.value];
    const std::chrono::milliseconds held = held_for(rental, scope.span.now);
    ++account.rentals;
    ++tally.rentals;
    account.held += held;
    tally.held += held;
    if (seen.emplace(rental.rental_account_id.value, rental.customer_id.value).second) ++account.customers;
  });
  if (!read) return std::unexpected(read.error());
  return tally;
}

bool more_popular(const Ranked& left, const Ranked& right) {
  if (left.second.rentals != right.second.rentals) return left.second.rentals > right.second.rentals;
  if (left.second.held != right.second.held) return left.second.held > right.second.held;
  return left.first < right.first;
}

Result<std::int64_t> count_idle(Transaction& transaction, const ReportScope& scope, const RentalTally& tally) {
  const auto accounts = RentalReportStore::accounts(transaction, scope.calls.websites);
  if (!accounts) return std::unexpected(accounts.error());
  return std::ranges::count_if(*accounts, [&](RentalAccountId id) { return !tally.accounts.contains(id.value); });
}

Result<PopularAccounts> rank_accounts(Transaction& transaction, const CallReportQuery& query, const Span& span,
                                      std::optional<std::int64_t> limit) {
  const Result<ReportScope> scope = read_scope(transaction, query, span);
  if (!scope) return std::unexpected(scope.error());
  const Result<RentalTally> tally = tally_accounts(transaction, *scope);
  if (!tally) return std::unexpected(tally.error());
  const Result<std::int64_t> idle = count_idle(transaction, *scope, *tally);
  if (!idle) return std::unexpected(idle.error());
  std::vector<Ranked> ranked(tally->accounts.begin(), tally->accounts.end());
  std::ranges::sort(ranked, more_popular);
  PopularAccounts report{
      .count = std::ssize(ranked), .idle_count = *idle, .total = {tally->rentals, hours_text(tally->held)}};
  describe_span(report, span);
  if (limit && *limit < std::ssize(ranked)) ranked.resize(static_cast<std::size_t>(*limit));
  for (const auto& [id, account] : ranked) {
    Result<RentalReportStore::AccountName> name = RentalReportStore::account_name(transaction, RentalAccountId{id});
    if (!name) return std::unexpected(name.error());
    report.data.push_back({.account_id = name->id,
                           .website_id = name->website_id,
                           .website = std::move(name->website),
                           .username = std::move(name->username),
                           .rentals = account.rentals,
                           .customers = account.customers,
                           .hours = hours_text(account.held),
                           .share = per_mille(account.rentals, tally->rentals),
                           .removed = name->removed});
  }
  return report;
}

struct WebsiteTally {
  absl::flat_hash_map<std::int64_t, WebsiteTotals> websites{};
  WebsiteTotals total{};
};

Result<void> tally_rentals(Transaction& transaction, const ReportScope& scope, WebsiteTally& tally) {
  Pairs seen;
  return RentalReportStore::each(transaction, scope.rentals(), [&](const RentalFact& rental) {
    constexpr std::int64_t kAnyWebsite = 0;
    WebsiteTotals& website = tally.websites[rental.website_id.value];
    ++website.rentals;
    ++tally.total.rentals;
    if (!seen.emplace(rental.website_id.value, rental.customer_id.value).second) return;
    ++website.customers;
    if (seen.emplace(kAnyWebsite, rental.customer_id.value).second) ++tally.total.customers;
  });
}

/// A call to rent that is about a website and failed has found no account free: nothing else of it can fail.
Result<void> tally_calls(Transaction& transaction, const ReportScope& scope, WebsiteTally& tally) {
  const Result<std::optional<std::int64_t>> rent = store::ActivityStore::word(transaction, "rent");
  if (!rent) return std::unexpected(rent.error());
  return LedgerTotalsStore::each(transaction, scope.calls, scope.span.buckets, [&](const store::CallSum& sum) {
    if (sum.website_id.value == 0) return;
    const bool none_free = sum.action_id == *rent && static_cast<ledger::Status>(sum.status) == ledger::Status::error;
    for (WebsiteTotals* into : {&tally.websites[sum.website_id.value], &tally.total}) {
      into->calls += sum.events;
      if (none_free) into->refused_no_account += sum.events;
    }
  });
}

bool more_asked_for(const PopularWebsite& left, const PopularWebsite& right) {
  if (left.rentals != right.rentals) return left.rentals > right.rentals;
  if (left.calls != right.calls) return left.calls > right.calls;
  return left.website_id < right.website_id;
}

Result<PopularWebsites> rank_websites(Transaction& transaction, const CallReportQuery& query, const Span& span,
                                      std::optional<std::int64_t> limit) {
  const Result<ReportScope> scope = read_scope(transaction, query, span);
  if (!scope) return std::unexpected(scope.error());
  WebsiteTally tally;
  Result<void> read = tally_rentals(transaction, *scope, tally);
  if (read) read = tally_calls(transaction, *scope, tally);
  if (!read) return std::unexpected(read.error());
  Result<std::vector<RentalReportStore::WebsiteName>> names = RentalReportStore::websites(transaction);
  if (!names) return std::unexpected(names.error());
  PopularWebsites report{.total = tally.total};
  describe_span(report, span);
  for (RentalReportStore::WebsiteName& name : *names) {
    const auto found = tally.websites.find(name.id.value);
    if (name.removed && found == tally.websites.end()) continue;
    const WebsiteTotals counted = found == tally.websites.end() ? WebsiteTotals{} : found->second;
    report.data.push_back({.website_id = name.id,
                           .website = std::move(name.name),
                           .rentals = counted.rentals,
                           .customers = counted.customers,
                           .calls = counted.calls,
                           .refused_no_account = counted.refused_no_account,
                           .account_count = name.accounts,
                           .share = per_mille(counted.rentals, tally.total.rentals),
                           .removed = name.removed});
  }
  std::ranges::sort(report.data, more_asked_for);
  report.count = std::ssize(report.data);
  if (limit && *limit < report.count) report.data.resize(static_cast<std::size_t>(*limit));
  return report;
}

}  // namespace

runtime::Task<Result<PopularAccounts>> CallReports::popular_accounts(CallReportQuery query,
                                                                     std::optional<std::int64_t> limit) const {
  const Result<Span> span = make_span(query.span, zone_(), core_.clock->now());
  if (!span) co_return std::unexpected(span.error());
  auto read = [query = std::move(query), span = *span, limit](Transaction& transaction) {
    return rank_accounts(transaction, query, span, limit);
  };
  Result<PopularAccounts> report = co_await core_.store->readers().run<PopularAccounts>(std::move(read));
  co_return report;
}

runtime::Task<Result<PopularWebsites>> CallReports::websites(CallReportQuery query,
                                                             std::optional<std::int64_t> limit) const {
  query.website.reset();
  const Result<Span> span = make_span(query.span, zone_(), core_.clock->now());
  if (!span) co_return std::unexpected(span.error());
  const Result<void> settled = co_await ledger_->settle();
  if (!settled) co_return std::unexpected(settled.error());
  auto read = [query = std::move(query), span = *span, limit](Transaction& transaction) {
    return rank_websites(transaction, query, span, limit);
  };
  Result<PopularWebsites> report = co_await core_.store->readers().run<PopularWebsites>(std::move(read));
  co_return report;
}

}  // namespace keyledger::service
