#include "service/billing/customer_billing.h"

#include <gtest/gtest.h>

#include "service/audit.h"
#include "service/billing/invoice_testing.h"
#include "service/customers/customer_keys.h"
#include "service/customers/customers.h"

namespace keyledger::service {
namespace {

using testing::at;
using testing::BilledWorld;
using testing::kBasicPlan;
using testing::kDollarNanos;
using testing::kOwner;
using testing::run;

class CustomerBillingTest : public ::testing::Test {
 protected:
  CustomerBillingTest() {
    Result<IssuedKey> made = run(keys_.create(kOwner, {.name = "Works", .customer_id = kDana}, {}));
    check_invariant(made.has_value(), "the test's key is made");
    key_ = std::move(made->key);
    world_.terms.payment_days = 10;
  }
  /// An invoice of Dana over $10, due at the end of 11 December.
  void bill() {
    world_.subscribed(kBasicPlan, "2026-11-01");
    world_.drafted();
    world_.finalised(1);
  }
  std::int64_t check(std::int64_t days) {
    const Result<std::int64_t> changed = run(billings_.check_arrears(days));
    EXPECT_TRUE(changed);
    return *changed;
  }
  CustomerBilling billing() { return *run(billings_.get(kDana)); }
  Result<CustomerBilling> update(CustomerBillingPatch patch) {
    return run(billings_.update(kOwner, kDana, std::move(patch)));
  }
  void suspend(bool suspended) { ASSERT_TRUE(run(customers_.update(kOwner, kDana, {.suspended = suspended}))); }
  /// What the next call is told.
  Verdict verdict() { return table_.look({.key = key_.reveal()}).verdict; }

