#include "service/reports/revenue.h"

#include <gtest/gtest.h>

#include <random>

#include "service/billing/invoice_testing.h"

namespace keyledger::service {
namespace {

using namespace testing;
using std::chrono::year_month;

year_month month(int year, unsigned number) {
  return std::chrono::year{year} / static_cast<int>(number);
}

struct RevenueWorld : BilledWorld {
  RevenueReport revenue(const RevenueQuery& query = {}, std::optional<std::int64_t> limit = {}) {
    Result<RevenueReport> report = run(reports.revenue(query, limit));
    check_invariant(report.has_value(), "the test's report is made");
    return std::move(*report);
  }
  TopCustomers top(TopCustomersOrder by = TopCustomersOrder::revenue, std::optional<std::int64_t> limit = {}) {
    const SpanAsked november{
        {}, Day{local_day("2026-11-01").time_since_epoch()}, Day{local_day("2026-11-30").time_since_epoch()}};
    Result<TopCustomers> report = run(reports.top_customers(november, by, limit));
    check_invariant(report.has_value(), "the test's report is made");
    return std::move(*report);
  }
  /// Finalises every draft there is.
  void bill() {
    drafted();
    for (std::int64_t id = ++billed_; run(invoices.get({id})).has_value(); id = ++billed_) finalised(id);
    --billed_;
  }

  RevenueReports reports{core(), {hooks().zone_named, hooks().settle}};

