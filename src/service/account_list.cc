// The list of accounts, with what each costs.
#include "store/account_list.h"

#include <cstdlib>
#include <map>

#include "service/accounts.h"
#include "service/key_rules.h"
#include "service/top_places.h"
#include "store/account_store.h"
#include "store/ordered_ids.h"

namespace keyledger::service {
namespace {

using store::AccountList;
using store::AccountStore;
using store::Transaction;

/// What accounts cost in the days of a range.
struct AccountCosts {
  Day from{}, to{};
  std::string timezone{};
  std::map<AccountId, std::vector<Cost>> costs{};
  std::optional<Currency> main{};  // the one with the largest total

  /// By what an account stands in the order of cost, in nanos of the main currency; nothing where that is not known.
  [[nodiscard]] std::optional<std::int64_t> rank(AccountId id) const {
    const auto found = costs.find(id);
    if (found == costs.end() || !main) return std::nullopt;
    for (const Cost& cost : found->second) {
      const Result<Amount> amount = parse_amount(cost.amount);
      if (cost.currency == *main && amount) return amount->nanos;
    }
    return std::nullopt;
  }
};

UsageQuery usage_of(const AccountQuery& query) {
  UsageQuery usage{.days = query.days, .from = query.from, .to = query.to};
  usage.group_by = {GroupBy::account};
  usage.parts = {UsagePart::totals, UsagePart::groups};
  return usage;
}

AccountCosts to_costs(UsageReport report) {
  AccountCosts costs{report.from, report.to, std::move(report.timezone)};
  if (!report.totals.cost.empty()) costs.main = report.totals.cost.front().currency;
  for (GroupFigures& group : report.groups) {
    const AccountId id{std::atoll(group.group.c_str())};  // 0: what belongs to no account
    if (!group.cost.empty()) costs.costs[id] = std::move(group.cost);
  }
  return costs;
}

Result<std::vector<ListPlace>> places_of(Transaction& transaction, const AccountQuery& query,
                                         const AccountList::Filter& filter, const AccountCosts& costs) {
  if (query.page.sort != keys::AccountSort::cost) return AccountList::page(transaction, query.page, filter);
  TopPlaces top(query.page.descending, query.page.after, query.page.limit);
  const Result<void> offered = AccountList::each(transaction, filter, [&](AccountId id) {
    top.offer(id.value, costs.rank(id));
    return true;
  });
  if (!offered) return std::unexpected(offered.error());
  return top.take();
}

Result<Listed<AccountView>> list_accounts(Transaction& transaction, const AccountQuery& query,
                                          const AccountCosts& costs) {
  const AccountList::Filter filter{like_pattern(query.search)};
  Result<std::vector<ListPlace>> places = places_of(transaction, query, filter, costs);
  if (!places) return std::unexpected(places.error());
  Listed<AccountView> listed{.next = store::cut_page(*places, query.page.limit)};
  for (const ListPlace& place : *places) {
    Result<keys::Account> account = AccountStore::get(transaction, AccountId{place.id});
    if (!account) return std::unexpected(account.error());
    AccountView& view = listed.rows.emplace_back(AccountView{std::move(*account)});
    const auto found = costs.costs.find(view.id);
    if (found != costs.costs.end()) view.cost = found->second;
  }
  if (!query.page.counted) return listed;
  const Result<std::int64_t> count = AccountList::count(transaction, filter);
  if (!count) return std::unexpected(count.error());
  const Result<std::int64_t> all = AccountList::count(transaction, {});
  if (!all) return std::unexpected(all.error());
  listed.count = *count;
  listed.all_count = *all;
  return listed;
}

runtime::Task<Result<AccountCosts>> read_costs(const UsageReports* reports, UsageQuery usage, Instant now) {
  if (reports == nullptr) {
    const Result<DayRange> range = resolve_range(usage, day_of(now));
    if (!range) co_return std::unexpected(range.error());
    co_return AccountCosts{range->from, range->to, "UTC"};
  }
  Result<UsageReport> report = co_await reports->report(std::move(usage));
  if (!report) co_return std::unexpected(report.error());
  co_return to_costs(std::move(*report));
}

}  // namespace

runtime::Task<Result<AccountsListed>> Accounts::list(AccountQuery query) const {
  UsageQuery usage = usage_of(query);
  Result<AccountCosts> costs = co_await read_costs(reports_, std::move(usage), core_.clock->now());
  if (!costs) co_return std::unexpected(costs.error());
  AccountsListed answer{{}, costs->from, costs->to, costs->timezone};
  auto read = [query = std::move(query), costs = std::move(*costs)](Transaction& transaction) {
    return list_accounts(transaction, query, costs);
  };
  Result<Listed<AccountView>> listed = co_await core_.store->readers().run<Listed<AccountView>>(std::move(read));
  if (!listed) co_return std::unexpected(listed.error());
  answer.accounts = std::move(*listed);
  co_return answer;
}

}  // namespace keyledger::service
