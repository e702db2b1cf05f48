#include "service/billing/subscriptions.h"

#include <gtest/gtest.h>

#include "service/admission/loading.h"
#include "service/billing/plans.h"
#include "service/customers/customer_keys.h"
#include "service/customers/customers.h"
#include "service/testing.h"

namespace keyledger::service {
namespace {

using billing::Metric;
using billing::PlanId;
using limits::Window;
using std::chrono::days;
using testing::kOwner;
using testing::run;
using testing::World;

constexpr std::int64_t kDollar = 1'000'000'000;
constexpr PlanId kBasic{1}, kPro{2}, kEnterprise{3}, kPerUse{4};

LocalDay day(std::string_view text) {
  return LocalDay{parse_day(text).value().time_since_epoch()};
}

class SubscriptionsTest : public ::testing::Test {
 protected:
  SubscriptionsTest() {
    world_.clock.set(parse_rfc3339("2026-11-10T12:00:00Z").value());
    key_ = run(keys_.create(kOwner, {.name = "Works", .rate_limit = 7}, {}))->info;
  }
  Result<SubscriptionView> start(NewSubscription asked) {
    if (asked.customer_id == CustomerId{}) asked.customer_id = key_.customer_id;
    return run(subscriptions_.start(kOwner, asked, {}));
  }
  SubscriptionView started(NewSubscription asked) {
    Result<SubscriptionView> view = start(asked);
    check_invariant(view.has_value(), "the test's subscription starts");
    return std::move(*view);
  }
  Result<SubscriptionView> change(billing::SubscriptionId id, SubscriptionChange asked) {
    return run(subscriptions_.change(kOwner, id, asked));
  }
  void on(std::string_view instant) {
    world_.clock.set(parse_rfc3339(instant).value());
    EXPECT_TRUE(run(subscriptions_.apply_due()));
  }
  /// Requests a day, as the next call is judged; 0: no such limit.
  std::int64_t limit_in(KeyTable& table) {
    for (const limits::LimitStanding& standing : table.standings(key_.id)) {
      if (standing.metric == Metric::requests && standing.window == Window::day) return standing.amount;
    }
    return 0;
  }
  std::int64_t limit() { return limit_in(table_); }

  World world_{};
  KeyTable table_{&world_.clock, Zone{}};
  CustomerKeys keys_{world_.core(), &table_, {"urt_", "https://keys.example.com"}};
  Customers customers_{world_.core(), &table_};
  Plans plans_{world_.core()};
  Subscriptions subscriptions_{
      world_.core(), &table_, {[](const std::string& name) { return Zone::find(name).value_or(Zone{}); }, {}}};
  CustomerKeyView key_{};
};

TEST_F(SubscriptionsTest, ThePlansLimitsStandOnTheNextRequestAndTheKeysOwnComeBack) {
  EXPECT_EQ(limit(), 7);
  const SubscriptionView made = started({.plan_id = kBasic});
  EXPECT_EQ(made.status, SubscriptionStatus::active);
  EXPECT_EQ(made.plan_name, "Basic");
  EXPECT_EQ(made.period, (billing::DaySpan{day("2026-11-10"), day("2026-12-10")}));
  EXPECT_EQ(limit(), 100);
  ASSERT_TRUE(change(made.subscription.id, {.plan_id = kPro}));
  EXPECT_EQ(limit(), 500);
  ASSERT_TRUE(run(subscriptions_.cancel(kOwner, made.subscription.id, ChangeTime::now)));
  EXPECT_EQ(limit(), 7);
}

TEST_F(SubscriptionsTest, ARestartAndAnEditOfTheKeyKeepThePlansLimits) {
  started({.plan_id = kPro});
  ASSERT_TRUE(run(keys_.update(kOwner, key_.id, {.rate_limit = 9})));
  EXPECT_EQ(limit(), 500);
  KeyTable again{&world_.clock, Zone{}};
  ASSERT_TRUE(load_keys(world_.core(), again));
  EXPECT_EQ(limit_in(again), 500);
}

TEST_F(SubscriptionsTest, AChangeAtThePeriodsEndComesTrueThenAndNotBefore) {
  const SubscriptionView made = started({.plan_id = kBasic});
  const Result<SubscriptionView> planned =
      change(made.subscription.id, {.plan_id = kPro, .when = ChangeTime::period_end});
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->plan_name, "Basic");
  EXPECT_EQ(planned->next_plan_name, "Pro");
  EXPECT_EQ(planned->next_change->from, day("2026-12-10"));
  on("2026-12-09T23:59:59Z");
  EXPECT_EQ(limit(), 100);
  on("2026-12-10T00:00:00Z");
  EXPECT_EQ(limit(), 500);
}

TEST_F(SubscriptionsTest, APlannedChangeIsTakenBackByChoosingThePlanThatIsThere) {
  const SubscriptionView made = started({.plan_id = kBasic});
  ASSERT_TRUE(change(made.subscription.id, {.plan_id = kPro, .when = ChangeTime::period_end}));
  const Result<SubscriptionView> back = change(made.subscription.id, {.plan_id = kBasic});
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->next_change);
  EXPECT_EQ(change(made.subscription.id, {.plan_id = kBasic}).error().reason, "same_plan");
}

