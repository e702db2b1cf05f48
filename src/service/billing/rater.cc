#include "service/billing/rater.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <map>

#include "store/billing/counted_units_store.h"
#include "store/billing/plan_store.h"
#include "store/ledger/ledger_days_store.h"

namespace keyledger::service {

using billing::DaySpan;
using billing::Line;
using billing::Metric;
using billing::PlanChange;
using billing::PlanVersion;
using billing::Segment;
using billing::Subscription;
using billing::UsedUnits;
using store::CountedUnitsStore;
using store::DayUnits;
using store::LedgerDaysStore;
using store::PlanStore;

namespace {

constexpr Metric kMetrics[] = {Metric::requests, Metric::rentals};
constexpr std::chrono::days kLateFor{400};

using Days = std::vector<DayUnits>;  // in order

UsedUnits used_in(const Days& days, const DaySpan& span) {
  UsedUnits used;
  const auto first = std::ranges::lower_bound(days, span.from, {}, &DayUnits::day);
  for (auto day = first; day != days.end() && day->day < span.until; ++day) {
    used.requests += day->requests;
    used.rentals += day->rentals;
  }
  return used;
}

/// The newest that was made by `made_by`, but none older than was agreed to.
const PlanVersion* version_in_force(const std::vector<PlanStore::Version>& newest_first, const PlanChange& change,
                                    Instant made_by) {
  for (const PlanStore::Version& each : newest_first) {
    if (each.made_at <= made_by || each.version.version == change.version) return &each.version;
  }
  return &newest_first.back().version;
}

/// Units of days that were billed before, and what the invoices counted of them altogether.
struct Billed {
  DaySpan days{};
  Metric metric = Metric::requests;
  std::int64_t units = 0;
  std::string newest_number{};
  std::string timezone{};  // in which they were rated first
};

std::vector<Billed> sums_of(std::vector<CountedUnitsStore::Row> rows) {
  std::vector<Billed> sums;
  for (CountedUnitsStore::Row& row : rows) {
    if (sums.empty() || sums.back().days.from != row.days.from || sums.back().metric != row.metric) {
      sums.push_back({.days = row.days, .metric = row.metric, .timezone = row.timezone});
    }
    Billed& billed = sums.back();
    billed.units += row.units;
    billed.newest_number = std::move(row.invoice_number);
    if (row.first) billed.timezone = std::move(row.timezone);
  }
  return sums;
}

}  // namespace

struct Rater::Kept {
  /// Errors: those of the database.
  [[nodiscard]] Result<void> know_plans(store::Transaction& transaction, const Subscription& subscription);
  [[nodiscard]] std::vector<Segment> segments(const Subscription& subscription, const DaySpan& period,
                                              const Zone& zone) const;
  [[nodiscard]] Result<Days> days_of(store::Transaction& transaction, CustomerId customer, const DaySpan& span) const;
  [[nodiscard]] Result<void> add_late(store::Transaction& transaction, const Subscription& subscription,
                                      const Zone& zone, RatedPeriod& rated) const;
  [[nodiscard]] Result<void> add_late_line(const Subscription& subscription, const Billed& billed, std::int64_t now,
                                           const Zone& zone, RatedPeriod& rated) const;

