#include "domain/billing/rating.h"

#include <gtest/gtest.h>

#include <random>

#include "domain/billing/rounding.h"
#include "domain/billing/totals.h"

namespace keyledger::billing {
namespace {

constexpr std::int64_t kDollar = 1'000'000'000;
constexpr std::int64_t kCent = kDollar / 100;

LocalDay day(std::string_view text) {
  return LocalDay{parse_day(text).value().time_since_epoch()};
}
DaySpan span(std::string_view from, std::string_view until) {
  return {day(from), day(until)};
}

// The three business models: a flat price, a price per use, and a price with an amount and a price beyond it.
PlanVersion basic() {
  return {PlanId{1}, 1, "Basic", {.monthly_nanos = 10 * kDollar}};
}
PlanVersion pro() {
  return {PlanId{2}, 1, "Pro", {.monthly_nanos = 30 * kDollar}};
}
PlanVersion per_use() {
  return {PlanId{4}, 1, "Pay per use", {.charges = {{Metric::rentals, 0, {{1, {}, 2 * kDollar}}}}}};
}
PlanVersion overage() {
  return {PlanId{5},
          1,
          "Subscription with overage",
          {.monthly_nanos = 20 * kDollar, .charges = {{Metric::rentals, 10, {{1, {}, 150 * kCent}}}}}};
}

std::int64_t sum(const std::vector<Line>& lines) {
  std::int64_t all = 0;
  for (const Line& line : lines) all += line.amount_nanos;
  return all;
}

std::vector<Line> whole_month(const PlanVersion& plan, const DaySpan& month, UsedUnits used) {
  return lines_of({{month, &plan, false, {}}}, month, {used}).value();
}

TEST(Rating, OfTheThreeBusinessModelsIsAsCalculatedByHand) {
  const DaySpan november = span("2026-11-01", "2026-12-01");
  const struct {
    PlanVersion plan;
    UsedUnits used;
    std::int64_t total;
  } cases[] = {
      {basic(), {0, 0}, 10 * kDollar},
      {basic(), {2'900, 140}, 10 * kDollar},  // covered by the price; the limits keep it in bounds
      {per_use(), {0, 0}, 0},
      {per_use(), {55, 7}, 14 * kDollar},
      {overage(), {0, 0}, 20 * kDollar},
      {overage(), {0, 10}, 20 * kDollar},
      {overage(), {0, 11}, 2'150 * kCent},
      {overage(), {300, 24}, 41 * kDollar},  // 14 * 1.50 beyond
  };
  for (const auto& each : cases) {
    EXPECT_EQ(sum(whole_month(each.plan, november, each.used)), each.total) << each.plan.name << each.used.rentals;
  }
}

TEST(Rating, ShowsEachStepFromUsageToMoney) {
  const std::vector<Line> lines = whole_month(overage(), span("2026-11-01", "2026-12-01"), {300, 24});
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].kind, LineKind::monthly);
  EXPECT_EQ(lines[0].steps, (std::vector<Step>{{StepKind::days, 30, 30, 20 * kDollar, 20 * kDollar}}));
  EXPECT_EQ(lines[1].metric, Metric::requests);
  EXPECT_EQ(lines[1].steps, (std::vector<Step>{{StepKind::covered, 300, 0, 0, 0}}));
  EXPECT_EQ(lines[2].metric, Metric::rentals);
  EXPECT_EQ(lines[2].steps,
            (std::vector<Step>{{StepKind::included, 10, 0, 0, 0}, {StepKind::tier, 14, 0, 150 * kCent, 21 * kDollar}}));
  EXPECT_EQ(lines[2].plan_version, 1);
}

TEST(Rating, GoesThroughGraduatedTiersOneAfterTheOther) {
  const PlanVersion plan{
      PlanId{9},
      3,
      "Tiered",
      {.charges = {{Metric::requests, 100, {{1, 10, 50 * kCent}, {11, 30, 20 * kCent}, {31, {}, kCent}}}}}};
  const struct {
    std::int64_t used, total;
  } cases[] = {{0, 0},
               {100, 0},
               {101, 50 * kCent},
               {110, 500 * kCent},
               {111, 520 * kCent},
               {130, 900 * kCent},
               {131, 901 * kCent},
               {1'130, 1'900 * kCent}};
  for (const auto& each : cases) {
    EXPECT_EQ(sum(whole_month(plan, span("2026-03-01", "2026-04-01"), {each.used, 0})), each.total) << each.used;
  }
}

TEST(Rating, ChargesAChangeOfPlanByTheDayInMonthsOfEveryLength) {
  // From Basic ($10) to Pro ($30) on the 16th: 15 days of the one, the rest of the other.
  const struct {
    const char *from, *until, *change;
    std::int64_t first, second;
  } cases[] = {
      {"2026-02-01", "2026-03-01", "2026-02-16", 536 * kCent,
       1'393 * kCent},  // 15/28 * 10 = 5.357, 13/28 * 30 = 13.929
      {"2028-02-01", "2028-03-01", "2028-02-16", 517 * kCent,
       1'448 * kCent},  // 15/29 * 10 = 5.172, 14/29 * 30 = 14.483
      {"2026-04-01", "2026-05-01", "2026-04-16", 500 * kCent, 1'500 * kCent},  // 15/30, 15/30
      {"2026-01-01", "2026-02-01", "2026-01-16", 484 * kCent,
       1'548 * kCent},  // 15/31 * 10 = 4.839, 16/31 * 30 = 15.484
  };
  const PlanVersion one = basic(), two = pro();
  for (const auto& each : cases) {
    const Agreement agreement{
        1, {{day("2025-12-01"), one.plan_id, 1, {}}, {day(each.change), two.plan_id, 1, {}}}, {}, {}};
    const DaySpan month = span(each.from, each.until);
    const std::vector<Segment> segments = segments_of(agreement, month, [&](const PlanChange& change, LocalDay) {
      return change.plan_id == one.plan_id ? &one : &two;
    });
    ASSERT_EQ(segments.size(), 2U) << each.from;
    const std::vector<Line> lines = lines_of(segments, month, {{}, {}}).value();
    ASSERT_EQ(lines.size(), 2U) << each.from;
    EXPECT_EQ(lines[0].amount_nanos, each.first) << each.from;
    EXPECT_EQ(lines[1].amount_nanos, each.second) << each.from;
  }
}

TEST(Rating, ChargesNothingForATrialAndTheRestOfItsPeriodByTheDay) {
  PlanVersion plan = overage();
  plan.terms.trial_days = 14;
  const Agreement agreement{1, {{day("2026-11-01"), plan.plan_id, 1, {}}}, day("2026-11-15"), {}};
  const DaySpan month = span("2026-11-01", "2026-12-01");
  const std::vector<Segment> segments =
      segments_of(agreement, month, [&](const PlanChange&, LocalDay) { return &plan; });
  ASSERT_EQ(segments.size(), 2U);
  EXPECT_TRUE(segments[0].trial);
  EXPECT_EQ(segments[0].days.days(), 14);
  EXPECT_EQ(segments[1].days.days(), 16);
  // 16/30 of $20 is $10.67. 10 rentals: 4 of them in the trial's days, 6 in the rest; 8 were used, 2 beyond: $3.00.
  const std::vector<Line> lines = lines_of(segments, month, {{0, 50}, {0, 8}}).value();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].steps, (std::vector<Step>{{StepKind::trial, 50, 0, 0, 0}}));
  EXPECT_EQ(lines[0].amount_nanos, 0);
  EXPECT_EQ(lines[1].amount_nanos, 1'067 * kCent);
  EXPECT_EQ(lines[2].amount_nanos, 300 * kCent);
}

TEST(Rating, TakesThePriceThatWasAgreedInsteadOfThePlans) {
  const PlanVersion plan{PlanId{3}, 1, "Enterprise", {.price_by_hand = true}};
  const Agreement agreement{1, {{day("2026-11-01"), plan.plan_id, 1, 740 * kDollar}}, {}, {}};
  const DaySpan month = span("2026-11-01", "2026-12-01");
  const std::vector<Segment> segments =
      segments_of(agreement, month, [&](const PlanChange&, LocalDay) { return &plan; });
  ASSERT_EQ(segments.size(), 1U);
  EXPECT_EQ(sum(lines_of(segments, month, {{9'000, 80}}).value()), 740 * kDollar);
}

TEST(Rating, StopsWhereASubscriptionEnds) {
  const PlanVersion plan = basic();
  const Agreement agreement{1, {{day("2026-10-20"), plan.plan_id, 1, {}}}, {}, day("2026-11-11")};
  const auto version_of = [&](const PlanChange&, LocalDay) { return &plan; };
  const std::vector<Segment> october = segments_of(agreement, span("2026-10-01", "2026-11-01"), version_of);
  ASSERT_EQ(october.size(), 1U);
  EXPECT_EQ(october[0].days, span("2026-10-20", "2026-11-01"));
  const std::vector<Segment> november = segments_of(agreement, span("2026-11-01", "2026-12-01"), version_of);
  ASSERT_EQ(november.size(), 1U);
  EXPECT_EQ(november[0].days, span("2026-11-01", "2026-11-11"));
  EXPECT_TRUE(segments_of(agreement, span("2026-12-01", "2027-01-01"), version_of).empty());
}

TEST(Rating, ListsWhatHasNoPriceAndNeverCountsItAsNothing) {
  const PlanVersion plan{PlanId{7}, 1, "Ten", {.monthly_nanos = kDollar, .charges = {{Metric::rentals, 10, {}}}}};
  const std::vector<Line> lines = whole_month(plan, span("2026-11-01", "2026-12-01"), {0, 13});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].unpriced_quantity, 3);
  EXPECT_EQ(lines[1].steps.back(), (Step{StepKind::unpriced, 3, 0, 0, 0}));
  EXPECT_EQ(lines[1].amount_nanos, 0);
}

TEST(Rating, ChargesLateUsageAsIfItHadComeInTime) {
  const PlanVersion plan = overage();
  const DaySpan month = span("2026-11-01", "2026-12-01");
  const Segment segment{month, &plan, false, {}};
  const Line first = usage_line(segment, month, Metric::rentals, 8).value().value();
  const Line late = usage_line(segment, month, Metric::rentals, 5, 8).value().value();
  EXPECT_EQ(first.amount_nanos, 0);
  EXPECT_EQ(late.kind, LineKind::late_usage);
  EXPECT_EQ(late.steps,
            (std::vector<Step>{{StepKind::included, 2, 0, 0, 0}, {StepKind::tier, 3, 0, 150 * kCent, 450 * kCent}}));
}

TEST(Rating, RefusesAnAmountThatDoesNotFit) {
  const PlanVersion plan{PlanId{7}, 1, "Dear", {.charges = {{Metric::requests, 0, {{1, {}, kPriceNanosMax}}}}}};
  const DaySpan month = span("2026-11-01", "2026-12-01");
  EXPECT_TRUE(usage_line({month, &plan, false, {}}, month, Metric::requests, 9'000));
  EXPECT_EQ(usage_line({month, &plan, false, {}}, month, Metric::requests, 10'000).error().reason, "amount_too_large");
}

TEST(Rating, SharesIncludedUnitsOutSoThatThePartsAreTheWhole) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 2'000; ++round) {
    const DaySpan month =
        period_of(1 + static_cast<int>(random() % 31), day("2026-01-01") + std::chrono::days{random() % 3'000});
    const std::int64_t included = static_cast<std::int64_t>(random() % 1'000);
    std::int64_t all = 0;
    for (LocalDay from = month.from; from < month.until;) {
      const LocalDay until = std::min(month.until, from + std::chrono::days{1 + random() % 9});
      all += included_in(included, {from, until}, month);
      from = until;
    }
    ASSERT_EQ(all, included) << "round " << round;
  }
}

TEST(Rating, OfAMillionOddMicroPricesAddsUpToTheTotalToTheLastUnit) {
  std::mt19937_64 random(11);
  const DaySpan month = span("2026-11-01", "2026-12-01");
  std::vector<Line> lines;
  Wide exact = 0;
  for (int i = 0; i < 1'000; ++i) {
    const std::int64_t price = static_cast<std::int64_t>(random() % 9'999'991) + 1;
    const PlanVersion plan{PlanId{i + 1}, 1, "Odd", {.charges = {{Metric::requests, 0, {{1, {}, price}}}}}};
    const Line line = usage_line({month, &plan, false, {}}, month, Metric::requests, 1'000).value().value();
    exact += static_cast<Wide>(price) * 1'000;
    EXPECT_EQ(line.amount_nanos % kCent, 0);
    lines.push_back(line);
  }
  const Totals totals = totals_of(lines, {}, {}).value();
  EXPECT_EQ(totals.total_nanos, sum(lines));
  EXPECT_LE(std::abs(static_cast<std::int64_t>(exact) - totals.total_nanos), 1'000 * kCent / 2);
}

TEST(Totals, AddTheTaxOrFindItInThePrice) {
  const auto line = [](std::int64_t nanos) {
    Line made;
    made.amount_nanos = nanos;
    return made;
  };
  const struct {
    std::int64_t sum;
    TaxTerms tax;
    Totals totals;
  } cases[] = {
      {100 * kDollar, {0, false}, {100 * kDollar, 0, 100 * kDollar}},
      {100 * kDollar, {19'000, false}, {100 * kDollar, 19 * kDollar, 119 * kDollar}},
      {119 * kDollar, {19'000, true}, {100 * kDollar, 19 * kDollar, 119 * kDollar}},
      {1'005 * kCent, {7'700, false}, {1'005 * kCent, 77 * kCent, 1'082 * kCent}},   // 0.77385
      {2'150 * kCent, {8'875, false}, {2'150 * kCent, 191 * kCent, 2'341 * kCent}},  // 1.908125
      {10 * kDollar, {20'000, true}, {833 * kCent, 167 * kCent, 10 * kDollar}},      // 1.6667
      {0, {19'000, true}, {0, 0, 0}},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(totals_of({line(each.sum)}, each.tax, {}).value(), each.totals) << each.sum;
  }
  EXPECT_EQ(totals_of({}, {-1, false}, {}).error().field, "tax_rate");
  EXPECT_EQ(totals_of({}, {100'001, false}, {}).error().field, "tax_rate");
}

}  // namespace
}  // namespace keyledger::billing
