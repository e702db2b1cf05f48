#include "service/billing/plans.h"

#include <gtest/gtest.h>

#include "service/testing.h"

namespace keyledger::service {
namespace {

using billing::Metric;
using billing::PlanId;
using limits::Window;
using testing::kOwner;
using testing::run;
using testing::World;

constexpr std::int64_t kDollar = 1'000'000'000;

class PlansTest : public ::testing::Test {
 protected:
  Result<PlanView> create(PlanDraft draft) { return run(plans_.create(kOwner, std::move(draft), {})); }
  Result<PlanView> update(PlanId id, PlanPatch patch) { return run(plans_.update(kOwner, id, std::move(patch))); }

  World world_{};
  Plans plans_{world_.core()};
};

TEST_F(PlansTest, FiveExamplesShip) {
  const auto plans = run(plans_.list({}));
  ASSERT_TRUE(plans);
  std::vector<std::string> sentences;
  for (const PlanView& each : *plans) sentences.push_back(each.plan.name + ": " + each.sentence);
  EXPECT_EQ(sentences, (std::vector<std::string>{
                           "Basic: $10 a month; at most 100 requests a day and 5 rentals a day",
                           "Pro: $30 a month; at most 500 requests a day and 20 rentals a day",
                           "Enterprise: A monthly price by agreement",
                           "Pay per use: $2 a rental",
                           "Subscription with overage: $20 a month with 10 rentals, then $1.50 each",
                       }));
}

TEST_F(PlansTest, APlanComesBackAsItWasMade) {
  const billing::PlanTerms terms{
      .currency = Currency::parse("EUR").value(),
      .monthly_nanos = 5 * kDollar,
      .trial_days = 14,
      .charges = {{Metric::requests, 100, {{1, 1'000, 400'000}, {1'001, {}, 250'000}}}, {Metric::rentals, 3, {}}},
      .limits = {{Metric::requests, Window::minute, 60}, {Metric::rentals, Window::at_once, 2}}};
  const Result<PlanView> made = create({" Team ", "For teams.", terms});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->plan.name, "Team");
  const Result<PlanView> read = run(plans_.get(made->plan.id));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->plan.terms, terms);
  EXPECT_EQ(read->plan.version, 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action = 'plans.create'"), 1);
}

TEST_F(PlansTest, EditingMakesAVersionAndKeepsTheOldOne) {
  const Result<PlanView> before = run(plans_.get(PlanId{1}));
  ASSERT_TRUE(before);
  billing::PlanTerms dearer = before->plan.terms;
  dearer.monthly_nanos = 12 * kDollar;
  const Result<PlanView> after = update(PlanId{1}, {.terms = dearer});
  ASSERT_TRUE(after);
  EXPECT_EQ(after->plan.version, 2);
  const auto versions = run(plans_.versions(PlanId{1}));
  ASSERT_TRUE(versions);
  ASSERT_EQ(versions->size(), 2U);
  EXPECT_EQ((*versions)[0].version.terms.monthly_nanos, 12 * kDollar);
  EXPECT_EQ((*versions)[1].version.terms, before->plan.terms);
}

TEST_F(PlansTest, ADescriptionIsNoNewVersion) {
  const Result<PlanView> described = update(PlanId{1}, {.description = "For one person."});
  ASSERT_TRUE(described);
  EXPECT_EQ(described->plan.version, 1);
  EXPECT_EQ(described->plan.description, "For one person.");
}

TEST_F(PlansTest, ArchivedPlansAreListedOnlyWhenAskedFor) {
  ASSERT_TRUE(run(plans_.archive(kOwner, PlanId{4}, true)));
  EXPECT_EQ(run(plans_.list({}))->size(), 4U);
  EXPECT_EQ(run(plans_.list({.archived = true}))->size(), 5U);
  ASSERT_TRUE(run(plans_.archive(kOwner, PlanId{4}, false)));
  EXPECT_EQ(run(plans_.list({}))->size(), 5U);
  EXPECT_EQ(run(plans_.list({.search = "OVER"}))->size(), 1U);
}

TEST_F(PlansTest, WhatCannotBeIsRefusedAndNothingIsChanged) {
  EXPECT_EQ(create({"", "", {}}).error().reason, "missing_name");
  EXPECT_EQ(create({"basic", "", {}}).error().reason, "duplicate_plan");
  EXPECT_EQ(create({"Gift", "", {.monthly_nanos = -1}}).error().field, "monthly_price");
  EXPECT_EQ(update(PlanId{1}, {.name = "PRO"}).error().reason, "duplicate_plan");
  EXPECT_EQ(update(PlanId{99}, {.name = "New"}).error().reason, "unknown_plan");
  EXPECT_EQ(run(plans_.get(PlanId{99})).error().reason, "unknown_plan");
  EXPECT_EQ(run(plans_.versions(PlanId{99})).error().reason, "unknown_plan");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM plans"), 5);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM plan_versions"), 5);
}

}  // namespace
}  // namespace keyledger::service