  std::map<billing::PlanId, std::vector<PlanStore::Version>> plans{};  // newest version first
  DaySpan ahead{};
  absl::flat_hash_map<std::int64_t, Days> ahead_of_customers{};
};

Result<void> Rater::Kept::know_plans(store::Transaction& transaction, const Subscription& subscription) {
  for (const PlanChange& change : subscription.agreement.changes) {
    if (plans.contains(change.plan_id)) continue;
    Result<std::vector<PlanStore::Version>> versions = PlanStore::versions(transaction, change.plan_id);
    if (!versions) return std::unexpected(versions.error());
    check_invariant(!versions->empty(), "a plan that was subscribed to has a version");
    plans.emplace(change.plan_id, std::move(*versions));
  }
  return {};
}

std::vector<Segment> Rater::Kept::segments(const Subscription& subscription, const DaySpan& period,
                                           const Zone& zone) const {
  return billing::segments_of(subscription.agreement, period, [&](const PlanChange& change, LocalDay day) {
    return version_in_force(plans.at(change.plan_id), change, zone.start_of(day));
  });
}

Result<Days> Rater::Kept::days_of(store::Transaction& transaction, CustomerId customer, const DaySpan& span) const {
  if (span.empty()) return Days{};
  if (ahead.from > span.from || span.until > ahead.until) {
    return LedgerDaysStore::of_customer(transaction, customer, span);
  }
  const auto found = ahead_of_customers.find(customer.value);
  return found == ahead_of_customers.end() ? Days{} : found->second;
}

/// A line for what came in after `billed`; what was taken away is listed alone.
Result<void> Rater::Kept::add_late_line(const Subscription& subscription, const Billed& billed, std::int64_t now,
                                        const Zone& zone, RatedPeriod& rated) const {
  const DaySpan period = billing::period_of(subscription.agreement.anchor, billed.days.from);
  const Result<Zone> rated_in = Zone::find(billed.timezone);
  std::vector<Segment> segments_then = segments(subscription, period, rated_in.value_or(zone));
  const auto segment =
      std::ranges::find_if(segments_then, [&](const Segment& each) { return each.days.holds(billed.days.from); });
  if (segment == segments_then.end()) return {};  // no day that is subscribed any more
  segment->days = billed.days;
  rated.late.push_back({.days = billed.days,
                        .metric = billed.metric,
                        .plan_id = segment->plan->plan_id,
                        .plan_version = segment->plan->version,
                        .invoice_number = billed.newest_number,
                        .billed = billed.units,
                        .now = now});
  if (now < billed.units) return {};
  Result<std::optional<Line>> line =
      billing::usage_line(*segment, period, billed.metric, now - billed.units, billed.units);
  if (!line) return std::unexpected(line.error());
  if (!*line) return {};
  (*line)->kind = billing::LineKind::late_usage;
  rated.lines.push_back(std::move(**line));
  return {};
}

Result<void> Rater::Kept::add_late(store::Transaction& transaction, const Subscription& subscription, const Zone& zone,
                                   RatedPeriod& rated) const {
  Result<std::vector<CountedUnitsStore::Row>> rows =
      CountedUnitsStore::of(transaction, subscription.id, {rated.period.until - kLateFor, rated.period.from});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return {};
  DaySpan span = rows->front().days;
  for (const CountedUnitsStore::Row& row : *rows) span.until = std::max(span.until, row.days.until);
  const Result<Days> days = days_of(transaction, subscription.customer_id, span);
  if (!days) return std::unexpected(days.error());
  for (const Billed& billed : sums_of(std::move(*rows))) {
    const std::int64_t now = used_in(*days, billed.days).of(billed.metric);
    if (now == billed.units) continue;
    const Result<void> added = add_late_line(subscription, billed, now, zone, rated);
    if (!added) return added;
  }
  return {};
}

Rater::Rater(store::Transaction* transaction) : transaction_(transaction), kept_(std::make_unique<Kept>()) {}

Rater::~Rater() = default;

Result<void> Rater::read_ahead(DaySpan days) {
  kept_->ahead = days;
  kept_->ahead_of_customers.clear();
  return LedgerDaysStore::each(*transaction_, days, [this](CustomerId customer, const DayUnits& units) {
    Days& of_customer = kept_->ahead_of_customers[customer.value];
    if (of_customer.empty() || of_customer.back().day != units.day) {
      of_customer.push_back(units);
      return;
    }
    of_customer.back().requests += units.requests;
    of_customer.back().rentals += units.rentals;
  });
}

Result<RatedPeriod> Rater::rate(const Subscription& subscription, LocalDay day, const Zone& zone,
                                const billing::TaxTerms& tax, bool late_too) {
  const Result<void> known = kept_->know_plans(*transaction_, subscription);
  if (!known) return std::unexpected(known.error());
  RatedPeriod rated{.period = billing::period_of(subscription.agreement.anchor, day)};
  const std::vector<Segment> segments = kept_->segments(subscription, rated.period, zone);
  rated.subscribed = {rated.period.from, rated.period.from};
  if (!segments.empty()) rated.subscribed = {segments.front().days.from, segments.back().days.until};
  const Result<Days> days = kept_->days_of(*transaction_, subscription.customer_id, rated.subscribed);
  if (!days) return std::unexpected(days.error());
  std::vector<UsedUnits> used;
  for (const Segment& segment : segments) {
    used.push_back(used_in(*days, segment.days));
    for (const Metric metric : kMetrics) rated.counted.push_back({segment.days, metric, used.back().of(metric)});
  }
  Result<std::vector<Line>> lines = billing::lines_of(segments, rated.period, used);
  if (!lines) return std::unexpected(lines.error());
  rated.lines = std::move(*lines);
  const Result<void> late = late_too ? kept_->add_late(*transaction_, subscription, zone, rated) : Result<void>{};
  if (!late) return std::unexpected(late.error());
  for (const Line& line : rated.lines) {
    if (line.metric == Metric::requests) rated.unpriced_requests += line.unpriced_quantity;
    if (line.metric == Metric::rentals) rated.unpriced_rentals += line.unpriced_quantity;
  }
  const Result<billing::Totals> totals = billing::totals_of(rated.lines, tax, subscription.currency);
  if (!totals) return std::unexpected(totals.error());
  rated.totals = *totals;
  return rated;
}

}  // namespace keyledger::service
