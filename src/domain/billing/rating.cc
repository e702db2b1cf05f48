#include "domain/billing/rating.h"

#include <algorithm>

#include "domain/billing/rounding.h"

namespace keyledger::billing {
namespace {

constexpr Metric kMetrics[] = {Metric::requests, Metric::rentals};

Line line_of(LineKind kind, const Segment& segment) {
  return {.kind = kind,
          .plan_id = segment.plan->plan_id,
          .plan_version = segment.plan->version,
          .plan_name = segment.plan->name,
          .days = segment.days};
}

/// Hands out the units of a line, kind by kind, skipping those that were billed before.
class Steps {
 public:
  Steps(std::int64_t before, std::int64_t quantity) : skip_(before), left_(quantity) {}

  /// The next `count` units of the segment are of this kind.
  void take(StepKind kind, std::int64_t count, std::int64_t unit_nanos) {
    const std::int64_t skipped = std::min(skip_, count);
    skip_ -= skipped;
    const std::int64_t taken = std::min(left_, count - skipped);
    left_ -= taken;
    if (taken == 0) return;
    const Wide nanos = static_cast<Wide>(taken) * unit_nanos;
    sum_ += nanos;
    if (kind == StepKind::unpriced) unpriced_ += taken;
    steps_.push_back({.kind = kind,
                      .quantity = taken,
                      .unit_nanos = unit_nanos,
                      .nanos = static_cast<std::int64_t>(std::min<Wide>(nanos, INT64_MAX))});
  }
  [[nodiscard]] std::int64_t left() const { return skip_ + left_; }
  [[nodiscard]] Wide sum() const { return sum_; }
  [[nodiscard]] std::int64_t unpriced() const { return unpriced_; }
  [[nodiscard]] std::vector<Step> take_steps() { return std::move(steps_); }

 private:
  std::int64_t skip_, left_, unpriced_ = 0;
  Wide sum_ = 0;
  std::vector<Step> steps_{};
};

void take_charged(Steps& steps, const Charge& charge, const Segment& segment, const DaySpan& period) {
  steps.take(StepKind::included, included_in(charge.included, segment.days, period), 0);
  for (const Tier& tier : charge.tiers) {
    const std::int64_t count = tier.up_to ? *tier.up_to - tier.from + 1 : steps.left();
    steps.take(StepKind::tier, count, tier.unit_nanos);
  }
  steps.take(StepKind::unpriced, steps.left(), 0);
}

}  // namespace

std::vector<Segment> segments_of(const Agreement& agreement, const DaySpan& period, const VersionOf& version_of) {
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < agreement.changes.size(); ++i) {
    const PlanChange& change = agreement.changes[i];
    const bool last = i + 1 == agreement.changes.size();
    DaySpan held{change.from, last ? period.until : agreement.changes[i + 1].from};
    if (agreement.ends) held.until = std::min(held.until, *agreement.ends);
    const DaySpan days = common(held, period);
    if (days.empty()) continue;
    const PlanVersion* plan = version_of(change, days.from);
    const LocalDay charged_from = std::clamp(agreement.trial_until.value_or(days.from), days.from, days.until);
    if (days.from < charged_from) segments.push_back({{days.from, charged_from}, plan, true, change.monthly_nanos});
    if (charged_from < days.until) segments.push_back({{charged_from, days.until}, plan, false, change.monthly_nanos});
  }
  return segments;
}

std::int64_t included_in(std::int64_t included, const DaySpan& part, const DaySpan& period) {
  const auto until = [&](LocalDay day) {
    return static_cast<std::int64_t>(static_cast<Wide>(included) * (day - period.from).count() / period.days());
  };
  return until(part.until) - until(part.from);
}

Result<std::optional<Line>> monthly_line(const Segment& segment, const DaySpan& period) {
  const PlanTerms& terms = segment.plan->terms;
  const std::int64_t monthly = segment.monthly_nanos.value_or(terms.monthly_nanos);
  if (segment.trial || monthly == 0) return std::nullopt;
  const Fraction exact{static_cast<Wide>(monthly) * segment.days.days(), period.days()};
  const Result<std::int64_t> amount = round_to_minor(exact, terms.currency);
  if (!amount) return std::unexpected(amount.error());
  const Result<std::int64_t> nanos = round_to_nanos(exact);
  if (!nanos) return std::unexpected(nanos.error());
  Line line = line_of(LineKind::monthly, segment);
  line.steps.push_back({.kind = StepKind::days,
                        .quantity = segment.days.days(),
                        .of = period.days(),
                        .unit_nanos = monthly,
                        .nanos = *nanos});
  line.amount_nanos = *amount;
  return line;
}

Result<std::optional<Line>> usage_line(const Segment& segment, const DaySpan& period, Metric metric,
                                       std::int64_t quantity, std::int64_t before) {
  const Charge* charge = charge_for(segment.plan->terms, metric);
  if (quantity == 0) return std::nullopt;
  Steps steps(before, quantity);
  if (segment.trial) {
    steps.take(StepKind::trial, steps.left(), 0);
  } else if (charge == nullptr) {
    steps.take(StepKind::covered, steps.left(), 0);
  } else {
    take_charged(steps, *charge, segment, period);
  }
  const Result<std::int64_t> amount = round_to_minor({steps.sum()}, segment.plan->terms.currency);
  if (!amount) return std::unexpected(amount.error());
  Line line = line_of(before > 0 ? LineKind::late_usage : LineKind::usage, segment);
  line.metric = metric;
  line.quantity = quantity;
  line.unpriced_quantity = steps.unpriced();
  line.steps = steps.take_steps();
  line.amount_nanos = *amount;
  return line;
}

Result<std::vector<Line>> lines_of(const std::vector<Segment>& segments, const DaySpan& period,
                                   const std::vector<UsedUnits>& used) {
  check_invariant(segments.size() == used.size(), "each segment has its usage");
  std::vector<Line> lines;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    Result<std::optional<Line>> line = monthly_line(segments[i], period);
    if (!line) return std::unexpected(line.error());
    if (*line) lines.push_back(std::move(**line));
    for (const Metric metric : kMetrics) {
      line = usage_line(segments[i], period, metric, used[i].of(metric));
      if (!line) return std::unexpected(line.error());
      if (*line) lines.push_back(std::move(**line));
    }
  }
  return lines;
}

}  // namespace keyledger::billing
