// What came into the ledger after its invoice was final, many ratings at once, and random histories against a slow,
// obvious model.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "domain/billing/rounding.h"
#include "service/billing/rater.h"
#include "service/billing/rater_testing.h"

namespace keyledger::service {
namespace {

using billing::Agreement;
using billing::DaySpan;
using billing::Line;
using billing::LineKind;
using billing::Metric;
using billing::PlanId;
using billing::Subscription;
using testing::at;
using testing::calls;
using testing::day_text;
using testing::kDollarNanos;
using testing::kOveragePlan;
using testing::kPerUsePlan;
using testing::line_texts;
using testing::local_day;
using testing::RatingWorld;
using testing::Sample;

using Lines = std::vector<std::string>;

/// A world with final invoices, as far as rating looks at them.
struct InvoicedWorld : RatingWorld {
  using RatingWorld::RatingWorld;

  /// The invoice of the period that `day` is in is made final: what rating counted stays for good.
  void finalise(const Subscription& subscription, std::string_view day) {
    const RatedPeriod rated = rate(subscription, day);
    const std::int64_t id = ++invoices_;
    script(fmt::format(
        R"sql(INSERT INTO invoices (id, customer_id, subscription_id, state, number, from_day, until_day, timezone, currency,
                net_nanos, tax_nanos, total_nanos, credited_nanos, tax_rate, tax_inclusive, customer_name, customer_address,
                customer_tax_id, seller_name, seller_address, seller_tax_id, notes, footer, paid_note, created_at, updated_at)
              VALUES ({}, {}, {}, 'final', '2026-{:04}', {}, {}, '{}', 'USD', 0, 0, 0, 0, 0, 0, '', '', '', '', '', '', '',
                      '', '', 0, 0))sql",
        id, subscription.customer_id.value, subscription.id.value, id, number(rated.subscribed.from),
        number(rated.subscribed.until), zone_of_all.name()));
    for (const CountedUnits& counted : rated.counted) {
      note(subscription, counted.days, counted.metric, counted.units);
    }
    for (const LateUnits& late : rated.late) note(subscription, late.days, late.metric, late.now - late.billed);
  }

 private:
  static std::int64_t number(LocalDay day) { return day.time_since_epoch().count(); }
  void note(const Subscription& subscription, const DaySpan& days, Metric metric, std::int64_t units) {
    script(
        fmt::format("INSERT INTO invoice_units (subscription_id, from_day, metric, invoice_id, until_day, units) "
                    "VALUES ({}, {}, '{}', {}, {}, {})",
                    subscription.id.value, number(days.from), boost::describe::enum_to_string(metric, ""), invoices_,
                    number(days.until), units));
  }

  std::int64_t invoices_ = 0;
};

/// 8 rentals were billed in November, of 10 included; five more are found: two of them are included, three are not.
TEST(RaterLate, WhatCameInLaterIsChargedBehindWhatWasBilled) {
  InvoicedWorld world;
  world.append(calls(8, "2026-11-20T12:00:00Z", "rent"));
  const Subscription subscription = world.subscribe({.changes = {{local_day("2026-11-01"), kOveragePlan, 1, {}}}});
  world.finalise(subscription, "2026-11-30");
  EXPECT_TRUE(world.rate(subscription, "2026-12-31").late.empty());
  world.append(calls(5, "2026-11-30T23:59:59.999Z", "rent"));

  const RatedPeriod rated = world.rate(subscription, "2026-12-31");
  EXPECT_EQ(
      line_texts(rated),
      (Lines{
          "monthly, Subscription with overage, 2026-12-01 to 2026-12-31: 31 of 31 days at $20 = $20",
          "late_usage requests, Subscription with overage, 2026-11-01 to 2026-11-30: 5 covered = $0",
          "late_usage rentals, Subscription with overage, 2026-11-01 to 2026-11-30: 2 included, 3 at $1.50 = $4.50"}));
  ASSERT_EQ(rated.late.size(), 2U);
  EXPECT_EQ(rated.late[1].metric, Metric::rentals);
  EXPECT_EQ(rated.late[1].billed, 8);
  EXPECT_EQ(rated.late[1].now, 13);
  EXPECT_EQ(rated.late[1].plan_id, kOveragePlan);
  EXPECT_EQ(rated.late[1].invoice_number, "2026-0001");
  EXPECT_TRUE(world.rate(subscription, "2026-12-31", {}, false).late.empty());
  EXPECT_EQ(world.rate(subscription, "2026-12-31", {}, false).totals.total_nanos, 20 * kDollarNanos);

  world.finalise(subscription, "2026-12-31");
  EXPECT_TRUE(world.rate(subscription, "2027-01-01").late.empty());
  world.append(calls(1, "2026-11-30T23:59:59.999Z", "rent"));  // and one more
  const RatedPeriod january = world.rate(subscription, "2027-01-01");
  ASSERT_EQ(january.late.size(), 2U);
  EXPECT_EQ(january.late[1].billed, 13);
  EXPECT_EQ(january.late[1].invoice_number, "2026-0002");
  EXPECT_EQ(line_texts(january).back(),
            "late_usage rentals, Subscription with overage, 2026-11-01 to 2026-11-30: 1 at $1.50 = $1.50");
}

