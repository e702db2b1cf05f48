#include "service/billing/rater.h"

#include <gtest/gtest.h>

#include "service/billing/rater_testing.h"

namespace keyledger::service {
namespace {

using billing::Agreement;
using billing::Metric;
using billing::PlanId;
using billing::Subscription;
using testing::at;
using testing::calls;
using testing::from_first_of_november;
using testing::joined;
using testing::kDollarNanos;
using testing::kPerUsePlan;
using testing::line_texts;
using testing::local_day;
using testing::RatingWorld;
using testing::Sample;

using Lines = std::vector<std::string>;

TEST(Rater, WhatHasNoPriceIsListedAndRefusalsAreNothing) {
  RatingWorld world;
  const PlanId bare = world.plan("Bare", {.charges = {{Metric::requests, 2, {}}, {Metric::rentals, 0, {}}}});
  std::vector<Sample> used = calls(5, "2026-11-02T00:00:00Z", "rent");
  used.push_back({.at = at("2026-11-02T00:00:00Z"), .status = ledger::Status::rate_limited, .units = 50});
  used.push_back({.at = at("2026-11-02T00:00:00Z"), .action = "rent", .status = ledger::Status::error});
  world.append(used);
  const RatedPeriod rated = world.rate(world.subscribe(from_first_of_november(bare)), "2026-11-02");
  EXPECT_EQ(line_texts(rated), (Lines{"usage requests, Bare, 2026-11-01 to 2026-11-30: 2 included, 4 unpriced = $0",
                                      "usage rentals, Bare, 2026-11-01 to 2026-11-30: 5 unpriced = $0"}));
  EXPECT_EQ(rated.unpriced_requests, 4);
  EXPECT_EQ(rated.unpriced_rentals, 5);
}

TEST(Rater, ShowsThePartOfThePeriodThatIsSubscribed) {
  RatingWorld world;
  world.append(joined({calls(1, "2026-11-09T23:59:59Z", "rent"), calls(2, "2026-11-10T00:00:00Z", "rent"),
                       calls(4, "2026-11-20T00:00:00Z", "rent")}));
  const Subscription subscription =
      world.subscribe({.changes = {{local_day("2026-11-10"), kPerUsePlan, 1, {}}}, .ends = local_day("2026-11-20")});
  const RatedPeriod rated = world.rate(subscription, "2026-11-30");
  EXPECT_EQ(rated.period, (billing::DaySpan{local_day("2026-11-01"), local_day("2026-12-01")}));
  EXPECT_EQ(rated.subscribed, (billing::DaySpan{local_day("2026-11-10"), local_day("2026-11-20")}));
  EXPECT_EQ(rated.totals.total_nanos, 4 * kDollarNanos);
  ASSERT_EQ(rated.counted.size(), 2U);
  EXPECT_EQ(rated.counted[1].days, rated.subscribed);
  EXPECT_EQ(rated.counted[1].metric, Metric::rentals);
  EXPECT_EQ(rated.counted[1].units, 2);
  const RatedPeriod nothing = world.rate(subscription, "2026-12-01");
  EXPECT_TRUE(nothing.subscribed.empty());
  EXPECT_TRUE(nothing.lines.empty());
  EXPECT_TRUE(nothing.counted.empty());
}

TEST(Rater, NewTermsHoldFromTheNextPeriodOnAndRatingAgainGivesTheSame) {
  RatingWorld world("America/Los_Angeles");
  const PlanId plan = world.plan("Edited", {.monthly_nanos = 10 * kDollarNanos});
  const Subscription subscription = world.subscribe(from_first_of_november(plan));
  const Lines november = line_texts(world.rate(subscription, "2026-11-30"));
  world.edit(plan, 2, "Edited", {.monthly_nanos = 12 * kDollarNanos}, at("2026-12-01T08:00:00Z"));  // midnight there
  world.edit(plan, 3, "Edited", {.monthly_nanos = 15 * kDollarNanos}, at("2026-12-01T08:00:00.001Z"));
  EXPECT_EQ(line_texts(world.rate(subscription, "2026-11-30")), november);
  EXPECT_EQ(world.rate(subscription, "2026-12-01").totals.total_nanos, 12 * kDollarNanos);
  EXPECT_EQ(world.rate(subscription, "2027-01-01").totals.total_nanos, 15 * kDollarNanos);
  EXPECT_EQ(world.rate(subscription, "2027-01-01").lines.at(0).plan_version, 3);
}

TEST(Rater, WhoeverAgreedToANewerVersionHasItAtOnce) {
  RatingWorld world;
  const PlanId plan = world.plan("Edited", {.monthly_nanos = 10 * kDollarNanos});
  world.edit(plan, 2, "Edited", {.monthly_nanos = 12 * kDollarNanos}, at("2026-11-01T12:00:00Z"));
  Agreement agreement = from_first_of_november(plan);
  agreement.changes[0].version = 2;
  EXPECT_EQ(world.rate(world.subscribe(agreement), "2026-11-30").totals.total_nanos, 12 * kDollarNanos);
}

TEST(Rater, ACustomersRatingKnowsNothingOfAnothers) {
  RatingWorld world;
  world.append(joined({calls(3, "2026-11-02T00:00:00Z", "rent", 1), calls(5, "2026-11-02T00:00:00Z", "rent", 4)}));
  EXPECT_EQ(world.rate(world.subscribe(from_first_of_november(kPerUsePlan), 1), "2026-11-30").totals.total_nanos,
            6 * kDollarNanos);
  EXPECT_EQ(world.rate(world.subscribe(from_first_of_november(kPerUsePlan), 2), "2026-11-30").totals.total_nanos,
            10 * kDollarNanos);
  EXPECT_EQ(world.rate(world.subscribe(from_first_of_november(kPerUsePlan), 3), "2026-11-30").totals.total_nanos, 0);
}

TEST(Rater, AnAmountThatDoesNotFitIsAnError) {
  RatingWorld world;
  const PlanId dear = world.plan("Dear", {.charges = {{Metric::requests, 0, {{1, {}, billing::kPriceNanosMax}}}}});
  world.append(Sample{.at = at("2026-11-02T00:00:00Z"), .units = 9'224});  // 9,224 x 10^15 is past 2^63
  const Result<RatedPeriod> rated = world.try_rate(world.subscribe(from_first_of_november(dear)), "2026-11-30");
  ASSERT_FALSE(rated);
  EXPECT_EQ(rated.error().code, Code::too_large);
  EXPECT_EQ(rated.error().reason, "amount_too_large");
}

}  // namespace
}  // namespace keyledger::service
