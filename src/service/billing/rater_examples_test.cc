// Examples calculated by hand, from calls at their instants to lines, on a real store.
#include <gtest/gtest.h>

#include "domain/billing/rounding.h"
#include "service/billing/rater.h"
#include "service/billing/rater_testing.h"

namespace keyledger::service {
namespace {

using billing::Agreement;
using billing::Metric;
using billing::PlanId;
using billing::Subscription;
using billing::TaxTerms;
using testing::at;
using testing::calls;
using testing::from_first_of_november;
using testing::joined;
using testing::kBasicPlan;
using testing::kDollarNanos;
using testing::kEnterprisePlan;
using testing::kOveragePlan;
using testing::kPerUsePlan;
using testing::kProPlan;
using testing::line_texts;
using testing::local_day;
using testing::RatingWorld;
using testing::Sample;

using Lines = std::vector<std::string>;

constexpr std::int64_t kCentNanos = kDollarNanos / 100;

std::int64_t sum_of(const std::vector<billing::Line>& lines) {
  std::int64_t sum = 0;
  for (const billing::Line& line : lines) sum += line.amount_nanos;
  return sum;
}

struct Example {
  const char* name;
  Agreement agreement;
  std::vector<Sample> used;
  Lines lines;
  std::int64_t total_cents;
};

void expect_rated(RatingWorld& world, const Example& example, std::string_view day) {
  SCOPED_TRACE(example.name);
  world.append(example.used);
  const RatedPeriod rated = world.rate(world.subscribe(example.agreement), day);
  EXPECT_EQ(line_texts(rated), example.lines);
  EXPECT_EQ(rated.totals.total_nanos, example.total_cents * kCentNanos);
  EXPECT_EQ(rated.totals.total_nanos, sum_of(rated.lines));
}

/// November 2026 has 30 days. Every rent is a request, too.
TEST(RaterExamples, TheThreeBusinessModelsAreAsCalculatedByHand) {
  const std::vector<Sample> busy =
      joined({calls(276, "2026-11-10T12:00:00Z"), calls(24, "2026-11-20T12:00:00Z", "rent")});
  const std::vector<Example> examples = {
      {"a flat price",
       from_first_of_november(kBasicPlan),
       busy,
       {"monthly, Basic, 2026-11-01 to 2026-11-30: 30 of 30 days at $10 = $10",
        "usage requests, Basic, 2026-11-01 to 2026-11-30: 300 covered = $0",
        "usage rentals, Basic, 2026-11-01 to 2026-11-30: 24 covered = $0"},
       10'00},
      {"a price by agreement",
       from_first_of_november(kEnterprisePlan, 250 * kDollarNanos),
       {},
       {"monthly, Enterprise, 2026-11-01 to 2026-11-30: 30 of 30 days at $250 = $250"},
       250'00},
      {"a price per use",
       from_first_of_november(kPerUsePlan),
       busy,
       {"usage requests, Pay per use, 2026-11-01 to 2026-11-30: 300 covered = $0",
        "usage rentals, Pay per use, 2026-11-01 to 2026-11-30: 24 at $2 = $48"},
       48'00},
      {"a price with an amount, and a price beyond it",
       from_first_of_november(kOveragePlan),
       busy,
       {"monthly, Subscription with overage, 2026-11-01 to 2026-11-30: 30 of 30 days at $20 = $20",
        "usage requests, Subscription with overage, 2026-11-01 to 2026-11-30: 300 covered = $0",
        "usage rentals, Subscription with overage, 2026-11-01 to 2026-11-30: 10 included, 14 at $1.50 = $21"},
       41'00},
      {"exactly the amount",
       from_first_of_november(kOveragePlan),
       calls(10, "2026-11-20T12:00:00Z", "rent"),
       {"monthly, Subscription with overage, 2026-11-01 to 2026-11-30: 30 of 30 days at $20 = $20",
        "usage requests, Subscription with overage, 2026-11-01 to 2026-11-30: 10 covered = $0",
        "usage rentals, Subscription with overage, 2026-11-01 to 2026-11-30: 10 included = $0"},
       20'00},
      {"nothing at all", from_first_of_november(kPerUsePlan), {}, {}, 0}};
  for (const Example& example : examples) {
    RatingWorld world;
    expect_rated(world, example, "2026-11-30");
  }
}

/// 10 of 30 days: $20 x 10/30 = $6.666.., included 10 x 10/30 = 3.33, of which 3 are whole.
TEST(RaterExamples, AChangeInMidMonthIsSharedOutByDays) {
  const Agreement agreement{.changes = {{local_day("2026-11-01"), kOveragePlan, 1, {}},
                                        {local_day("2026-11-11"), kPerUsePlan, 1, {}},
                                        {local_day("2026-11-16"), kProPlan, 1, {}}}};
  RatingWorld world;
  expect_rated(world,
               {"three plans",
                agreement,
                joined({calls(5, "2026-11-10T23:59:59.999Z", "rent"), calls(7, "2026-11-11T00:00:00Z", "rent", 2),
                        calls(1, "2026-11-16T00:00:00Z", "rent", 3)}),
                {"monthly, Subscription with overage, 2026-11-01 to 2026-11-10: 10 of 30 days at $20 = $6.67",
                 "usage requests, Subscription with overage, 2026-11-01 to 2026-11-10: 5 covered = $0",
                 "usage rentals, Subscription with overage, 2026-11-01 to 2026-11-10: 3 included, 2 at $1.50 = $3",
                 "usage requests, Pay per use, 2026-11-11 to 2026-11-15: 7 covered = $0",
                 "usage rentals, Pay per use, 2026-11-11 to 2026-11-15: 7 at $2 = $14",
                 "monthly, Pro, 2026-11-16 to 2026-11-30: 15 of 30 days at $30 = $15",
                 "usage requests, Pro, 2026-11-16 to 2026-11-30: 1 covered = $0",
                 "usage rentals, Pro, 2026-11-16 to 2026-11-30: 1 covered = $0"},
                38'67},
               "2026-11-30");
}

/// A subscription with overage that starts on the 15th of a month of each length, and rents eight times:
///   28 days: 14 of them, $20 x 14/28 = $10,       included 10 - 10 x 14/28 = 5,             3 x $1.50 = $4.50
///   29 days: 15 of them, $20 x 15/29 = $10.344.., included 10 - 10 x 14/29 = 10 - 4.8 -> 6, 2 x $1.50 = $3
///   30 days: 16 of them, $20 x 16/30 = $10.666.., included 10 - 10 x 14/30 = 10 - 4.7 -> 6
///   31 days: 17 of them, $20 x 17/31 = $10.967.., included 10 - 10 x 14/31 = 10 - 4.5 -> 6
TEST(RaterExamples, MonthsOfEveryLengthAreSharedOutByTheirOwnDays) {
  const struct {
    const char *starts, *to, *days, *price, *used;
    std::int64_t total_cents;
  } cases[] = {{"2026-02-15", "2026-02-28", "14 of 28", "$10", "5 included, 3 at $1.50 = $4.50", 14'50},
               {"2028-02-15", "2028-02-29", "15 of 29", "$10.34", "6 included, 2 at $1.50 = $3", 13'34},
               {"2026-11-15", "2026-11-30", "16 of 30", "$10.67", "6 included, 2 at $1.50 = $3", 13'67},
               {"2026-12-15", "2026-12-31", "17 of 31", "$10.97", "6 included, 2 at $1.50 = $3", 13'97}};
  for (const auto& c : cases) {
    const std::string of = fmt::format("Subscription with overage, {} to {}:", c.starts, c.to);
    RatingWorld world;
    expect_rated(
        world,
        {c.to,
         {.changes = {{local_day(c.starts), kOveragePlan, 1, {}}}},
         calls(8, fmt::format("{}T12:00:00Z", c.to), "rent"),
         {fmt::format("monthly, {} {} days at $20 = {}", of, c.days, c.price),
          fmt::format("usage requests, {} 8 covered = $0", of), fmt::format("usage rentals, {} {}", of, c.used)},
         c.total_cents},
        c.to);
  }
}

TEST(RaterExamples, AnAnchorOf31IsTheLastDayOfShorterMonths) {
  RatingWorld world;
  const Subscription subscription =
      world.subscribe({.anchor = 31, .changes = {{local_day("2026-01-31"), kOveragePlan, 1, {}}}});
  for (const auto& [day, lines] : std::vector<std::pair<const char*, Lines>>{
           {"2026-02-27", {"monthly, Subscription with overage, 2026-01-31 to 2026-02-27: 28 of 28 days at $20 = $20"}},
           {"2026-02-28", {"monthly, Subscription with overage, 2026-02-28 to 2026-03-30: 31 of 31 days at $20 = $20"}},
           {"2026-03-31",
            {"monthly, Subscription with overage, 2026-03-31 to 2026-04-29: 30 of 30 days at $20 = $20"}}}) {
    EXPECT_EQ(line_texts(world.rate(subscription, day)), lines);
  }
}

/// The days of November 2026 begin and end at these instants; in Los Angeles the clocks are set back on the first.
TEST(RaterExamples, APeriodBeginsAndEndsAtTheCustomersMidnight) {
  const struct {
    const char *zone, *before, *first, *last, *after;
  } cases[] = {
      {"Pacific/Auckland", "2026-10-31T10:59:59.999Z", "2026-10-31T11:00:00Z", "2026-11-30T10:59:59.999Z",
       "2026-11-30T11:00:00Z"},
      {"America/Los_Angeles", "2026-11-01T06:59:59.999Z", "2026-11-01T07:00:00Z", "2026-12-01T07:59:59.999Z",
       "2026-12-01T08:00:00Z"},
      {"UTC", "2026-10-31T23:59:59.999Z", "2026-11-01T00:00:00Z", "2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00Z"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.zone);
    RatingWorld world(c.zone);
    world.append(joined(
        {calls(1, c.before, "rent"), calls(2, c.first, "rent"), calls(4, c.last, "rent"), calls(8, c.after, "rent")}));
    const Subscription subscription = world.subscribe({.changes = {{local_day("2026-10-01"), kPerUsePlan, 1, {}}}});
    EXPECT_EQ(world.rate(subscription, "2026-10-31").totals.total_nanos, 2 * kDollarNanos);
    EXPECT_EQ(world.rate(subscription, "2026-11-01").totals.total_nanos, 12 * kDollarNanos);
    EXPECT_EQ(world.rate(subscription, "2026-12-01").totals.total_nanos, 16 * kDollarNanos);
  }
}

TEST(RaterExamples, OneEventInTheLastMillisecondIsInThePeriod) {
  RatingWorld world("Pacific/Auckland");
  expect_rated(world,
               {"the last millisecond",
                from_first_of_november(kPerUsePlan),
                calls(1, "2026-11-30T10:59:59.999Z", "rent"),
                {"usage requests, Pay per use, 2026-11-01 to 2026-11-30: 1 covered = $0",
                 "usage rentals, Pay per use, 2026-11-01 to 2026-11-30: 1 at $2 = $2"},
                2'00},
               "2026-11-01");
}

TEST(RaterExamples, WhoeverMovesToAnotherZoneTakesNoEventAlong) {
  RatingWorld world("Pacific/Auckland");
  world.append(calls(1, "2026-11-30T10:59:59.999Z", "rent"));
  ASSERT_TRUE(world.ledger->settle_blocking());
  world.zone_of_all = testing::zone("America/Los_Angeles");
  world.append(calls(2, "2026-11-30T11:00:00Z", "rent"));  // three in the morning of the 30th again
  world.restart();
  const Subscription subscription = world.subscribe(from_first_of_november(kPerUsePlan));
  EXPECT_EQ(world.rate(subscription, "2026-11-30").totals.total_nanos, 6 * kDollarNanos);
  EXPECT_EQ(world.rate(subscription, "2026-12-01").totals.total_nanos, 0);
}

/// 14 free days; then 16 of 30: $30 x 16/30 = $16, included 10 - 10 x 14/30 = 10 - 4.7 -> 6.
TEST(RaterExamples, NothingIsChargedForATrialAndTheRestOfItsPeriodByTheDay) {
  RatingWorld world;
  const PlanId tried = world.plan("Tried", {.monthly_nanos = 30 * kDollarNanos,
                                            .trial_days = 14,
                                            .charges = {{Metric::rentals, 10, {{1, {}, 150 * kCentNanos}}}}});
  Agreement agreement = from_first_of_november(tried);
  agreement.trial_until = local_day("2026-11-15");
  expect_rated(world,
               {"a trial that ends in the period",
                agreement,
                joined({calls(12, "2026-11-14T23:59:59.999Z", "rent"), calls(8, "2026-11-15T00:00:00Z", "rent")}),
                {"usage requests, Tried, 2026-11-01 to 2026-11-14: 12 in the trial = $0",
                 "usage rentals, Tried, 2026-11-01 to 2026-11-14: 12 in the trial = $0",
                 "monthly, Tried, 2026-11-15 to 2026-11-30: 16 of 30 days at $30 = $16",
                 "usage requests, Tried, 2026-11-15 to 2026-11-30: 8 covered = $0",
                 "usage rentals, Tried, 2026-11-15 to 2026-11-30: 6 included, 2 at $1.50 = $3"},
                19'00},
               "2026-11-30");
}

/// Each step alone would round to another cent: $0.444999.. + $0.301666.. + $0.251333.. = $0.997999.., which is $1, and
/// not $0.44 + $0.30 + $0.25.
TEST(RaterExamples, AMillionUnitsAtOddMicroPricesAreRoundedOnceToTheLastUnit) {
  RatingWorld world;
  const PlanId odd = world.plan(
      "Odd", {.charges = {{Metric::requests, 0, {{1, 333'333, 1'335}, {333'334, 666'666, 905}, {666'667, {}, 754}}}}});
  std::vector<Sample> used;
  std::int64_t left = 1'000'000;
  for (std::int64_t i = 0; left > 0; ++i) {
    const std::int64_t units = std::min<std::int64_t>(left, 1 + i * 7 % 173);
    used.push_back(
        {.key = 1 + i % 3, .at = at("2026-11-01T00:00:00Z") + i * std::chrono::seconds{200}, .units = units});
    left -= units;
  }
  ASSERT_LT(used.back().at, at("2026-12-01T00:00:00Z"));
  expect_rated(
      world,
      {"a million units",
       from_first_of_november(odd),
       used,
       {"usage requests, Odd, 2026-11-01 to 2026-11-30: 333333 at $0.000001335, 333333 at $0.000000905, 333334 "
        "at $0.000000754 = $1"},
       1'00},
      "2026-11-01");
}

TEST(RaterExamples, TaxIsAddedOrFoundInThePrices) {
  RatingWorld world;
  world.append(calls(24, "2026-11-20T12:00:00Z", "rent"));
  const Subscription subscription = world.subscribe(from_first_of_november(kOveragePlan));  // $41
  const struct {
    TaxTerms tax;
    std::int64_t net, tax_cents, total;
  } cases[] = {{{0, false}, 41'00, 0, 41'00},
               {{19'000, false}, 41'00, 7'79, 48'79},
               {{19'000, true}, 34'45, 6'55, 41'00},   // 41 x 19/119 = 6.546..
               {{8'875, false}, 41'00, 3'64, 44'64}};  // 41 x 0.08875 = 3.63875
  for (const auto& c : cases) {
    const billing::Totals totals = world.rate(subscription, "2026-11-30", c.tax).totals;
    EXPECT_EQ(totals.net_nanos, c.net * kCentNanos);
    EXPECT_EQ(totals.tax_nanos, c.tax_cents * kCentNanos);
    EXPECT_EQ(totals.total_nanos, c.total * kCentNanos);
  }
}

}  // namespace
}  // namespace keyledger::service
