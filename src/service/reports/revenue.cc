#include "service/reports/revenue.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "service/reports/revenue_facts.h"
#include "store/billing/plan_store.h"
#include "store/billing/revenue_store.h"
#include "store/ledger/activity_store.h"

namespace keyledger::service {
namespace {

using billing::DaySpan;
using billing::PlanId;
using std::chrono::months;
using std::chrono::year_month;
using store::RevenueStore;
using store::Transaction;

constexpr months kMonthsByDefault{12};

year_month month_of(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return date.year() / date.month();
}

LocalDay first_of(year_month month) {
  return LocalDay{month / std::chrono::day{1}};
}

/// The months that are asked for. Errors: those of RevenueReports::revenue.
Result<std::pair<year_month, year_month>> months_of(const RevenueQuery& query, year_month current) {
  if (!query.from && !query.to) return std::pair{current - kMonthsByDefault + months{1}, current};
  if (!query.from || !query.to) {
    return fail(Code::invalid_argument, "from and to come together.", "range_incomplete", query.from ? "to" : "from");
  }
  if (*query.from > *query.to) {
    return fail(Code::invalid_argument, "from is after to; turn them round.", "range_reversed", "from");
  }
  if (*query.to - *query.from >= months{RevenueReports::kMonthsMax}) {
    return fail(Code::invalid_argument, fmt::format("The range has more than {} months.", RevenueReports::kMonthsMax),
                "range_too_long", "from");
  }
  return std::pair{*query.from, *query.to};
}

Result<void> check_filters(Transaction& transaction, const RevenueQuery& query) {
  if (query.customer_id) {
    const Result<void> known = store::ActivityStore::check_customer(transaction, *query.customer_id);
    if (!known) return known;
  }
  if (!query.plan_id) return {};
  const Result<std::string> known = RevenueStore::plan_name(transaction, *query.plan_id);
  if (!known) return std::unexpected(known.error());
  return {};
}

/// What one line of the report sums up.
struct LineKey {
  Currency currency{};
  CustomerId customer_id{};
  PlanId plan_id{};
  year_month month{};
  auto operator<=>(const LineKey&) const = default;
};

struct Tally {
  std::map<LineKey, RevenueSums> lines{};
  std::map<std::pair<year_month, Currency>, RevenueSums> months{};
  std::map<Currency, RevenueSums> totals{};

  void add(const RevenueFact& fact) {
    if (fact.sums == RevenueSums{.currency = fact.sums.currency}) return;  // of nothing
    const year_month month = month_of(fact.day);
    const Currency currency = fact.sums.currency;
    service::add(lines[{currency, fact.customer_id, fact.plan_id, month}], fact.sums);
    service::add(months[{month, currency}], fact.sums);
    service::add(totals[currency], fact.sums);
  }
};

/// A month without revenue is told as that.
std::vector<RevenueMonth> every_month(const Tally& tally, year_month from, year_month to) {
  std::vector<RevenueMonth> all;
  for (year_month month = from; month <= to; month += months{1}) {
    for (const auto& [currency, total] : tally.totals) {
      const auto found = tally.months.find({month, currency});
      all.push_back({month, found == tally.months.end() ? RevenueSums{.currency = currency} : found->second});
    }
  }
  return all;
}

std::vector<RevenueLine> ranked(const Tally& tally) {
  std::vector<RevenueLine> lines;
  for (const auto& [key, sums] : tally.lines) lines.push_back({key.customer_id, {}, key.plan_id, {}, key.month, sums});
  const auto part = [&](const RevenueLine& line) {
    return RevenuePart{line.sums.currency, line.sums.net_nanos(), tally.totals.at(line.sums.currency).net_nanos()};
  };
  // What is alike stays in the order of customers, plans and months.
  std::ranges::stable_sort(
      lines, [&](const RevenueLine& left, const RevenueLine& right) { return larger(part(left), part(right)); });
  return lines;
}

Result<void> name(Transaction& transaction, std::vector<RevenueLine>& lines) {
  std::map<CustomerId, std::string> customers;
  std::map<PlanId, std::string> plans;
  for (RevenueLine& line : lines) {
    if (!customers.contains(line.customer_id)) {
      Result<std::string> found = RevenueStore::customer_name(transaction, line.customer_id);
      if (!found) return std::unexpected(found.error());
      customers.emplace(line.customer_id, std::move(*found));
    }
    if (!plans.contains(line.plan_id)) {
      Result<std::string> found = RevenueStore::plan_name(transaction, line.plan_id);
      if (!found) return std::unexpected(found.error());
      plans.emplace(line.plan_id, std::move(*found));
    }
    line.customer_name = customers.at(line.customer_id);
    line.plan_name = plans.at(line.plan_id);
  }
  return {};
}

Result<RevenueReport> read_revenue(Transaction& transaction, const RevenueReports::Hooks& hooks,
                                   const RevenueQuery& query, std::pair<year_month, year_month> range,
                                   std::optional<std::int64_t> limit, Instant now) {
  const Result<void> known = check_filters(transaction, query);
  if (!known) return std::unexpected(known.error());
  Tally tally;
  const DaySpan days{first_of(range.first), first_of(range.second + months{1})};
  const Result<void> read =
      each_revenue(transaction, hooks, days, query.customer_id, now, [&](const RevenueFact& fact) {
        if (!query.plan_id || fact.plan_id == *query.plan_id) tally.add(fact);
      });
  if (!read) return std::unexpected(read.error());
  RevenueReport report{.from = range.first, .to = range.second, .data = ranked(tally)};
  report.count = std::ssize(report.data);
  if (limit && *limit < report.count) report.data.resize(static_cast<std::size_t>(*limit));
  const Result<void> named = name(transaction, report.data);
  if (!named) return std::unexpected(named.error());
  report.months = every_month(tally, range.first, range.second);
  for (const auto& [currency, sums] : tally.totals) report.totals.push_back(sums);
  return report;
}

}  // namespace

runtime::Task<Result<RevenueReport>> RevenueReports::revenue(RevenueQuery query,
                                                             std::optional<std::int64_t> limit) const {
  const Instant now = core_.clock->now();
  const Zone zone = hooks_.zone_named({});
  const auto range = months_of(query, month_of(zone.day_of(now)));
  if (!range) co_return std::unexpected(range.error());
  const Result<void> settled = co_await hooks_.settle();
  if (!settled) co_return std::unexpected(settled.error());
  auto read = [hooks = hooks_, query, range = *range, limit, now](Transaction& transaction) {
    return read_revenue(transaction, hooks, query, range, limit, now);
  };
  Result<RevenueReport> report = co_await core_.store->readers().run<RevenueReport>(std::move(read));
  if (report) report->timezone = zone.name();
  co_return report;
}

}  // namespace keyledger::service
