#include "service/reports/revenue_facts.h"

#include <algorithm>

#include "domain/billing/invoice.h"
#include "service/billing/rater.h"
#include "store/billing/invoice_store.h"
#include "store/billing/revenue_store.h"
#include "store/billing/subscription_store.h"

namespace keyledger::service {
namespace {

using billing::DaySpan;
using billing::SubscriptionId;
using store::InvoiceStore;
using store::RevenueStore;
using store::SubscriptionStore;
using store::Transaction;
using Sink = std::function<void(const RevenueFact&)>;

constexpr std::chrono::days kAheadFor{64};  // the newest draft and the open period of anybody; older ones are rare
constexpr std::size_t kAheadFrom = 20;      // fewer periods than these are read one by one
constexpr int kPeriodsMax = 1'200;          // of a subscription without any invoice: a hundred years

/// The lines of one invoice, until all of them are there.
class BilledInvoice {
 public:
  BilledInvoice(const DaySpan& days, const Sink& sink) : days_(days), sink_(sink) {}

  void add(const RevenueStore::BilledLine& line) {
    if (!lines_.empty() && lines_.front().invoice_id != line.invoice_id) finish();
    lines_.push_back(line);
  }
  /// Shares the invoice's net, and what was credited of it, out over its lines.
  void finish() {
    if (lines_.empty()) return;
    std::vector<std::int64_t> weights;
    for (const RevenueStore::BilledLine& line : lines_) weights.push_back(line.amount_nanos);
    const std::vector<std::int64_t> nets = billing::shared_out(lines_.front().net_nanos, weights);
    const std::vector<std::int64_t> credits = billing::shared_out(lines_.front().credited_net_nanos, weights);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const RevenueStore::BilledLine& line = lines_[i];
      if (!days_.holds(line.last_day)) continue;
      sink_({line.customer_id, line.plan_id, line.last_day, {line.currency, nets[i], credits[i], 0}});
    }
    lines_.clear();
  }