TEST_F(SubscriptionsTest, DaysTurnOnTheCustomersClocks) {
  ASSERT_TRUE(run(customers_.update(kOwner, key_.customer_id, {.timezone = "Pacific/Auckland"})));
  on("2026-11-10T12:00:00Z");  // the 11th there, one in the morning
  const SubscriptionView made = started({.plan_id = kBasic});
  EXPECT_EQ(made.period.from, day("2026-11-11"));
  ASSERT_TRUE(run(subscriptions_.cancel(kOwner, made.subscription.id, ChangeTime::period_end)));
  on("2026-12-10T10:59:59Z");
  EXPECT_EQ(limit(), 100);
  on("2026-12-10T11:00:00Z");  // midnight there
  EXPECT_EQ(limit(), 7);
}

TEST_F(SubscriptionsTest, NewTermsReachASubscriptionWithItsNextPeriod) {
  started({.plan_id = kBasic});
  billing::PlanTerms terms = run(plans_.get(kBasic))->plan.terms;
  terms.limits = {{Metric::requests, Window::day, 150}};
  ASSERT_TRUE(run(plans_.update(kOwner, kBasic, {.terms = terms})));
  on("2026-12-09T12:00:00Z");
  EXPECT_EQ(limit(), 100);
  on("2026-12-10T00:00:00Z");
  EXPECT_EQ(limit(), 150);
}

TEST_F(SubscriptionsTest, WhoeverSubscribesAfterAnEditHasTheNewTermsAtOnce) {
  billing::PlanTerms terms = run(plans_.get(kBasic))->plan.terms;
  terms.limits = {{Metric::requests, Window::day, 150}};
  ASSERT_TRUE(run(plans_.update(kOwner, kBasic, {.terms = terms})));  // at noon; the subscription's day began before
  started({.plan_id = kBasic});
  EXPECT_EQ(limit(), 150);
}

TEST_F(SubscriptionsTest, ATrialIsNamedWhileItLasts) {
  billing::PlanTerms terms{.monthly_nanos = kDollar, .trial_days = 14};
  const PlanId plan = run(plans_.create(kOwner, {"Tried", "", terms}, {}))->plan.id;
  const SubscriptionView made = started({.plan_id = plan});
  EXPECT_EQ(made.status, SubscriptionStatus::trial);
  on("2026-11-24T00:00:00Z");
  EXPECT_EQ(run(subscriptions_.get(made.subscription.id))->status, SubscriptionStatus::active);
}

TEST_F(SubscriptionsTest, ACancellationIsTakenBackBeforeItComesTrue) {
  const SubscriptionView made = started({.plan_id = kBasic});
  EXPECT_EQ(run(subscriptions_.resume(kOwner, made.subscription.id)).error().reason, "not_cancelled");
  const auto cancelled = run(subscriptions_.cancel(kOwner, made.subscription.id, ChangeTime::period_end));
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->status, SubscriptionStatus::ending);
  EXPECT_EQ(run(subscriptions_.resume(kOwner, made.subscription.id))->status, SubscriptionStatus::active);
}

TEST_F(SubscriptionsTest, AnUpcomingOneGivesItsLimitsWhenItBegins) {
  const SubscriptionView made = started({.plan_id = kBasic, .starts = day("2026-11-12")});
  EXPECT_EQ(made.status, SubscriptionStatus::upcoming);
  EXPECT_EQ(limit(), 7);
  on("2026-11-12T00:00:00Z");
  EXPECT_EQ(limit(), 100);
}

TEST_F(SubscriptionsTest, WhatCannotBeIsRefused) {
  EXPECT_EQ(start({.plan_id = PlanId{99}}).error().reason, "unknown_plan");
  EXPECT_EQ(start({.customer_id = CustomerId{99}, .plan_id = kBasic}).error().reason, "unknown_customer");
  EXPECT_EQ(start({.plan_id = kBasic, .starts = day("2024-01-01")}).error().field, "starts");
  EXPECT_EQ(start({.plan_id = kBasic, .ends = day("2026-11-10")}).error().reason, "period_reversed");
  EXPECT_EQ(start({.plan_id = kBasic, .anchor = 32}).error().field, "anchor");
  EXPECT_EQ(start({.plan_id = kEnterprise}).error().reason, "price_required");
  EXPECT_EQ(start({.plan_id = kBasic, .monthly_nanos = kDollar}).error().reason, "price_not_by_hand");
  EXPECT_EQ(start({.plan_id = kEnterprise, .monthly_nanos = -1}).error().reason, "out_of_range");
  ASSERT_TRUE(run(plans_.archive(kOwner, kPerUse, true)));
  EXPECT_EQ(start({.plan_id = kPerUse}).error().reason, "plan_archived");
  const SubscriptionView made = started({.plan_id = kBasic});
  EXPECT_EQ(start({.plan_id = kPro}).error().reason, "already_subscribed");
  EXPECT_EQ(change(made.subscription.id, {.plan_id = kBasic, .when = ChangeTime::period_end}).error().reason,
            "same_plan");
  const PlanId euros =
      run(plans_.create(kOwner, {"Euros", "", {.currency = Currency::parse("EUR").value()}}, {}))->plan.id;
  EXPECT_EQ(change(made.subscription.id, {.plan_id = euros}).error().reason, "other_currency");
  ASSERT_TRUE(run(subscriptions_.cancel(kOwner, made.subscription.id, ChangeTime::now)));
  EXPECT_EQ(change(made.subscription.id, {.plan_id = kPro}).error().reason, "subscription_ended");
  EXPECT_EQ(run(subscriptions_.get(billing::SubscriptionId{99})).error().reason, "unknown_subscription");
  EXPECT_TRUE(start({.plan_id = kPro}));  // the one before has ended
}

}  // namespace
}  // namespace keyledger::service