 private:
  std::int64_t billed_ = 0;
};

/// "2026-11 Dana, Subscription with overage: 26 - 0 + 0 USD", in whole coins where they are whole.
std::string text_of(const RevenueSums& sums) {
  const auto amount = [&](std::int64_t nanos) { return billing::price_text(nanos, sums.currency); };
  return fmt::format("{} - {} + {}", amount(sums.billed_nanos), amount(sums.credited_nanos), amount(sums.earned_nanos));
}
std::vector<std::string> texts_of(const RevenueReport& report) {
  std::vector<std::string> texts;
  for (const RevenueLine& line : report.data) {
    texts.push_back(fmt::format("{}-{:02} {}, {}: {}", static_cast<int>(line.month.year()),
                                static_cast<unsigned>(line.month.month()), line.customer_name, line.plan_name,
                                text_of(line.sums)));
  }
  return texts;
}
using Texts = std::vector<std::string>;

TEST(Revenue, WhatIsFinalIsBilledAndWhatIsOpenIsEarned) {
  RevenueWorld world;
  world.subscribed(kOveragePlan, "2026-11-01");
  world.append(joined({calls(14, "2026-11-20T12:00:00Z", "rent"), calls(12, "2026-12-02T12:00:00Z", "rent")}));
  world.on("2026-11-30T12:00:00Z");
  EXPECT_EQ(texts_of(world.revenue()), Texts{"2026-11 Dana, Subscription with overage: $0 - $0 + $26"});

  world.on("2026-12-10T12:00:00Z");
  world.drafted();
  const Texts drafted{"2026-11 Dana, Subscription with overage: $0 - $0 + $26",
                      "2026-12 Dana, Subscription with overage: $0 - $0 + $23"};
  EXPECT_EQ(texts_of(world.revenue()), drafted);

  world.finalised(1);
  ASSERT_TRUE(world.try_credit(1, 13 * kDollarNanos));
  const RevenueReport report = world.revenue();
  const Texts billed{"2026-12 Dana, Subscription with overage: $0 - $0 + $23",
                     "2026-11 Dana, Subscription with overage: $26 - $13 + $0"};
  EXPECT_EQ(texts_of(report), billed);
  EXPECT_EQ(report.from, month(2026, 1));
  EXPECT_EQ(report.to, month(2026, 12));
  ASSERT_EQ(report.months.size(), 12U) << "a month without revenue is told as that";
  EXPECT_EQ(text_of(report.months[9].sums), "$0 - $0 + $0");
  EXPECT_EQ(text_of(report.months[10].sums), "$26 - $13 + $0");
  ASSERT_EQ(report.totals.size(), 1U);
  EXPECT_EQ(text_of(report.totals[0]), "$26 - $13 + $23");
}

TEST(Revenue, IsNetOfTaxAlsoWherePricesIncludeIt) {
  RevenueWorld world;
  world.script(R"sql(INSERT INTO customer_billing (customer_id, billing_name, address, tax_id, tax_rate, tax_inclusive,
                                                   invoice_notes, updated_at)
                     VALUES (1, '', '', '', 19000, 1, '', 0), (2, '', '', '', 19000, 0, '', 0))sql");
  world.subscribed(kOveragePlan, "2026-11-01", 1);
  world.subscribed(kBasicPlan, "2026-11-01", 2);
  world.append(calls(14, "2026-11-20T12:00:00Z", "rent"));
  world.on("2026-11-30T12:00:00Z");
  // 26 with the tax in them are 4.15 of tax.
  const Texts earned{"2026-11 Dana, Subscription with overage: $0 - $0 + $21.85", "2026-11 Eli, Basic: $0 - $0 + $10"};
  EXPECT_EQ(texts_of(world.revenue({.from = month(2026, 11), .to = month(2026, 11)})), earned);
  world.on("2026-12-01T12:00:00Z");
  world.bill();
  const Texts billed{"2026-11 Dana, Subscription with overage: $21.85 - $0 + $0", "2026-11 Eli, Basic: $10 - $0 + $0"};
  EXPECT_EQ(texts_of(world.revenue({.from = month(2026, 11), .to = month(2026, 11)})), billed);
}

TEST(Revenue, OfAPeriodThatEndsNextMonthCountsInThisOne) {
  RevenueWorld world;
  world.subscribe({.anchor = 15, .changes = {{local_day("2026-11-15"), kBasicPlan, 1, {}}}});
  world.on("2026-11-20T12:00:00Z");
  EXPECT_EQ(texts_of(world.revenue()), Texts{"2026-11 Dana, Basic: $0 - $0 + $10"});
  world.on("2026-12-15T00:00:00Z");
  world.bill();
  const RevenueReport report = world.revenue();
  EXPECT_EQ(text_of(report.totals[0]), "$10 - $0 + $10") << "and what began today";
  EXPECT_EQ(report.months[11].sums.billed_nanos, 10 * kDollarNanos) << "a line counts in the month of its last day";
}

TEST(Revenue, NeverAddsTwoCurrencies) {
  RevenueWorld world;
  const billing::PlanId euros =
      world.plan("Euros", {.currency = *Currency::parse("EUR"), .monthly_nanos = 3 * kDollarNanos});
  world.subscribed(kBasicPlan, "2026-11-01", 1);
  world.subscribed(kProPlan, "2026-11-01", 3);
  world.subscribed(euros, "2026-11-01", 2);
  world.script("UPDATE subscriptions SET currency = 'EUR' WHERE customer_id = 2");
  world.on("2026-11-30T12:00:00Z");
  const RevenueReport report = world.revenue({}, 2);
  EXPECT_EQ(report.count, 3);
  const Texts first_two{"2026-11 Eli, Euros: EUR 0 - EUR 0 + EUR 3", "2026-11 Fay, Pro: $0 - $0 + $30"};
  EXPECT_EQ(texts_of(report), first_two) << "all of the euros is more than three quarters of the dollars";
  ASSERT_EQ(report.totals.size(), 2U);
  EXPECT_EQ(text_of(report.totals[0]), "EUR 0 - EUR 0 + EUR 3");
  EXPECT_EQ(text_of(report.totals[1]), "$0 - $0 + $40");
  EXPECT_EQ(report.months.size(), 24U);

  EXPECT_EQ(texts_of(world.revenue({.customer_id = CustomerId{3}})), Texts{"2026-11 Fay, Pro: $0 - $0 + $30"});
  EXPECT_EQ(texts_of(world.revenue({.plan_id = kBasicPlan})), Texts{"2026-11 Dana, Basic: $0 - $0 + $10"});
}

TEST(Revenue, NamesWhatIsWrongWithAQuery) {
  RevenueWorld world;
  const struct {
    const char* reason;
    RevenueQuery query;
  } cases[] = {
      {"range_incomplete", {.from = month(2026, 1)}},
      {"range_incomplete", {.to = month(2026, 1)}},
      {"range_reversed", {.from = month(2026, 2), .to = month(2026, 1)}},
      {"range_too_long", {.from = month(2023, 1), .to = month(2026, 1)}},
      {"unknown_customer", {.customer_id = CustomerId{99}}},
      {"unknown_plan", {.plan_id = billing::PlanId{99}}},
  };
  for (const auto& each : cases) {
    const Result<RevenueReport> report = run(world.reports.revenue(each.query, {}));
    ASSERT_FALSE(report) << each.reason;
    EXPECT_EQ(report.error().reason, each.reason);
  }
  EXPECT_TRUE(run(world.reports.revenue({.from = month(2023, 2), .to = month(2026, 1)}, {})));
}

TEST(Revenue, AddsUpToTheInvoicesOnRandomHistories) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  RevenueWorld world;
  world.script(R"sql(INSERT INTO customer_billing (customer_id, billing_name, address, tax_id, tax_rate, tax_inclusive,
                                                   invoice_notes, updated_at) VALUES (2, '', '', '', 7125, 1, '', 0))sql");
  world.subscribed(kOveragePlan, "2026-09-10", 1);
  world.subscribed(kPerUsePlan, "2026-08-03", 2);
  std::vector<Sample> history;
  for (int i = 0; i < 300; ++i) {
    const std::string day = fmt::format("2026-{:02}-{:02}T12:00:00Z", 8 + random() % 4, 1 + random() % 28);
    history.push_back(calls(1, day, random() % 3 == 0 ? "rent" : "check", random() % 2 == 0 ? 1 : 4).front());
  }
  world.append(history);
  world.on("2026-12-01T12:00:00Z");
  world.bill();
  world.script("UPDATE invoices SET state = 'draft', number = NULL WHERE id = (SELECT MAX(id) FROM invoices)");
  std::int64_t net = 0;
  for (std::int64_t id = 1; const Result<InvoiceView> view = run(world.invoices.get({id})); ++id) {
    net += view->invoice.totals.net_nanos;
    if (view->invoice.state != billing::InvoiceState::final || random() % 2 == 0) continue;
    const std::int64_t part = view->invoice.totals.total_nanos / 3 / 10'000'000 * 10'000'000;
    if (part == 0) continue;
    const Result<InvoiceView> credited = world.try_credit(id, part);
    ASSERT_TRUE(credited) << credited.error().message;
    net -= credited->credit_notes.back().totals.net_nanos;
  }
  const RevenueReport report = world.revenue({.from = month(2026, 8), .to = month(2026, 11)});
  std::int64_t lines = 0, months = 0;
  for (const RevenueLine& line : report.data) lines += line.sums.net_nanos();
  for (const RevenueMonth& each : report.months) months += each.sums.net_nanos();
  EXPECT_EQ(report.totals.at(0).net_nanos(), net);
  EXPECT_EQ(lines, net);
  EXPECT_EQ(months, net);
}

