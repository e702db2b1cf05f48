// Random histories of customers, plans, clocks and calls, and many finalisations at once: what holds for all invoices.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "service/billing/invoice_testing.h"

namespace keyledger::service {
namespace {

using billing::InvoiceState;
using billing::Metric;
using billing::PlanId;
using billing::PlanTerms;
using std::chrono::days;
using testing::at;
using testing::BilledWorld;
using testing::kBasicPlan;
using testing::kDollarNanos;
using testing::kOwner;
using testing::local_day;
using testing::text_of;

constexpr const char* kZones[] = {"UTC", "Pacific/Auckland", "America/Los_Angeles", "Europe/Berlin"};
constexpr ledger::Status kStatuses[] = {ledger::Status::success, ledger::Status::success, ledger::Status::error,
                                        ledger::Status::rate_limited};

/// Half a year of customers 1 and 2, with whatever can happen to their bills.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {
    world_.on("2026-01-10T12:00:00Z");
    for (int i = 0; i < 3; ++i) plans_.push_back(world_.plan("plan " + std::to_string(i), any_terms()));
    for (const std::int64_t customer : {1, 2}) {
      move(customer);
      begin(customer);
    }
  }

  void step() {
    world_.clock.advance(std::chrono::hours{1 + any(120)});
    if (any(12) == 0) move(1 + any(2));
    if (any(6) == 0) {
      const std::size_t plan = static_cast<std::size_t>(any(3));
      world_.edit(plans_[plan], ++versions_[plan], "again", any_terms(), world_.clock.now());
    }
    for (int i = any(4); i > 0; --i) call();
    world_.drafted();
    while (any(3) == 0) try_one();
    expect_unchanged();
  }

  /// Everything that was used gets on an invoice.
  void end() {
    world_.clock.advance(days{70});
    world_.drafted();
    for (std::int64_t id = 1; id <= world_.number("SELECT COUNT(*) FROM invoices"); ++id) {
      if (world_.seen(id).invoice.state == InvoiceState::draft) keep(world_.finalised(id));
    }
    expect_unchanged();
    EXPECT_EQ(billed_, used_);
    EXPECT_EQ(static_cast<std::int64_t>(final_.size()), world_.number("SELECT last FROM document_numbers"));
  }

