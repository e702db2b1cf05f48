#include "domain/billing/line_text.h"

#include <gtest/gtest.h>

namespace keyledger::billing {
namespace {

LocalDay day(std::string_view text) {
  return LocalDay{parse_day(text).value().time_since_epoch()};
}
DaySpan span(std::string_view from, std::string_view until) {
  return {day(from), day(until)};
}

TEST(DaysText, SaysNoMonthAndNoYearTwice) {
  EXPECT_EQ(days_text(span("2026-11-01", "2026-12-01")), "1 to 30 November 2026");
  EXPECT_EQ(days_text(span("2026-11-10", "2026-12-10")), "10 November to 9 December 2026");
  EXPECT_EQ(days_text(span("2025-12-15", "2026-01-15")), "15 December 2025 to 14 January 2026");
  EXPECT_EQ(days_text(span("2028-02-29", "2028-03-01")), "29 February 2028");
}

TEST(LineText, SaysHowManyUnitsCostNothingAndWhy) {
  Line line{.kind = LineKind::usage,
            .plan_name = "Overage",
            .days = span("2026-11-01", "2026-12-01"),
            .metric = Metric::rentals,
            .quantity = 1'024,
            .steps = {{.kind = StepKind::included, .quantity = 10}, {.kind = StepKind::tier, .quantity = 1'014}}};
  EXPECT_EQ(line_text(line), "Rentals, 1 to 30 November 2026: 1,024, 10 of them included");
  line.kind = LineKind::late_usage;
  line.quantity = 3;
  line.steps = {{.kind = StepKind::tier, .quantity = 3}};
  EXPECT_EQ(line_text(line), "Rentals that came in later, 1 to 30 November 2026: 3");
  line.kind = LineKind::usage;
  line.metric = Metric::requests;
  line.steps = {{.kind = StepKind::covered, .quantity = 3}};
  EXPECT_EQ(line_text(line), "Requests, 1 to 30 November 2026: 3, all covered by the plan");
  line.steps = {{.kind = StepKind::included, .quantity = 1}, {.kind = StepKind::unpriced, .quantity = 2}};
  EXPECT_EQ(line_text(line), "Requests, 1 to 30 November 2026: 3, 1 of them included, 2 of them without a price");
  line.quantity = 1;
  line.steps = {{.kind = StepKind::trial, .quantity = 1}};
  EXPECT_EQ(line_text(line), "Requests, 1 to 30 November 2026: 1, in the trial");
}

TEST(LineText, SaysTheDaysOfAMonthlyPriceWhereTheyAreNotAll) {
  Line line{.kind = LineKind::monthly,
            .plan_name = "Pro",
            .days = span("2026-11-16", "2026-12-01"),
            .steps = {{.kind = StepKind::days, .quantity = 15, .of = 30}}};
  EXPECT_EQ(line_text(line), "Pro, 16 to 30 November 2026: 15 of 30 days");
  line.days = span("2026-11-01", "2026-12-01");
  line.steps.front().quantity = 30;
  EXPECT_EQ(line_text(line), "Pro, 1 to 30 November 2026");
}

}  // namespace
}  // namespace keyledger::billing
