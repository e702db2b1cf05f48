// What becomes of invoices: payments, credit notes, lists, who hears of it.
#include <gtest/gtest.h>

#include "service/audit.h"
#include "service/billing/invoice_testing.h"

namespace keyledger::service {
namespace {

using billing::InvoiceSort;
using billing::InvoiceState;
using billing::Totals;
using testing::at;
using testing::BilledWorld;
using testing::kBasicPlan;
using testing::kCentNanos;
using testing::kDollarNanos;
using testing::kEnterprisePlan;
using testing::kOwner;
using testing::kPerUsePlan;
using testing::local_day;
using testing::run;
using testing::words;

class InvoiceStandingTest : public ::testing::Test {
 protected:
  BilledWorld world_{};
};

TEST_F(InvoiceStandingTest, APaymentIsNotedOnce) {
  world_.subscribed(kBasicPlan, "2026-10-01");
  world_.drafted();
  EXPECT_EQ(world_.try_pay(1).error().reason, "not_final");
  world_.finalised(1);
  const Instant now = world_.clock.now();
  EXPECT_EQ(world_.try_pay(1, now + std::chrono::milliseconds{1}).error().field, "paid_at");
  EXPECT_EQ(world_.try_pay(1, {}, std::string(501, 'x')).error().reason, "too_long");
  EXPECT_EQ(world_.try_pay(9).error().reason, "unknown_invoice");
  const Result<InvoiceView> paid = world_.try_pay(1, now - std::chrono::hours{2}, " by wire ");
  ASSERT_TRUE(paid);
  EXPECT_EQ(paid->invoice.state, InvoiceState::paid);
  EXPECT_EQ(paid->invoice.paid_at, now - std::chrono::hours{2});
  EXPECT_EQ(paid->invoice.paid_note, "by wire");
  EXPECT_EQ(world_.try_pay(1).error().reason, "already_paid");
  world_.finalised(2);
  ASSERT_TRUE(world_.try_credit(2, {}));
  EXPECT_EQ(world_.try_pay(2).error().reason, "already_credited");
}

TEST_F(InvoiceStandingTest, CreditsAreNumberedAndNeverMoreThanWasBilled) {
  ASSERT_TRUE(world_.bill(1, {.tax_rate_milli_percent = 19'000}));
  world_.subscribed(kBasicPlan, "2026-11-01");
  world_.drafted();
  EXPECT_EQ(world_.try_credit(1, {}).error().reason, "not_final");
  world_.finalised(1);
  EXPECT_EQ(world_.try_credit(1, kDollarNanos, " ").error().reason, "missing_reason");
  EXPECT_EQ(world_.try_credit(1, kDollarNanos, std::string(501, 'x')).error().reason, "too_long");
  EXPECT_EQ(world_.try_credit(1, 12 * kDollarNanos).error().reason, "over_credit");
  EXPECT_EQ(world_.try_credit(1, 0).error().reason, "out_of_range");
  EXPECT_EQ(world_.try_credit(9, {}).error().reason, "unknown_invoice");
  const Result<InvoiceView> part = world_.try_credit(1, 100 * kCentNanos, "outage");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->invoice.state, InvoiceState::final);
  EXPECT_EQ(part->invoice.credited_nanos, 100 * kCentNanos);
  ASSERT_EQ(part->credit_notes.size(), 1U);
  EXPECT_EQ(part->credit_notes[0].number, "CN-2026-0001") << "what was refused took no number";
  EXPECT_EQ(part->credit_notes[0].reason, "outage");
  EXPECT_EQ(part->credit_notes[0].totals, (Totals{84 * kCentNanos, 16 * kCentNanos, 100 * kCentNanos}));
  EXPECT_EQ(world_.try_credit(1, 1'091 * kCentNanos).error().reason, "over_credit");
  const Result<InvoiceView> rest = world_.try_credit(1, {});
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->invoice.state, InvoiceState::credited);
  EXPECT_EQ(rest->credit_notes[1].number, "CN-2026-0002");
  EXPECT_EQ(rest->credit_notes[1].totals, (Totals{916 * kCentNanos, 174 * kCentNanos, 1'090 * kCentNanos}));
  EXPECT_EQ(world_.try_credit(1, kCentNanos).error().reason, "already_credited");
}

TEST_F(InvoiceStandingTest, AreListedByWhatIsAskedFor) {
  world_.subscribed(kBasicPlan, "2026-10-01");                            // 1 and 2, Dana
  world_.subscribed(kEnterprisePlan, "2026-11-01", 2, 7 * kDollarNanos);  // 3, Eli
  world_.drafted();
  world_.finalised(3);
  world_.finalised(1);
  EXPECT_EQ(world_.listed(), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(world_.listed({.customer_id = CustomerId{1}}), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(world_.listed({.state = InvoiceState::draft}), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(world_.listed({.search = "2026-0001"}), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(world_.listed({.search = "DANA"}), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(world_.listed({.from = local_day("2026-11-01")}), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(world_.listed({.to = local_day("2026-10-31")}), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(world_.listed({.from = local_day("2026-11-30"), .to = local_day("2026-11-30")}),
            (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(world_.listed({.overdue = true}), (std::vector<std::int64_t>{}));
  EXPECT_EQ(world_.listed({.page = {.sort = InvoiceSort::number}}), (std::vector<std::int64_t>{3, 1, 2}));
  EXPECT_EQ(world_.listed({.page = {.sort = InvoiceSort::number, .descending = true}}),
            (std::vector<std::int64_t>{1, 3, 2}))
      << "what has no number is last in either order";
  EXPECT_EQ(world_.listed({.page = {.sort = InvoiceSort::total}}), (std::vector<std::int64_t>{3, 1, 2}));
  EXPECT_EQ(world_.listed({.page = {.sort = InvoiceSort::customer, .descending = true}}),
            (std::vector<std::int64_t>{3, 1, 2}));
  EXPECT_EQ(world_.listed({.page = {.sort = InvoiceSort::period}}), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(world_.listed({.page = {.sort = InvoiceSort::due_at}}), (std::vector<std::int64_t>{1, 3, 2}));
  EXPECT_EQ(world_.listed({.page = {.sort = InvoiceSort::created_at}}), (std::vector<std::int64_t>{1, 2, 3}));
  const auto first = run(world_.invoices.list({.state = InvoiceState::final, .page = {.limit = 1}}));
  EXPECT_EQ(first->count, 2);
  EXPECT_EQ(first->all_count, 3);
  EXPECT_EQ(world_.listed({.state = InvoiceState::final, .page = {.after = first->next, .limit = 1}}),
            (std::vector<std::int64_t>{3}));
  world_.on("2027-01-01T00:00:00Z");
  EXPECT_EQ(world_.listed({.overdue = true}), (std::vector<std::int64_t>{1, 3}));
  ASSERT_TRUE(world_.try_pay(1));
  EXPECT_EQ(world_.listed({.overdue = true}), (std::vector<std::int64_t>{3}));
}

TEST_F(InvoiceStandingTest, TenThousandInvoicesAYearStandInTheOrderOfTheirNumbers) {
  world_.subscribed(kBasicPlan, "2026-10-01");
  world_.drafted();
  world_.script("INSERT INTO document_numbers (series, year, last) VALUES ('invoice', 2026, 9998)");
  EXPECT_EQ(world_.finalised(1).invoice.number, "2026-9999");
  EXPECT_EQ(world_.finalised(2).invoice.number, "2026-10000");
  EXPECT_EQ(world_.listed({.page = {.sort = InvoiceSort::number}}), (std::vector<std::int64_t>{1, 2}));
}

TEST_F(InvoiceStandingTest, EachActIsInTheAuditLog) {
  world_.subscribed(kBasicPlan, "2026-11-01");
  world_.drafted();
  ASSERT_TRUE(run(world_.invoices.annotate(kOwner, {1}, "Note")));
  world_.finalised(1);
  ASSERT_TRUE(world_.try_credit(1, kDollarNanos));
  ASSERT_TRUE(world_.try_pay(1));
  const auto lines = run(Audit{world_.core()}.list({.page = {.descending = false}}));
  ASSERT_TRUE(lines);
  std::vector<std::string> actions;
  for (const AuditLine& line : lines->rows) actions.push_back(line.action + " " + line.subject);
  EXPECT_EQ(actions, words({"invoices.update invoices/1", "invoices.finalise invoices/1", "invoices.credit invoices/1",
                            "invoices.pay invoices/1"}));
  EXPECT_EQ(lines->rows[1].details.at("number"), "2026-0001");
  EXPECT_EQ(lines->rows[1].details.at("total"), "10.000000000 USD");
}

TEST_F(InvoiceStandingTest, OthersAreToldWhatIsFinalAndWhatIsPaid) {
  std::vector<std::string> told;
  WebhookQueue queue([&](std::string_view topic, Instant, const std::vector<WebhookFact>& data) {
    told.emplace_back(topic);
    for (const WebhookFact& fact : data) {
      if (fact.name == "number") told.back() += " " + std::get<std::string>(fact.value);
      if (fact.name == "total") told.back() += " " + to_decimal(std::get<Money>(fact.value).nanos);
    }
    return std::string{"{}"};
  });
  world_.script(
      "INSERT INTO webhook_endpoints (id, url, description, topics, sealed_secret, disabled_reason, created_at, "
      "updated_at) VALUES (1, 'https://example.com', '', '', x'', '', 0, 0)");
  Invoices::Hooks hooks = world_.hooks();
  hooks.webhooks = &queue;
  Invoices invoices(world_.core(), hooks);
  world_.subscribed(kBasicPlan, "2026-11-01");
  world_.subscribed(kPerUsePlan, "2026-11-01", 2);
  world_.drafted();
  ASSERT_TRUE(run(invoices.finalise(kOwner, {1})));
  ASSERT_TRUE(run(invoices.mark_paid(kOwner, {1}, {}, "")));
  ASSERT_TRUE(run(invoices.finalise(kOwner, {2})));
  EXPECT_EQ(told, words({"invoice.finalised 2026-0001 10.000000000", "invoice.paid 2026-0001 10.000000000",
                         "invoice.finalised 2026-0002 0.000000000", "invoice.paid 2026-0002 0.000000000"}));
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM webhook_deliveries"), 4);
}

}  // namespace
}  // namespace keyledger::service
