#include "domain/billing/plan.h"

#include <gtest/gtest.h>

namespace keyledger::billing {
namespace {

using limits::Window;

constexpr std::int64_t kDollar = 1'000'000'000;

PlanTerms overage() {
  return {.monthly_nanos = 20 * kDollar, .charges = {{Metric::rentals, 10, {{1, {}, kDollar * 3 / 2}}}}};
}

TEST(PlanTerms, OfTheExamplesAreFine) {
  EXPECT_TRUE(check_terms(overage()));
  EXPECT_TRUE(check_terms({}));
  EXPECT_TRUE(check_terms({.charges = {{Metric::requests, 0, {{1, 100, 5}, {101, 200, 4}, {201, {}, 0}}}}}));
}

TEST(PlanTerms, ThatMakeNoSenseAreRefusedByField) {
  const Charge fine{Metric::rentals, 0, {{1, {}, 1}}};
  const auto tiers = [](std::vector<Tier> each) {
    return PlanTerms{.charges = {{Metric::requests, 0, {}}, {Metric::rentals, 0, std::move(each)}}};
  };
  const struct {
    PlanTerms terms;
    const char *field, *reason;
  } cases[] = {
      {{.monthly_nanos = -1}, "monthly_price", "out_of_range"},
      {{.monthly_nanos = kPriceNanosMax + 1}, "monthly_price", "out_of_range"},
      {{.trial_days = -1}, "trial_days", "out_of_range"},
      {{.trial_days = 366}, "trial_days", "out_of_range"},
      {{.charges = {fine, fine}}, "charges[1].metric", "duplicate_charge"},
      {{.charges = {{Metric::rentals, -1, {}}}}, "charges[0].included", "out_of_range"},
      {tiers({{1, {}, -1}}), "charges[1].tiers[0].unit_price", "out_of_range"},
      {tiers({{2, {}, 1}}), "charges[1].tiers[0].from", "tier_gap"},
      {tiers({{0, {}, 1}}), "charges[1].tiers[0].from", "tier_overlap"},
      {tiers({{1, 10, 1}, {12, {}, 1}}), "charges[1].tiers[1].from", "tier_gap"},
      {tiers({{1, 10, 1}, {10, {}, 1}}), "charges[1].tiers[1].from", "tier_overlap"},
      {tiers({{1, 10, 1}, {11, 20, 1}}), "charges[1].tiers[1].up_to", "tier_open"},
      {tiers({{1, {}, 1}, {11, {}, 1}}), "charges[1].tiers[0].up_to", "tier_open"},
      {tiers({{1, 0, 1}, {1, {}, 1}}), "charges[1].tiers[0].up_to", "out_of_range"},
      {tiers(std::vector<Tier>(21)), "charges[1].tiers", "too_many"},
      {{.limits = {{Metric::requests, Window::day, 0}}}, "limits[0].amount", "out_of_range"},
  };
  for (const auto& each : cases) {
    const Result<void> checked = check_terms(each.terms);
    ASSERT_FALSE(checked) << each.field;
    EXPECT_EQ(checked.error().field, each.field);
    EXPECT_EQ(checked.error().reason, each.reason) << each.field;
  }
}

TEST(PlanSentence, IsWhatACustomerWouldRead) {
  const PlanTerms basic{.monthly_nanos = 10 * kDollar,
                        .limits = {{Metric::requests, Window::day, 100}, {Metric::rentals, Window::day, 5}}};
  const PlanTerms per_use{.charges = {{Metric::rentals, 0, {{1, {}, 2 * kDollar}}}}};
  const PlanTerms tiered{.monthly_nanos = 5 * kDollar,
                         .trial_days = 14,
                         .charges = {{Metric::requests, 0, {{1, 1'000, 400'000}, {1'001, {}, 250'000}}}}};
  EXPECT_EQ(plan_sentence(overage()), "$20 a month with 10 rentals, then $1.50 each");
  EXPECT_EQ(plan_sentence(basic), "$10 a month; at most 100 requests a day and 5 rentals a day");
  EXPECT_EQ(plan_sentence(per_use), "$2 a rental");
  EXPECT_EQ(plan_sentence(tiered),
            "$5 a month and requests: $0.0004 for each of the first 1,000, then $0.00025 each, after 14 free days");
  EXPECT_EQ(plan_sentence({}), "Free of charge");
  EXPECT_EQ(plan_sentence({.price_by_hand = true}), "A monthly price by agreement");
}

TEST(PriceText, HasNoMoreDecimalsThanItNeeds) {
  const Currency yen = Currency::parse("JPY").value();
  EXPECT_EQ(price_text(20 * kDollar, {}), "$20");
  EXPECT_EQ(price_text(kDollar * 3 / 2, {}), "$1.50");
  EXPECT_EQ(price_text(1, {}), "$0.000000001");
  EXPECT_EQ(price_text(-kDollar / 2, {}), "-$0.50");
  EXPECT_EQ(price_text(1'200 * kDollar, yen), "JPY 1200");
}

}  // namespace
}  // namespace keyledger::billing