 private:
  DaySpan days_;
  const Sink& sink_;
  std::vector<RevenueStore::BilledLine> lines_{};
};

Result<void> each_billed(Transaction& transaction, const DaySpan& days, std::optional<CustomerId> customer,
                         const Sink& sink) {
  BilledInvoice invoice(days, sink);
  const Result<void> read =
      RevenueStore::each_billed(transaction, days, customer, [&](const auto& line) { invoice.add(line); });
  if (read) invoice.finish();
  return read;
}

/// A period that no final invoice has: the first day of it that is subscribed.
struct OpenPeriod {
  SubscriptionId subscription_id{};
  LocalDay day{};
};

/// Periods of a subscription that have begun and have no invoice at all.
void add_unbilled(std::vector<OpenPeriod>& open, const InvoiceStore::Unbilled& row, LocalDay today) {
  DaySpan period = billing::period_of(row.anchor, row.newest_from.value_or(row.starts));
  if (row.newest_from) period = billing::period_after(row.anchor, period);
  for (int i = 0; i < kPeriodsMax && std::max(period.from, row.starts) <= today; ++i) {
    if (row.ends && *row.ends <= period.from) return;
    open.push_back({row.id, std::max(period.from, row.starts)});
    period = billing::period_after(row.anchor, period);
  }
}

Result<std::vector<OpenPeriod>> open_periods(Transaction& transaction, const RevenueReports::Hooks& hooks,
                                             std::optional<CustomerId> customer, Instant now) {
  const Result<std::vector<RevenueStore::Draft>> drafts = RevenueStore::drafts(transaction, customer);
  if (!drafts) return std::unexpected(drafts.error());
  const Result<std::vector<InvoiceStore::Unbilled>> unbilled = InvoiceStore::unbilled(transaction);
  if (!unbilled) return std::unexpected(unbilled.error());
  std::vector<OpenPeriod> open;
  for (const RevenueStore::Draft& draft : *drafts) open.push_back({draft.subscription_id, draft.from});
  for (const InvoiceStore::Unbilled& row : *unbilled) {
    if (customer && row.customer_id != *customer) continue;
    add_unbilled(open, row, hooks.zone_named(row.timezone).day_of(now));
  }
  std::ranges::stable_sort(open, {}, &OpenPeriod::subscription_id);
  return open;
}

/// What a period has earned so far, by line.
Result<void> rate_open(Rater& rater, const SubscriptionStore::Row& row, const OpenPeriod& open, const Zone& zone,
                       const billing::TaxTerms& tax, const DaySpan& days, Instant now, const Sink& sink) {
  const billing::Subscription& subscription = row.subscription;
  const Result<RatedPeriod> rated = rater.rate(subscription, open.day, zone, tax, false);
  if (!rated) return std::unexpected(rated.error());
  std::vector<std::int64_t> weights;
  for (const billing::Line& line : rated->lines) weights.push_back(line.amount_nanos);
  const std::vector<std::int64_t> nets = billing::shared_out(rated->totals.net_nanos, weights);
  const LocalDay today = zone.day_of(now);
  for (std::size_t i = 0; i < rated->lines.size(); ++i) {
    const billing::Line& line = rated->lines[i];
    const LocalDay day = std::min(line.days.until - std::chrono::days{1}, today);
    if (!days.holds(day)) continue;
    sink({subscription.customer_id, line.plan_id, day, {subscription.currency, 0, 0, nets[i]}});
  }
  return {};
}

Result<void> each_earned(Transaction& transaction, const RevenueReports::Hooks& hooks, const DaySpan& days,
                         std::optional<CustomerId> customer, Instant now, const Sink& sink) {
  const Result<std::vector<OpenPeriod>> open = open_periods(transaction, hooks, customer, now);
  if (!open) return std::unexpected(open.error());
  const Result<RevenueStore::InclusiveTax> taxes = RevenueStore::inclusive_taxes(transaction);
  if (!taxes) return std::unexpected(taxes.error());
  Rater rater(&transaction);
  if (open->size() >= kAheadFrom) {
    const LocalDay today = Zone{}.day_of(now);
    const LocalDay oldest = std::ranges::min(*open, {}, &OpenPeriod::day).day;
    const Result<void> ahead = rater.read_ahead({std::max(oldest, today - kAheadFor), today + kAheadFor});
    if (!ahead) return ahead;
  }
  std::optional<SubscriptionStore::Row> row;
  for (const OpenPeriod& period : *open) {
    if (!row || row->subscription.id != period.subscription_id) {
      Result<SubscriptionStore::Row> next = SubscriptionStore::get(transaction, period.subscription_id);
      if (!next) return std::unexpected(next.error());
      row = std::move(*next);
    }
    const auto tax = taxes->find(row->subscription.customer_id.value);
    const Result<void> rated = rate_open(rater, *row, period, hooks.zone_named(row->timezone),
                                         tax == taxes->end() ? billing::TaxTerms{} : tax->second, days, now, sink);
    if (!rated) return rated;
  }
  return {};
}

}  // namespace

Result<void> each_revenue(Transaction& transaction, const RevenueReports::Hooks& hooks, const DaySpan& days,
                          std::optional<CustomerId> customer, Instant now, const Sink& sink) {
  const Result<void> billed = each_billed(transaction, days, customer, sink);
  if (!billed) return billed;
  return each_earned(transaction, hooks, days, customer, now, sink);
}

void add(RevenueSums& to, const RevenueSums& sums) {
  to.currency = sums.currency;
  to.billed_nanos += sums.billed_nanos;
  to.credited_nanos += sums.credited_nanos;
  to.earned_nanos += sums.earned_nanos;
}

bool larger(const RevenuePart& left, const RevenuePart& right) {
  __extension__ using Wide = __int128;
  if (left.currency == right.currency) return left.nanos > right.nanos;
  const auto part = [](const RevenuePart& each) { return each.of_nanos > 0 ? each.nanos : 0; };
  const auto whole = [](const RevenuePart& each) { return each.of_nanos > 0 ? each.of_nanos : 1; };
  return Wide{part(left)} * whole(right) > Wide{part(right)} * whole(left);
}

}  // namespace keyledger::service