 private:
  int any(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  /// At odd micro-prices.
  PlanTerms any_terms() {
    PlanTerms terms{.monthly_nanos = any(3) * 9'999'999'999, .trial_days = 0};
    for (const Metric metric : {Metric::requests, Metric::rentals}) {
      if (any(4) == 0) continue;
      billing::Charge charge{.metric = metric, .included = any(30)};
      const std::int64_t first = 1 + any(9);
      if (any(5) > 0) {
        charge.tiers = {{.from = 1, .up_to = first, .unit_nanos = 1 + any(2'000'000'000)},
                        {.from = first + 1, .unit_nanos = 1 + any(999'999'999)}};
      }
      terms.charges.push_back(std::move(charge));
    }
    return terms;
  }
  void begin(std::int64_t customer) {
    billing::Agreement agreement{.anchor = 1 + any(31)};
    for (LocalDay from = kFirst + days{any(20)}; from < kEnd; from += days{20 + any(90)}) {
      agreement.changes.push_back({from, plans_[static_cast<std::size_t>(any(3))], 1, {}});
    }
    if (any(2) == 0) agreement.trial_until = agreement.changes.front().from + days{any(40)};
    agreement.ends = kEnd;
    starts_[customer] = agreement.changes.front().from;
    world_.subscribe(agreement, customer);
    world_.script(
        fmt::format("INSERT INTO customer_billing (customer_id, billing_name, address, tax_id, tax_rate, "
                    "tax_inclusive, invoice_notes, updated_at) VALUES ({}, '', '', '', {}, {}, '', 0)",
                    customer, any(30'000), any(2)));
  }
  /// Customer 1 calls with key 1, customer 2 with key 4.
  static std::int64_t key_of(std::int64_t customer) { return customer == 1 ? 1 : 4; }
  void move(std::int64_t customer) {
    const char* name = kZones[any(4)];
    world_.zones.insert_or_assign(key_of(customer), testing::zone(name));
    world_.script(fmt::format("UPDATE customers SET timezone = '{}' WHERE id = {}", name, customer));
  }
  /// Now, or, when it comes late, within the last 50 days. What is written is on the day of the customer's clocks.
  void call() {
    const std::int64_t customer = 1 + any(2);
    testing::Sample sample{.key = key_of(customer), .at = world_.clock.now(), .status = kStatuses[any(4)]};
    if (any(3) == 0) sample.at -= std::chrono::minutes{any(50 * 24 * 60)};
    sample.action = any(2) == 0 ? "rent" : "check";
    sample.units = sample.action == "rent" ? 1 : 1 + any(20);
    const LocalDay day = world_.zones.at(sample.key).day_of(sample.at);
    world_.append(sample);
    EXPECT_TRUE(world_.ledger->settle_blocking());
    if (!ledger::admitted(sample.status) || day < starts_[customer] || day >= kEnd) return;
    used_[{customer, Metric::requests}] += sample.units;
    const bool rented = sample.action == "rent" && sample.status == ledger::Status::success;
    if (rented) used_[{customer, Metric::rentals}] += 1;
  }
  void try_one() {
    const std::int64_t count = world_.number("SELECT COUNT(*) FROM invoices");
    if (count == 0) return;
    const std::int64_t id = 1 + any(static_cast<int>(count));
    const bool draft = world_.seen(id).invoice.state == InvoiceState::draft;
    Result<InvoiceView> final = world_.try_finalise(id);
    if (final) {
      EXPECT_TRUE(draft);
      keep(*final);
    } else if (draft) {
      EXPECT_TRUE(final.error().reason == "earlier_draft" || final.error().reason == "period_not_over");
    } else {
      EXPECT_EQ(final.error().reason, "already_final");
    }
  }
  void keep(const InvoiceView& view) {
    const billing::Totals& totals = view.invoice.totals;
    std::int64_t sum = 0;
    for (const InvoiceLine& line : view.lines) {
      sum += line.line.amount_nanos;
      EXPECT_EQ(line.line.amount_nanos % 10'000'000, 0) << "whole cents";
      if (line.line.metric) billed_[{view.invoice.customer_id.value, *line.line.metric}] += line.line.quantity;
    }
    EXPECT_EQ(sum, view.invoice.tax.inclusive ? totals.total_nanos : totals.net_nanos);
    EXPECT_EQ(totals.net_nanos + totals.tax_nanos, totals.total_nanos);
    EXPECT_TRUE(final_.emplace(view.invoice.id.value, text_of(view)).second);
  }
  void expect_unchanged() {
    for (const auto& [id, text] : final_) EXPECT_EQ(text_of(world_.seen(id)), text);
  }

  static inline const LocalDay kFirst = local_day("2026-01-10"), kEnd = local_day("2026-07-01");
  std::mt19937_64 random_;
  BilledWorld world_{};
  std::vector<PlanId> plans_{};
  std::array<std::int64_t, 3> versions_{1, 1, 1};
  std::map<std::int64_t, LocalDay> starts_{};
  std::map<std::pair<std::int64_t, Metric>, std::int64_t> used_{}, billed_{};
  std::map<std::int64_t, std::string> final_{};
};

TEST(InvoiceHistories, LinesAddUpEveryCallIsOnOneInvoiceAndWhatIsFinalStays) {
  for (int round = 0; round < 6; ++round) {
    const std::uint64_t seed = std::random_device{}();
    SCOPED_TRACE(seed);
    History history(seed);
    for (int i = 0; i < 30; ++i) history.step();
    history.end();
  }
}

/// Each is asked for on one of two threads, some on both; those with odd ids of the last hundred cannot be final.
TEST(InvoiceHistories, AThousandFinalisationsAtOnceLeaveNoGapInTheNumbers) {
  BilledWorld world;
  world.script(R"sql(
    WITH RECURSIVE n(i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n WHERE i < 2050)
      INSERT INTO customers (id, name, email, email_folded, notes, timezone, created_at, updated_at)
      SELECT i, 'Customer ' || i, '', '', '', '', 0, 0 FROM n;
    INSERT INTO subscriptions (customer_id, currency, anchor, applied_plan_id, applied_version, created_at, updated_at)
      SELECT id, 'USD', 1, 0, 0, 0, 0 FROM customers WHERE id > 1000 ORDER BY id;
    INSERT INTO subscription_changes (subscription_id, from_day, plan_id, version, made_at)
      SELECT id, 20758, 1, 1, 0 FROM subscriptions)sql");  // from 2026-11-01 on
  ASSERT_EQ(world.drafted(), 1'050);
  world.script("UPDATE customers SET timezone = 'America/Los_Angeles' WHERE id > 1950 AND id % 2 = 1");
  std::array<std::vector<Result<InvoiceView>>, 2> answers;
  const auto finalise_all = [&](std::size_t thread) {
    boost::asio::io_context context;
    for (std::int64_t id = 1; id <= 1'050; ++id) {
      if (id % 2 != static_cast<std::int64_t>(thread) && id % 10 != 0) continue;
      boost::asio::co_spawn(context, world.invoices.finalise(kOwner, {id}),
                            [&answers, thread](std::exception_ptr thrown, Result<InvoiceView> answer) {
                              check_invariant(!thrown, "a finalisation answers");
                              answers[thread].push_back(std::move(answer));
                            });
    }
    context.run();
  };
  { const std::jthread one(finalise_all, 0), other(finalise_all, 1); }
  std::map<std::string, int> numbers, refused;
  for (const auto& of_thread : answers) {
    for (const Result<InvoiceView>& answer : of_thread) {
      ++(answer ? numbers[answer->invoice.number] : refused[answer.error().reason]);
    }
  }
  ASSERT_EQ(numbers.size(), 1'000U);
  EXPECT_EQ(numbers.begin()->first, "2026-0001");
  EXPECT_EQ(numbers.rbegin()->first, "2026-1000");
  EXPECT_TRUE(std::ranges::all_of(numbers, [](const auto& number) { return number.second == 1; }));
  EXPECT_EQ(refused, (std::map<std::string, int>{{"already_final", 105}, {"period_not_over", 50}}));
  EXPECT_EQ(world.number("SELECT last FROM document_numbers"), 1'000);
  EXPECT_EQ(world.number("SELECT COUNT(DISTINCT number) FROM invoices"), 1'000);
}

}  // namespace
}  // namespace keyledger::service
