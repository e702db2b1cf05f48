// Who uses and pays most.
#include <algorithm>
#include <map>

#include "service/reports/reading.h"
#include "service/reports/revenue_facts.h"
#include "store/billing/revenue_store.h"

namespace keyledger::service {
namespace {

using billing::DaySpan;
using store::RevenueStore;
using store::Transaction;

struct CustomerTally {
  RevenueStore::Calls calls{};
  std::map<Currency, std::int64_t> nets{};
};

struct TopTally {
  std::map<CustomerId, CustomerTally> customers{};
  RevenueStore::Calls calls{};
  std::map<Currency, std::int64_t> nets{};
};

Result<TopTally> tally_customers(Transaction& transaction, const RevenueReports::Hooks& hooks, const DaySpan& days,
                                 Instant now) {
  TopTally tally;
  const auto calls = RevenueStore::calls(transaction, days);
  if (!calls) return std::unexpected(calls.error());
  for (const auto& [customer, counted] : *calls) {
    tally.customers[CustomerId{customer}].calls = counted;
    tally.calls.calls += counted.calls;
    tally.calls.refused += counted.refused;
    tally.calls.rentals += counted.rentals;
  }
  const Result<void> read = each_revenue(transaction, hooks, days, std::nullopt, now, [&](const RevenueFact& fact) {
    const std::int64_t net = fact.sums.net_nanos();
    if (net == 0) return;
    tally.customers[fact.customer_id].nets[fact.sums.currency] += net;
    tally.nets[fact.sums.currency] += net;
  });
  if (!read) return std::unexpected(read.error());
  return tally;
}

/// What a customer paid, as the part of all in its currency; of several currencies the largest part.
RevenuePart part_of(const CustomerTally& customer, const TopTally& tally) {
  RevenuePart largest{};
  for (const auto& [currency, nanos] : customer.nets) {
    const RevenuePart part{currency, nanos, tally.nets.at(currency)};
    if (largest.of_nanos == 0 || larger(part, largest)) largest = part;
  }
  return largest;
}

std::int64_t share_of(const RevenuePart& part) {
  __extension__ using Wide = __int128;
  if (part.nanos <= 0 || part.of_nanos <= 0) return 0;
  return static_cast<std::int64_t>((Wide{part.nanos} * 2'000 + part.of_nanos) / (Wide{part.of_nanos} * 2));
}

struct RankedCustomer {
  CustomerId id{};
  const CustomerTally* tally = nullptr;
  RevenuePart part{};
};

std::int64_t counted(const RevenueStore::Calls& calls, TopCustomersOrder by) {
  return by == TopCustomersOrder::rentals ? calls.rentals : calls.calls;
}

/// What is alike stays in the order of ids.
std::vector<RankedCustomer> rank(const TopTally& tally, TopCustomersOrder by) {
  std::vector<RankedCustomer> all;
  for (const auto& [id, customer] : tally.customers) all.push_back({id, &customer, part_of(customer, tally)});
  std::ranges::stable_sort(all, [by](const RankedCustomer& left, const RankedCustomer& right) {
    if (by == TopCustomersOrder::revenue) return larger(left.part, right.part);
    return counted(left.tally->calls, by) > counted(right.tally->calls, by);
  });
  return all;
}

Result<TopCustomers> read_top(Transaction& transaction, const RevenueReports::Hooks& hooks, const Span& span,
                              TopCustomersOrder by, std::optional<std::int64_t> limit) {
  const DaySpan days{LocalDay{span.range.from.time_since_epoch()},
                     LocalDay{span.range.to.time_since_epoch()} + std::chrono::days{1}};
  const Result<TopTally> tally = tally_customers(transaction, hooks, days, span.now);
  if (!tally) return std::unexpected(tally.error());
  std::vector<RankedCustomer> ranked = rank(*tally, by);
  TopCustomers report{.by = by,
                      .count = std::ssize(ranked),
                      .calls = tally->calls.calls,
                      .refused = tally->calls.refused,
                      .rentals = tally->calls.rentals};
  describe_span(report, span);
  if (limit && *limit < report.count) ranked.resize(static_cast<std::size_t>(*limit));
  for (const RankedCustomer& each : ranked) {
    Result<std::string> name = RevenueStore::customer_name(transaction, each.id);
    if (!name) return std::unexpected(name.error());
    const RevenueStore::Calls& calls = each.tally->calls;
    TopCustomer line{each.id, std::move(*name), calls.calls, calls.refused, calls.rentals, {}, 0};
    for (const auto& [currency, nanos] : each.tally->nets) line.revenue.push_back({currency, nanos});
    line.share = by == TopCustomersOrder::revenue ? share_of(each.part)
                                                  : per_mille(counted(calls, by), counted(tally->calls, by));
    report.data.push_back(std::move(line));
  }
  return report;
}

}  // namespace

runtime::Task<Result<TopCustomers>> RevenueReports::top_customers(SpanAsked asked, TopCustomersOrder by,
                                                                  std::optional<std::int64_t> limit) const {
  const Result<Span> span = make_span(asked, hooks_.zone_named({}), core_.clock->now());
  if (!span) co_return std::unexpected(span.error());
  const Result<void> settled = co_await hooks_.settle();
  if (!settled) co_return std::unexpected(settled.error());
  auto read = [hooks = hooks_, span = *span, by, limit](Transaction& transaction) {
    return read_top(transaction, hooks, span, by, limit);
  };
  Result<TopCustomers> report = co_await core_.store->readers().run<TopCustomers>(std::move(read));
  co_return report;
}

}  // namespace keyledger::service