  static constexpr CustomerId kDana{1};
  BilledWorld world_{};
  KeyTable& table_ = world_.table;
  Customers customers_{world_.core(), &table_};
  CustomerKeys keys_{world_.core(), &table_, {"urt_", "https://keys.example.com"}};
  CustomerBillings& billings_ = world_.billings;
  Secret key_{};
};

TEST_F(CustomerBillingTest, NothingIsNotedOfACustomerAtFirst) {
  const CustomerBilling fresh = billing();
  EXPECT_EQ(fresh.billing_name, "");
  EXPECT_EQ(fresh.party, (billing::Party{"Dana", "", ""}));
  EXPECT_EQ(fresh.tax, billing::TaxTerms{});
  EXPECT_FALSE(fresh.arrears_since);
  EXPECT_EQ(fresh.overdue_count, 0);
  EXPECT_EQ(run(billings_.get({99})).error().reason, "unknown_customer");
}

TEST_F(CustomerBillingTest, WhatIsLeftOutStaysAsItIs) {
  ASSERT_TRUE(update({.billing_name = " Dana Ltd ", .address = "2 Low Road\nTown", .tax_id = "C-7"}));
  ASSERT_TRUE(update({.invoice_notes = "PO 4711", .tax_rate_milli_percent = 7'500, .tax_inclusive = true}));
  const CustomerBilling noted = billing();
  EXPECT_EQ(noted.billing_name, "Dana Ltd");
  EXPECT_EQ(noted.party, (billing::Party{"Dana Ltd", "2 Low Road\nTown", "C-7"}));
  EXPECT_EQ(noted.tax, (billing::TaxTerms{7'500, true}));
  EXPECT_EQ(noted.invoice_notes, "PO 4711");
  ASSERT_TRUE(update({.billing_name = ""}));
  EXPECT_EQ(billing().party.name, "Dana");
  const auto lines = run(Audit{world_.core()}.list({.action = "customers.billing"}));
  ASSERT_EQ(lines->rows.size(), 3U);
  EXPECT_EQ(lines->rows[1].details.at("tax_rate"), "7.500 %");
}

TEST_F(CustomerBillingTest, WhatCannotBeIsRefused) {
  EXPECT_EQ(update({.tax_rate_milli_percent = -1}).error().field, "tax_rate");
  EXPECT_EQ(update({.tax_rate_milli_percent = 100'001}).error().reason, "out_of_range");
  EXPECT_TRUE(update({.tax_rate_milli_percent = 100'000}));
  EXPECT_EQ(update({.billing_name = std::string(201, 'x')}).error().field, "billing_name");
  EXPECT_EQ(update({.billing_name = "two\nlines"}).error().reason, "control_characters");
  EXPECT_EQ(update({.address = std::string(1'001, 'x')}).error().field, "address");
  EXPECT_EQ(update({.tax_id = std::string(101, 'x')}).error().field, "tax_id");
  EXPECT_EQ(update({.invoice_notes = std::string(2'001, 'x')}).error().reason, "too_long");
  EXPECT_EQ(run(billings_.update(kOwner, {99}, {})).error().reason, "unknown_customer");
}

TEST_F(CustomerBillingTest, WhoDoesNotPayIsSuspendedAfterTheDaysAndLiftedByPaying) {
  bill();
  world_.on("2026-12-15T23:59:59.999Z");
  EXPECT_EQ(billing().overdue_count, 1);
  EXPECT_EQ(check(4), 0);
  world_.on("2026-12-16T00:00:00Z");
  EXPECT_EQ(check(0), 0) << "never";
  EXPECT_EQ(check(5), 0);
  EXPECT_EQ(verdict(), Verdict::valid);
  EXPECT_EQ(check(4), 1);
  EXPECT_EQ(billing().arrears_since, at("2026-12-16T00:00:00Z"));
  EXPECT_EQ(verdict(), Verdict::customer_suspended) << "on the next request";
  EXPECT_EQ(check(4), 0);
  ASSERT_TRUE(world_.try_pay(1));
  EXPECT_EQ(check(4), 1);
  EXPECT_FALSE(billing().arrears_since);
  EXPECT_EQ(verdict(), Verdict::valid);
  const auto lines = run(Audit{world_.core()}.list({.subject = "customers/1"}));
  ASSERT_EQ(lines->rows.size(), 2U);
  EXPECT_EQ(lines->rows[1].action, "customers.suspend_for_arrears");
  EXPECT_EQ(lines->rows[0].action, "customers.lift_arrears");
  EXPECT_EQ(lines->rows[0].actor_name, "arrears");
}

TEST_F(CustomerBillingTest, ACreditOfTheWholeLiftsTooAndSoDoesTurningTheSettingOff) {
  bill();
  world_.on("2026-12-20T00:00:00Z");
  EXPECT_EQ(check(1), 1);
  EXPECT_EQ(check(0), 1);
  EXPECT_EQ(verdict(), Verdict::valid);
  EXPECT_EQ(check(1), 1);
  ASSERT_TRUE(world_.try_credit(1, kDollarNanos));
  EXPECT_EQ(check(1), 0);
  ASSERT_TRUE(world_.try_credit(1, {}));
  EXPECT_EQ(check(1), 1);
  EXPECT_EQ(verdict(), Verdict::valid);
}

TEST_F(CustomerBillingTest, WhoWasSuspendedByHandStaysSo) {
  bill();
  world_.on("2026-12-20T00:00:00Z");
  suspend(true);
  EXPECT_EQ(check(1), 0);
  EXPECT_FALSE(billing().arrears_since);
  ASSERT_TRUE(world_.try_pay(1));
  EXPECT_EQ(check(1), 0);
  EXPECT_EQ(verdict(), Verdict::customer_suspended);
}

TEST_F(CustomerBillingTest, ASuspensionByHandThatFollowedOneForArrearsStaysToo) {
  bill();
  world_.on("2026-12-20T00:00:00Z");
  EXPECT_EQ(check(1), 1);
  suspend(false);
  world_.on("2026-12-20T00:00:10Z");
  suspend(true);
  ASSERT_TRUE(world_.try_pay(1));
  EXPECT_EQ(check(1), 1);
  EXPECT_FALSE(billing().arrears_since);
  EXPECT_EQ(verdict(), Verdict::customer_suspended);
}

TEST_F(CustomerBillingTest, LiftingWaivesWhatIsOverdueNowAndNothingLater) {
  bill();
  EXPECT_EQ(run(billings_.lift_arrears(kOwner, kDana)).error().reason, "not_in_arrears");
  EXPECT_EQ(run(billings_.lift_arrears(kOwner, {99})).error().reason, "unknown_customer");
  world_.on("2026-12-20T00:00:00Z");
  EXPECT_EQ(check(1), 1);
  const Result<CustomerBilling> lifted = run(billings_.lift_arrears(kOwner, kDana));
  ASSERT_TRUE(lifted);
  EXPECT_FALSE(lifted->arrears_since);
  EXPECT_EQ(lifted->overdue_count, 1) << "it still is";
  EXPECT_EQ(verdict(), Verdict::valid);
  EXPECT_EQ(check(1), 0);
  world_.on("2027-01-01T00:00:00Z");
  world_.drafted();
  world_.finalised(2);
  world_.on("2027-01-20T00:00:00Z");
  EXPECT_EQ(check(1), 1) << "for the next one";
  EXPECT_EQ(verdict(), Verdict::customer_suspended);
}

TEST_F(CustomerBillingTest, WhoIsLetOnByHandIsNotSuspendedForTheSameInvoiceAgain) {
  bill();
  world_.on("2026-12-20T00:00:00Z");
  EXPECT_EQ(check(1), 1);
  suspend(false);
  EXPECT_EQ(check(1), 1);
  EXPECT_FALSE(billing().arrears_since);
  EXPECT_EQ(check(1), 0);
  EXPECT_EQ(verdict(), Verdict::valid);
}

TEST_F(CustomerBillingTest, WhoWasNeverSubscribedGoesWithTheirDetailsAndOthersStay) {
  ASSERT_TRUE(run(billings_.update(kOwner, {3}, {.address = "3 Lane"})));
  world_.script("DELETE FROM customer_keys WHERE customer_id = 3");
  const billing::Subscription made = world_.subscribed(kBasicPlan, "2026-11-01", 3);
  EXPECT_EQ(run(customers_.remove(kOwner, {3})).error().reason, "customer_has_subscriptions");
  world_.script(
      fmt::format("DELETE FROM subscription_changes WHERE subscription_id = {0}; DELETE FROM subscriptions "
                  "WHERE id = {0}",
                  made.id.value));
  EXPECT_TRUE(run(customers_.remove(kOwner, {3})));
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM customer_billing WHERE customer_id = 3"), 0);
}

TEST_F(CustomerBillingTest, SuspensionForArrearsSurvivesARestart) {
  bill();
  world_.on("2026-12-20T00:00:00Z");
  EXPECT_EQ(check(1), 1);
  EXPECT_EQ(world_.number("SELECT suspended_at FROM customers WHERE id = 1"),
            world_.number("SELECT arrears_since FROM customer_billing WHERE customer_id = 1"));
}

}  // namespace
}  // namespace keyledger::service