TEST(RaterLate, ADayOnWhichNothingWasBilledIsLookedAtToo) {
  InvoicedWorld world;
  const Subscription subscription = world.subscribe({.changes = {{local_day("2026-11-01"), kPerUsePlan, 1, {}}}});
  world.finalise(subscription, "2026-11-30");
  world.append(calls(1, "2026-11-01T00:00:00Z", "rent"));
  const RatedPeriod rated = world.rate(subscription, "2026-12-01");
  ASSERT_EQ(rated.lines.size(), 2U);
  EXPECT_EQ(rated.lines[1].kind, LineKind::late_usage);  // also where nothing was billed before it
  EXPECT_EQ(rated.totals.total_nanos, 2 * kDollarNanos);
}

TEST(RaterLate, WhatACorrectionTookAwayIsListedAndNotCharged) {
  InvoicedWorld world;
  world.append(calls(8, "2026-11-20T12:00:00Z", "rent"));
  const Subscription subscription = world.subscribe({.changes = {{local_day("2026-11-01"), kPerUsePlan, 1, {}}}});
  world.finalise(subscription, "2026-11-30");
  world.script("UPDATE ledger_days SET events = events - 3, units = units - 3");
  const RatedPeriod rated = world.rate(subscription, "2026-12-01");
  EXPECT_TRUE(rated.lines.empty());
  ASSERT_EQ(rated.late.size(), 2U);
  EXPECT_EQ(rated.late[1].billed, 8);
  EXPECT_EQ(rated.late[1].now, 5);
}

/// The price went from $2 to $3 with December, and half of November was on another plan.
TEST(RaterLate, ThePriceIsThatOfTheDaysAndNotOfToday) {
  InvoicedWorld world("Pacific/Auckland");
  const PlanId plan = world.plan("Edited", {.charges = {{Metric::rentals, 0, {{1, {}, 2 * kDollarNanos}}}}});
  const Subscription subscription = world.subscribe(
      {.changes = {{local_day("2026-11-01"), kOveragePlan, 1, {}}, {local_day("2026-11-16"), plan, 1, {}}}});
  world.finalise(subscription, "2026-11-30");
  world.edit(plan, 2, "Edited, dearer", {.charges = {{Metric::rentals, 0, {{1, {}, 3 * kDollarNanos}}}}},
             at("2026-11-29T00:00:00Z"));
  world.append(calls(6, "2026-11-15T10:59:59.999Z", "rent"));  // five of them included: 10 x 15/30
  world.append(calls(7, "2026-11-15T11:00:00Z", "rent"));
  world.zone_of_all = testing::zone("America/Los_Angeles");  // the days of November stay what they were
  const RatedPeriod rated = world.rate(subscription, "2026-12-01");
  EXPECT_EQ(
      line_texts(rated),
      (Lines{"late_usage requests, Subscription with overage, 2026-11-01 to 2026-11-15: 6 covered = $0",
             "late_usage rentals, Subscription with overage, 2026-11-01 to 2026-11-15: 5 included, 1 at $1.50 = $1.50",
             "late_usage requests, Edited, 2026-11-16 to 2026-11-30: 7 covered = $0",
             "late_usage rentals, Edited, 2026-11-16 to 2026-11-30: 7 at $2 = $14"}));
  EXPECT_EQ(rated.lines.back().plan_version, 1);
}

TEST(RaterLate, OnlyTheDaysOf400DaysAreLookedAt) {
  InvoicedWorld world;
  const Subscription subscription = world.subscribe({.changes = {{local_day("2026-01-01"), kPerUsePlan, 1, {}}}});
  world.finalise(subscription, "2026-01-01");
  world.append(calls(1, "2026-01-31T00:00:00Z", "rent"));
  EXPECT_EQ(world.rate(subscription, "2027-01-01").late.size(), 2U);  // up to 31 January: 395 days
  EXPECT_EQ(world.rate(subscription, "2027-02-01").late.size(), 0U);
}

