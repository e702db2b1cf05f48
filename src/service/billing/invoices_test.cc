#include "service/billing/invoices.h"

#include <gtest/gtest.h>

#include "service/billing/invoice_acts.h"
#include "service/billing/invoice_testing.h"

namespace keyledger::service {
namespace {

using billing::InvoiceState;
using billing::Metric;
using billing::Totals;
using testing::at;
using testing::BilledWorld;
using testing::calls;
using testing::kBasicPlan;
using testing::kCentNanos;
using testing::kDollarNanos;
using testing::kOveragePlan;
using testing::kOwner;
using testing::kPerUsePlan;
using testing::local_day;
using testing::run;
using testing::text_of;
using testing::texts;
using testing::words;

class InvoicesTest : public ::testing::Test {
 protected:
  BilledWorld world_{};
};

TEST_F(InvoicesTest, APeriodIsDraftedOnceItIsOver) {
  world_.subscribed(kBasicPlan, "2026-11-01");
  world_.on("2026-11-30T23:59:59.999Z");
  EXPECT_EQ(world_.drafted(), 0);
  world_.on("2026-12-01T00:00:00Z");
  EXPECT_EQ(world_.drafted(), 1);
  EXPECT_EQ(world_.drafted(), 0);
  const InvoiceView draft = world_.seen(1);
  EXPECT_EQ(draft.invoice.state, InvoiceState::draft);
  EXPECT_EQ(draft.invoice.number, "");
  EXPECT_EQ(draft.invoice.period, (billing::DaySpan{local_day("2026-11-01"), local_day("2026-12-01")}));
  EXPECT_EQ(texts(draft), words({"Basic, 1 to 30 November 2026"}));
  EXPECT_EQ(draft.invoice.totals, (Totals{10 * kDollarNanos, 0, 10 * kDollarNanos}));
  EXPECT_EQ(world_.seen(1).customer_name, "Dana");
}

TEST(Invoices, DraftsFollowTheCustomersClocks) {
  BilledWorld world("Pacific/Auckland");
  world.subscribed(kBasicPlan, "2026-11-01");
  world.script("UPDATE customers SET timezone = 'America/Los_Angeles' WHERE id = 2");
  world.subscribed(kBasicPlan, "2026-11-01", 2);
  world.on("2026-11-30T10:59:59.999Z");
  EXPECT_EQ(world.drafted(), 0);
  world.on("2026-11-30T11:00:00Z");
  EXPECT_EQ(world.drafted(), 1);
  EXPECT_EQ(world.seen(1).invoice.timezone, "Pacific/Auckland");
  world.on("2026-12-01T07:59:59.999Z");
  EXPECT_EQ(world.drafted(), 0);
  world.on("2026-12-01T08:00:00Z");
  EXPECT_EQ(world.drafted(), 1);
  EXPECT_EQ(world.seen(2).invoice.timezone, "America/Los_Angeles");
}

TEST_F(InvoicesTest, NoPeriodIsForgottenAndTheLastEndsWithTheSubscription) {
  world_.subscribe(
      {.anchor = 15, .changes = {{local_day("2026-08-20"), kBasicPlan, 1, {}}}, .ends = local_day("2026-11-18")});
  world_.on("2026-11-18T00:00:00Z");
  EXPECT_EQ(world_.drafted(), 4);
  EXPECT_EQ(world_.seen(1).invoice.period, (billing::DaySpan{local_day("2026-08-20"), local_day("2026-09-15")}));
  EXPECT_EQ(texts(world_.seen(1)), words({"Basic, 20 August to 14 September 2026: 26 of 31 days"}));
  EXPECT_EQ(world_.seen(4).invoice.period, (billing::DaySpan{local_day("2026-11-15"), local_day("2026-11-18")}));
  world_.on("2027-11-18T00:00:00Z");
  EXPECT_EQ(world_.drafted(), 0);
}

TEST_F(InvoicesTest, ADraftIsRatedWheneverItIsLookedAtAndAFinalOneNeverAgain) {
  world_.subscribed(kPerUsePlan, "2026-11-01");
  world_.append(calls(3, "2026-11-10T12:00:00Z", "rent"));
  world_.drafted();
  EXPECT_EQ(world_.seen(1).invoice.totals.total_nanos, 6 * kDollarNanos);
  world_.append(calls(2, "2026-11-30T23:59:59.999Z", "rent"));
  EXPECT_EQ(run(world_.invoices.list({}))->rows.front().invoice.totals.total_nanos, 10 * kDollarNanos);
  const InvoiceView final = world_.finalised(1);
  EXPECT_EQ(texts(final), words({"Requests, 1 to 30 November 2026: 5, all covered by the plan",
                                 "Rentals, 1 to 30 November 2026: 5"}));
  world_.append(calls(7, "2026-11-20T12:00:00Z", "rent"));
  EXPECT_EQ(text_of(world_.seen(1)), text_of(final));
}

TEST_F(InvoicesTest, FinalisingNumbersItAndSaysWhenItIsDue) {
  world_.terms.payment_days = 14;
  world_.subscribed(kOveragePlan, "2026-11-01");
  world_.append(calls(24, "2026-11-10T12:00:00Z", "rent"));
  world_.drafted();
  world_.on("2026-12-02T08:00:00Z");
  const InvoiceView final = world_.finalised(1);
  EXPECT_EQ(final.invoice.state, InvoiceState::final);
  EXPECT_EQ(final.invoice.number, "2026-0001");
  EXPECT_EQ(final.invoice.finalised_at, at("2026-12-02T08:00:00Z"));
  EXPECT_EQ(final.invoice.due_at, at("2026-12-16T23:59:59.999Z"));
  EXPECT_EQ(final.invoice.totals.total_nanos, 41 * kDollarNanos);
  EXPECT_FALSE(final.overdue);
  EXPECT_TRUE(final.missing.empty());
  ASSERT_EQ(final.lines.size(), 3U);
  EXPECT_EQ(final.lines[2].position, 3);
  EXPECT_EQ(final.lines[2].text, "Rentals, 1 to 30 November 2026: 24, 10 of them included");
  EXPECT_EQ(testing::line_text(final.lines[2].line),
            "usage rentals, Subscription with overage, 2026-11-01 to 2026-11-30: 10 included, 14 at $1.50 = $21");
  world_.on("2026-12-16T23:59:59.999Z");
  EXPECT_FALSE(world_.seen(1).overdue);
  world_.on("2026-12-17T00:00:00Z");
  EXPECT_TRUE(world_.seen(1).overdue);
}

TEST(Invoices, TheYearOfTheNumberIsTheSellers) {
  BilledWorld world("Pacific/Auckland");
  world.subscribed(kBasicPlan, "2026-11-01");
  world.subscribed(kBasicPlan, "2026-11-01", 2);
  world.subscribed(kBasicPlan, "2026-11-01", 3);
  world.on("2026-12-31T10:59:59Z");
  world.drafted();
  EXPECT_EQ(world.finalised(1).invoice.number, "2026-0001");
  EXPECT_EQ(world.finalised(2).invoice.number, "2026-0002");
  world.on("2026-12-31T11:00:00Z");
  EXPECT_EQ(world.finalised(3).invoice.number, "2027-0001");
}

TEST_F(InvoicesTest, OneOfNothingIsPaidAtOnce) {
  world_.subscribed(kPerUsePlan, "2026-11-01");
  world_.drafted();
  const InvoiceView final = world_.finalised(1);
  EXPECT_EQ(final.invoice.state, InvoiceState::paid);
  EXPECT_EQ(final.invoice.paid_at, world_.clock.now());
  EXPECT_EQ(final.invoice.totals, Totals{});
  EXPECT_TRUE(final.lines.empty());
  EXPECT_EQ(world_.try_credit(1, {}).error().reason, "out_of_range");
}

TEST_F(InvoicesTest, WhatStandsInTheWayOfFinalisingIsSaid) {
  world_.subscribed(kBasicPlan, "2026-10-01");
  EXPECT_EQ(world_.drafted(), 2);
  EXPECT_EQ(world_.try_finalise(99).error().reason, "unknown_invoice");
  EXPECT_EQ(world_.seen(2).missing, words({"earlier_draft", "customer_address"}));
  EXPECT_EQ(world_.try_finalise(2).error().reason, "earlier_draft");
  EXPECT_TRUE(world_.try_finalise(1));
  const Result<InvoiceView> twice = world_.try_finalise(1);
  EXPECT_EQ(twice.error().reason, "already_final");
  EXPECT_EQ(twice.error().code, Code::conflict);
  EXPECT_EQ(world_.finalised(2).invoice.number, "2026-0002");
}

TEST_F(InvoicesTest, ACustomerWhoMovesWestAfterTheDraftHasThePeriodsLastDayStill) {
  world_.subscribed(kBasicPlan, "2026-11-01");
  world_.drafted();
  world_.script("UPDATE customers SET timezone = 'America/Los_Angeles' WHERE id = 1");
  EXPECT_EQ(world_.seen(1).missing.front(), "period_not_over");
  EXPECT_EQ(world_.try_finalise(1).error().reason, "period_not_over");
  world_.on("2026-12-01T08:00:00Z");
  EXPECT_EQ(world_.finalised(1).invoice.timezone, "America/Los_Angeles");
}

TEST_F(InvoicesTest, AnAmountThatCannotBeSaidIsMissingAndNeverFinal) {
  const billing::PlanId dear = world_.plan(
      "Dear", {.charges = {{.metric = Metric::requests, .tiers = {{.unit_nanos = billing::kPriceNanosMax}}}}});
  world_.subscribed(dear, "2026-11-01");
  world_.append(testing::Sample{.at = at("2026-11-10T12:00:00Z"), .units = 10'000});
  world_.drafted();
  EXPECT_EQ(world_.seen(1).missing, words({"amount_too_large", "customer_address"}));
  EXPECT_EQ(run(world_.invoices.list({}))->rows.front().invoice.totals, Totals{});
  EXPECT_EQ(world_.try_finalise(1).error().reason, "amount_too_large");
  EXPECT_EQ(world_.seen(1).invoice.state, InvoiceState::draft);
}

TEST_F(InvoicesTest, ADraftSaysWhatIsMissing) {
  world_.terms = {};
  const billing::PlanId half = world_.plan("Half", {.charges = {{.metric = Metric::rentals, .included = 1}}});
  world_.subscribed(half, "2026-11-01");
  world_.append(calls(3, "2026-11-10T12:00:00Z", "rent"));
  world_.drafted();
  const InvoiceView draft = world_.seen(1);
  EXPECT_EQ(draft.missing, words({"seller_name", "seller_address", "customer_address", "unpriced_usage"}));
  EXPECT_EQ(draft.unpriced_rentals, 2);
  EXPECT_EQ(world_.finalised(1).unpriced_rentals, 2) << "which a final one still says";
  EXPECT_TRUE(world_.seen(1).missing.empty());
}

TEST_F(InvoicesTest, WhatCameInLateIsOnTheNextInvoiceOnceAndNoOther) {
  world_.subscribed(kOveragePlan, "2026-10-01");
  world_.append(calls(8, "2026-10-10T12:00:00Z", "rent"));
  world_.drafted();
  world_.finalised(1);
  world_.append(calls(5, "2026-10-31T23:59:59.999Z", "rent"));
  const InvoiceView draft = world_.seen(2);
  ASSERT_EQ(draft.late.size(), 2U);
  EXPECT_EQ(draft.late[1].metric, Metric::rentals);
  EXPECT_EQ(draft.late[1].billed, 8);
  EXPECT_EQ(draft.late[1].now, 13);
  EXPECT_EQ(draft.late[1].invoice_number, "2026-0001");
  EXPECT_EQ(texts(draft).back(), "Rentals that came in later, 1 to 31 October 2026: 5, 2 of them included");
  EXPECT_EQ(draft.invoice.totals.total_nanos, 24'50 * kCentNanos);
  EXPECT_EQ(texts(world_.finalised(2)), texts(draft));
  world_.on("2027-01-01T00:00:00Z");
  EXPECT_EQ(world_.drafted(), 1);
  EXPECT_TRUE(world_.seen(3).late.empty());
  EXPECT_EQ(texts(world_.seen(3)), words({"Subscription with overage, 1 to 31 December 2026"}));
}

TEST_F(InvoicesTest, OfSeveralDraftsOnlyTheFirstHasWhatCameInLate) {
  world_.subscribed(kPerUsePlan, "2026-09-01");
  world_.drafted();
  world_.finalised(1);
  world_.append(calls(1, "2026-09-10T12:00:00Z", "rent"));
  EXPECT_EQ(world_.seen(2).invoice.totals.total_nanos, 2 * kDollarNanos);
  EXPECT_EQ(world_.seen(3).invoice.totals.total_nanos, 0);
  EXPECT_EQ(run(world_.invoices.preview({1}))->invoice.totals.total_nanos, 0);
}

TEST_F(InvoicesTest, APriceChangeLeavesOldInvoicesByteForByteTheSame) {
  world_.subscribed(kPerUsePlan, "2026-11-01");
  world_.append(calls(3, "2026-11-10T12:00:00Z", "rent"));
  world_.drafted();
  const std::string before = text_of(world_.finalised(1));
  billing::PlanTerms dearer{.charges = {{.metric = Metric::rentals, .tiers = {{.unit_nanos = 9 * kDollarNanos}}}}};
  world_.edit(kPerUsePlan, 2, "Dearer", dearer, world_.clock.now());
  world_.terms.seller.name = "Another Ltd";
  ASSERT_TRUE(world_.bill(1, {.billing_name = "Other", .tax_rate_milli_percent = 19'000}));
  EXPECT_EQ(text_of(world_.seen(1)), before);
  world_.append(calls(1, "2026-12-10T12:00:00Z", "rent"));
  world_.on("2027-01-01T00:00:00Z");
  world_.drafted();
  EXPECT_EQ(world_.seen(2).lines[1].line.plan_version, 2);
  EXPECT_EQ(world_.seen(2).invoice.totals, (Totals{9 * kDollarNanos, 171 * kCentNanos, 1'071 * kCentNanos}));
  EXPECT_EQ(world_.seen(2).invoice.customer.name, "Other");
}

TEST_F(InvoicesTest, TaxAddressesAndNotesAreThoseOfTheDayOfFinalising) {
  world_.subscribed(kBasicPlan, "2026-11-01");
  world_.drafted();
  ASSERT_TRUE(world_.bill(1, {.address = "2 Low Road\nTown",
                              .tax_id = "C-7",
                              .invoice_notes = "PO 4711",
                              .tax_rate_milli_percent = 19'000,
                              .tax_inclusive = true}));
  ASSERT_TRUE(run(world_.invoices.annotate(kOwner, {1}, "For November")));
  const InvoiceView final = world_.finalised(1);
  EXPECT_EQ(final.invoice.customer, (billing::Party{"Dana", "2 Low Road\nTown", "C-7"}));
  EXPECT_EQ(final.invoice.seller, (billing::Party{"Seller Ltd", "1 High Street", "S-1"}));
  EXPECT_EQ(final.invoice.footer, "PO 4711\nThank you.");
  EXPECT_EQ(final.invoice.notes, "For November");
  EXPECT_EQ(final.invoice.totals, (Totals{840 * kCentNanos, 160 * kCentNanos, 1'000 * kCentNanos}));
  EXPECT_EQ(run(world_.invoices.annotate(kOwner, {1}, "No")).error().reason, "already_final");
  EXPECT_EQ(run(world_.invoices.annotate(kOwner, {1}, std::string(10'001, 'x'))).error().reason, "too_long");
  EXPECT_EQ(run(world_.invoices.annotate(kOwner, {9}, "")).error().reason, "unknown_invoice");
}

TEST_F(InvoicesTest, WhatWasRatedOnOtherDetailsIsNotStored) {
  world_.subscribed(kBasicPlan, "2026-11-01");
  world_.drafted();
  const Invoices::Hooks hooks = world_.hooks();
  const auto rated = [&] {
    return *world_.store->readers().run_blocking<RatedDraft>([&](store::Transaction& transaction) {
      return InvoiceReader(&transaction, &hooks, world_.clock.now()).to_finalise({1});
    });
  };
  using Finished = std::optional<InvoiceView>;
  const auto finish = [&](const RatedDraft& draft) {
    return world_.store->writer().run_blocking<Finished>([&](store::Transaction& transaction) {
      return InvoiceAct(&transaction, &hooks, &kOwner, world_.clock.now()).finalise(draft);
    });
  };
  RatedDraft draft = rated();
  ASSERT_TRUE(world_.bill(1, {.tax_rate_milli_percent = 7'000}));
  EXPECT_FALSE(finish(draft)->has_value());
  draft = rated();
  world_.script("UPDATE subscription_changes SET plan_id = 2");
  EXPECT_FALSE(finish(draft)->has_value());
  draft = rated();
  world_.script("UPDATE customers SET name = 'Dora' WHERE id = 1");
  EXPECT_FALSE(finish(draft)->has_value());
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM document_numbers"), 0) << "and takes no number";
  draft = rated();
  EXPECT_EQ(finish(draft)->value().invoice.totals.total_nanos, 32'10 * kCentNanos);
  EXPECT_EQ(finish(draft).error().reason, "already_final");
}

TEST_F(InvoicesTest, APreviewSaysWhatTheMonthCameToSoFarAndStoresNothing) {
  EXPECT_EQ(run(world_.invoices.preview({99})).error().reason, "unknown_customer");
  EXPECT_EQ(run(world_.invoices.preview({1})).error().reason, "not_subscribed");
  world_.subscribed(kOveragePlan, "2026-12-03");
  EXPECT_EQ(run(world_.invoices.preview({1})).error().reason, "not_subscribed") << "not before it begins";
  world_.on("2026-12-10T12:00:00Z");
  world_.append(calls(12, "2026-12-05T12:00:00Z", "rent"));
  const Result<InvoiceView> preview = run(world_.invoices.preview({1}));
  ASSERT_TRUE(preview);
  EXPECT_EQ(preview->invoice.id.value, 0);
  EXPECT_EQ(preview->customer_name, "Dana");
  EXPECT_EQ(preview->missing.front(), "period_not_over");
  EXPECT_EQ(preview->invoice.period.from, local_day("2026-12-03"));
  EXPECT_EQ(preview->invoice.totals.total_nanos, 21'71 * kCentNanos) << "29 of 31 days are 18.71, and 2 at 1.50";
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM invoices"), 0);
  world_.on("2027-01-01T00:00:00Z");
  world_.drafted();
  EXPECT_EQ(texts(world_.seen(1)), texts(*preview));
  EXPECT_EQ(world_.seen(1).invoice.totals, preview->invoice.totals);
}

}  // namespace
}  // namespace keyledger::service