TEST(TopCustomers, AreThoseWhoPayCallOrRentMost) {
  RevenueWorld world;
  world.subscribed(kPerUsePlan, "2026-11-01", 1);
  world.subscribed(kProPlan, "2026-11-01", 2);
  world.append(joined({calls(3, "2026-11-05T12:00:00Z", "rent", 1), calls(5, "2026-11-05T12:00:00Z", "check", 4),
                       calls(1, "2026-11-06T12:00:00Z", "rent", 2), calls(9, "2026-10-31T12:00:00Z", "rent", 4)}));
  world.append({.key = 4, .at = at("2026-11-07T12:00:00Z"), .status = ledger::Status::rate_limited});
  world.append({.key = 1, .at = at("2026-11-07T12:00:00Z"), .action = "repeat", .units = 0});
  world.append({.key = 1, .at = at("2026-11-07T12:00:00Z"), .action = "rent", .status = ledger::Status::error});
  world.on("2026-11-30T12:00:00Z");

  const TopCustomers paying = world.top();
  ASSERT_EQ(paying.data.size(), 2U);
  EXPECT_EQ(paying.data[0].customer_name, "Eli");
  EXPECT_EQ(paying.data[0].revenue, (std::vector<Money>{{Currency{}, 30 * kDollarNanos}}));
  EXPECT_EQ(paying.data[1].customer_name, "Dana");
  EXPECT_EQ(paying.data[0].share + paying.data[1].share, 1'000);
  EXPECT_EQ(paying.calls, 12);
  EXPECT_EQ(paying.refused, 1);
  EXPECT_EQ(paying.rentals, 4) << "one that was repeated, and one that found nothing, are none";

  const TopCustomers renting = world.top(TopCustomersOrder::rentals, 1);
  EXPECT_EQ(renting.count, 2);
  ASSERT_EQ(renting.data.size(), 1U);
  EXPECT_EQ(renting.data[0].customer_name, "Dana");
  EXPECT_EQ(renting.data[0].rentals, 4);
  EXPECT_EQ(renting.data[0].share, 1'000);

  const TopCustomers calling = world.top(TopCustomersOrder::calls);
  EXPECT_EQ(calling.data[0].customer_name, "Dana");
  EXPECT_EQ(calling.data[0].calls, 6);
  EXPECT_EQ(calling.data[1].calls, 6) << "what is alike stands by id";
  EXPECT_EQ(calling.data[1].refused, 1);
}

}  // namespace
}  // namespace keyledger::service