TEST(RaterLate, ReadingAheadGivesTheSame) {
  InvoicedWorld world;
  world.append(calls(3, "2026-10-31T23:59:59Z", "rent"));
  world.append(calls(5, "2026-11-01T00:00:00Z", "rent", 2));
  world.append(calls(7, "2026-11-30T23:59:59Z", "rent", 3));
  world.append(calls(9, "2026-12-01T00:00:00Z", "rent", 4));
  std::vector<Subscription> all;
  for (std::int64_t customer = 1; customer <= 3; ++customer) {
    all.push_back(world.subscribe({.changes = {{local_day("2026-10-01"), kPerUsePlan, 1, {}}}}, customer));
    world.finalise(all.back(), "2026-10-01");
  }
  world.append(calls(1, "2026-10-05T00:00:00Z", "rent"));
  ASSERT_TRUE(world.ledger->settle_blocking());
  for (const auto& [from, until] : {std::pair{"2026-10-01", "2026-12-01"},
                                    {"2026-11-01", "2026-12-01"},
                                    {"2026-11-02", "2026-11-30"},
                                    {"2026-11-01", "2026-11-01"}}) {
    SCOPED_TRACE(std::string(from) + " to " + until);
    const auto done = world.store->readers().run_blocking<void>([&](store::Transaction& transaction) -> Result<void> {
      Rater rater(&transaction);
      Rater ahead(&transaction);
      EXPECT_TRUE(ahead.read_ahead({local_day(from), local_day(until)}));
      for (const Subscription& subscription : all) {
        for (const char* day : {"2026-10-02", "2026-11-02", "2026-12-02"}) {
          const Result<RatedPeriod> one = rater.rate(subscription, local_day(day), Zone{}, {});
          const Result<RatedPeriod> other = ahead.rate(subscription, local_day(day), Zone{}, {});
          EXPECT_EQ(one->lines, other->lines);
          EXPECT_EQ(one->totals, other->totals);
          EXPECT_EQ(one->late.size(), other->late.size());
        }
      }
      return {};
    });
    ASSERT_TRUE(done);
  }
}

/// A price for each unit, by its number in its segment: 0 while it is included.
std::int64_t price_of(std::int64_t number, std::int64_t included) {
  if (number <= included) return 0;
  if (number <= included + 20) return 1'234'567;
  return 987'654'321;
}

/// Each call in turn, on the day that the clocks of its customer show: which segment, which unit, which price.
struct SlowBill {
  std::map<std::pair<LocalDay, Metric>, std::int64_t> units{}, nanos{};  // by the first day of a segment

  void add(const std::vector<DaySpan>& segments, const DaySpan& period, const Sample& sample, const Zone& zone) {
    const LocalDay day = zone.day_of(sample.at);
    if (!ledger::admitted(sample.status)) return;
    for (const DaySpan& segment : segments) {
      if (day < segment.from || segment.until <= day) continue;
      const bool rented = sample.action == "rent" && sample.status == ledger::Status::success;
      for (std::int64_t i = 0; i < sample.units; ++i) take(segment, period, Metric::requests, 0);
      if (rented) take(segment, period, Metric::rentals, 10);
    }
  }

 private:
  void take(const DaySpan& segment, const DaySpan& period, Metric metric, std::int64_t included) {
    const std::int64_t number = ++units[{segment.from, metric}];
    nanos[{segment.from, metric}] += price_of(number, billing::included_in(included, segment, period));
  }
};

TEST(RaterLate, RandomHistoriesAreRatedAsOneCallAfterTheOtherWouldBe) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto below = [&](int end) { return std::uniform_int_distribution<int>(0, end - 1)(random); };
  const std::vector<billing::Tier> tiers{{1, 20, 1'234'567}, {21, {}, 987'654'321}};
  for (int round = 0; round < 12; ++round) {
    const char* const zones[] = {"UTC", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu", "America/Havana"};
    RatingWorld world(zones[below(5)]);
    const billing::PlanTerms terms{.charges = {{Metric::requests, 0, tiers}, {Metric::rentals, 10, tiers}}};
    const PlanId first = world.plan("First", terms), second = world.plan("Second", terms);
    const int anchor = 1 + below(31);
    const DaySpan period = billing::period_of(anchor, local_day("2026-03-01") + std::chrono::days{below(300)});
    const LocalDay change = period.from + std::chrono::days{below(static_cast<int>(period.days()))};
    Agreement agreement{.anchor = anchor, .changes = {{period.from, first, 1, {}}}};
    std::vector<DaySpan> segments{period};
    if (change > period.from) {
      agreement.changes.push_back({change, second, 1, {}});
      segments = {{period.from, change}, {change, period.until}};
    }
    std::vector<Sample> history;
    SlowBill slow;
    const Instant begin = world.zone_of_all.start_of(period.from) - std::chrono::hours{24};
    for (int i = 0; i < 150; ++i) {
      history.push_back({.key = 1 + below(4),
                         .at = begin + std::chrono::minutes{below(33 * 24 * 60)},
                         .action = below(2) == 0 ? "rent" : "check",
                         .status = static_cast<ledger::Status>(below(4)),
                         .units = below(3)});
      if (history.back().key < 4) slow.add(segments, period, history.back(), world.zone_of_all);
    }
    world.append(history);
    const RatedPeriod rated = world.rate(world.subscribe(agreement), day_text(period.from));
    std::size_t lines = 0;
    for (const auto& [which, units] : slow.units) {
      const auto line = std::ranges::find_if(rated.lines, [&](const Line& each) {
        return std::pair{each.days.from, *each.metric} == which;
      });
      ASSERT_NE(line, rated.lines.end());
      EXPECT_EQ(line->quantity, units);
      EXPECT_EQ(line->amount_nanos, billing::round_to_minor({slow.nanos[which]}, Currency{}).value());
      ++lines;
    }
    EXPECT_EQ(rated.lines.size(), lines);
  }
}

}  // namespace
}  // namespace keyledger::service
