// domain/billing/rating.h: from counted usage to money. Pure, and the same every time.
#pragma once

#include <functional>

#include "base/id.h"
#include "domain/billing/period.h"
#include "domain/billing/plan.h"

namespace keyledger::billing {

using PlanId = Id<struct PlanTag>;

/// A plan as it stood from some time on. Editing a plan makes a new version; no version ever changes.
struct PlanVersion {
  PlanId plan_id{};
  std::int64_t version = 1;
  std::string name{};
  PlanTerms terms{};
};

/// From this day on the customer has this plan, as it stood when they agreed to it.
struct PlanChange {
  LocalDay from{};
  PlanId plan_id{};
  std::int64_t version = 1;
  std::optional<std::int64_t> monthly_nanos{};  // agreed with this customer, instead of the plan's
  bool operator==(const PlanChange&) const = default;
};

/// What a customer has subscribed to, in days on their clocks.
struct Agreement {
  int anchor = 1;                         // day of the month on which periods begin, 1 to 31
  std::vector<PlanChange> changes{};      // by day; the first begins the subscription
  std::optional<LocalDay> trial_until{};  // nothing is charged for days before
  std::optional<LocalDay> ends{};         // the first day that is not subscribed
};

/// Days of a period that have one version of a plan.
struct Segment {
  DaySpan days{};
  const PlanVersion* plan = nullptr;
  bool trial = false;
  std::optional<std::int64_t> monthly_nanos{};  // agreed instead of the plan's
};

/// The version for a segment that begins on `day`: the newest of that day's beginning, but none older than was agreed.
/// Never null.
using VersionOf = std::function<const PlanVersion*(const PlanChange& change, LocalDay day)>;

/// The parts of `period` that are subscribed, in order; none where nothing is. A new version of a plan is taken up at
/// the beginning of a period, never within one.
[[nodiscard]] std::vector<Segment> segments_of(const Agreement& agreement, const DaySpan& period,
                                               const VersionOf& version_of);

BOOST_DEFINE_ENUM_CLASS(StepKind,
                        days,      // of the monthly price: quantity days of all
                        covered,   // the plan has no charge for the metric
                        included,  // in the monthly price
                        trial,     // used before the trial ended
                        tier,      // at the price of a tier
                        unpriced)  // has no price, and is not in the amount

/// One step from usage to money, as a customer can follow it.
struct Step {
  StepKind kind = StepKind::days;
  std::int64_t quantity = 0;    // units, or days
  std::int64_t of = 0;          // days of the whole period; 0 for units
  std::int64_t unit_nanos = 0;  // price of a unit; of the whole period for days
  std::int64_t nanos = 0;       // what the step comes to, half up to a nano where days do not divide it
  bool operator==(const Step&) const = default;
};
BOOST_DESCRIBE_STRUCT(Step, (), (kind, quantity, of, unit_nanos, nanos))

BOOST_DEFINE_ENUM_CLASS(LineKind, monthly, usage, late_usage)

/// A line of an invoice. `amount_nanos` is rounded to the currency's minor unit, once, from the exact sum of the steps.
struct Line {
  LineKind kind = LineKind::monthly;
  PlanId plan_id{};
  std::int64_t plan_version = 0;
  std::string plan_name{};
  DaySpan days{};
  std::optional<Metric> metric{};
  std::int64_t quantity = 0;           // units used
  std::int64_t unpriced_quantity = 0;  // of them, without a price
  std::vector<Step> steps{};
  std::int64_t amount_nanos = 0;
  bool operator==(const Line&) const = default;
};

/// How much of each metric was used in a segment.
struct UsedUnits {
  std::int64_t requests = 0, rentals = 0;
  [[nodiscard]] std::int64_t of(Metric metric) const { return metric == Metric::requests ? requests : rentals; }
  bool operator==(const UsedUnits&) const = default;
};

/// How many units of the charge are included in a part of the period. The parts of a period add up to the whole.
[[nodiscard]] std::int64_t included_in(std::int64_t included, const DaySpan& part, const DaySpan& period);

/// The monthly price of the segment's days. Nothing where there is none, or in a trial.
/// Errors: too_large, reason amount_too_large.
[[nodiscard]] Result<std::optional<Line>> monthly_line(const Segment& segment, const DaySpan& period);

/// What `quantity` units of the metric come to, after `before` others of the same segment that were billed already.
/// A metric without a charge and without units gives no line. Errors: too_large, reason amount_too_large.
[[nodiscard]] Result<std::optional<Line>> usage_line(const Segment& segment, const DaySpan& period, Metric metric,
                                                     std::int64_t quantity, std::int64_t before = 0);

/// All lines of a period, in the order in which an invoice shows them. `used` has one entry for each segment.
[[nodiscard]] Result<std::vector<Line>> lines_of(const std::vector<Segment>& segments, const DaySpan& period,
                                                 const std::vector<UsedUnits>& used);

}  // namespace keyledger::billing
