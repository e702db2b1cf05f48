#include <gtest/gtest.h>

#include "service/reports/testing.h"

namespace keyledger::service {
namespace {

using ledger::Status;
using testing::at;
using testing::kStart;  // 2026-11-18T11:06:40Z, a Wednesday
using testing::ReportWorld;
using testing::times;
using testing::zone;

const PeakCell& cell(const PeakTimes& report, std::int64_t weekday, std::int64_t hour) {
  return report.cells[static_cast<std::size_t>((weekday - 1) * 24 + hour)];
}

TEST(PeakTimesReport, AveragesOverTheHoursThatThereWere) {
  ReportWorld world;
  world.clock.set(at("2026-11-24T23:30:00Z"));  // a Tuesday: 16 days hold three Mondays and three Tuesdays
  for (const char* monday : {"2026-11-09T10:10:00Z", "2026-11-16T10:20:00Z", "2026-11-23T10:30:00Z"}) {
    world.append(times(2, {.at = at(monday)}));
  }
  world.append(times(7, {.at = at("2026-11-11T15:59:59.999Z")}));  // a Wednesday, of which there are two
  const PeakTimes report = world.peaks({.span = {.days = 16}});
  EXPECT_EQ(report.total, 13);
  EXPECT_EQ(cell(report, 1, 10).calls, 6);
  EXPECT_EQ(cell(report, 1, 10).occurrences, 3);
  EXPECT_EQ(cell(report, 1, 10).average, "2.00");
  EXPECT_EQ(cell(report, 3, 15).average, "3.50");
  ASSERT_TRUE(report.peak);
  EXPECT_EQ(report.peak->weekday, 3);
  EXPECT_EQ(report.peak->hour, 15);
  EXPECT_EQ(report.peak->average, "3.50");
}

TEST(PeakTimesReport, AnHourThatIsNotInTheRangeHasNoAverage) {
  ReportWorld world;
  world.append(times(2, {.at = kStart}));
  const PeakTimes report = world.peaks({.span = {.days = 1}});
  EXPECT_EQ(cell(report, 3, 11).average, "2.00");
  EXPECT_EQ(cell(report, 3, 10).average, "0.00");
  EXPECT_FALSE(cell(report, 3, 12).average) << "still to come";
  EXPECT_FALSE(cell(report, 4, 11).average);
  EXPECT_FALSE(
      world.peaks({.span = {.from = parse_day("2026-01-01").value(), .to = parse_day("2026-01-01").value()}}).peak);
}

TEST(PeakTimesReport, AreOnTheClocksOfTheInstallation) {
  ReportWorld world;
  world.zone_of_all = zone("Europe/Berlin");
  world.append(times(4, {.at = at("2026-11-16T23:10:00Z")}));  // Tuesday, 00:10
  const PeakTimes report = world.peaks();
  EXPECT_EQ(report.peak->weekday, 2);
  EXPECT_EQ(report.peak->hour, 0);
  EXPECT_EQ(report.timezone, "Europe/Berlin");
}

TEST(PeakTimesReport, AnHourThatTheClocksShowTwiceIsTwoOccurrences) {
  ReportWorld world;
  world.zone_of_all = zone("Europe/Berlin");
  world.append(times(3, {.at = at("2026-10-25T00:30:00Z")}));
  world.append(times(4, {.at = at("2026-10-25T01:30:00Z")}));
  const Day day = parse_day("2026-10-25").value();
  const PeakTimes report = world.peaks({.span = {.from = day, .to = day}});
  EXPECT_EQ(cell(report, 7, 2).calls, 7);
  EXPECT_EQ(cell(report, 7, 2).occurrences, 2);
  EXPECT_EQ(cell(report, 7, 2).average, "3.50");
}

TEST(PeakTimesReport, OfRentalsCountOnlyCallsThatRented) {
  ReportWorld world;
  EXPECT_EQ(world.peaks({}, PeakMetric::rentals).total, 0) << "no call has the word yet";
  world.append(times(2, {.at = kStart, .action = "rent"}));
  world.append(times(3, {.at = kStart, .action = "rent", .status = Status::error}));
  world.append(times(4, {.at = kStart, .action = "check"}));
  EXPECT_EQ(world.peaks({}, PeakMetric::rentals).total, 2);
  EXPECT_EQ(world.peaks().total, 9);
}

TEST(OutcomesReport, TellsWhatBecameOfCallsByReasonAndByDay) {
  ReportWorld world;
  world.append(times(6, {.at = kStart}));
  world.append(times(1, {.at = kStart, .action = "rent", .status = Status::error}));
  world.append(times(3, {.at = kStart - std::chrono::days{1}, .status = Status::rate_limited}));
  world.append(times(2, {.at = kStart, .status = Status::key_revoked}));
  world.append(times(1, {.at = kStart, .status = Status::key_expired}));
  world.append(times(1, {.at = kStart, .status = Status::customer_suspended}));
  world.append(times(1, {.at = kStart, .status = Status::ip_not_allowed}));
  world.append(times(1, {.at = kStart, .status = Status::action_not_allowed}));
  const OutcomeReport report = world.outcomes({.span = {.days = 2}});
  EXPECT_EQ(report.total, 16);
  EXPECT_EQ(report.success_share, 375);
  ASSERT_EQ(report.data.size(), 8U);
  EXPECT_EQ(report.data[0].status, Status::success);
  EXPECT_EQ(report.data[0].calls, 6);
  EXPECT_EQ(report.data[1].status, Status::rate_limited);
  EXPECT_EQ(report.data[1].share, 188);
  EXPECT_FALSE(report.data[0].action);
  ASSERT_EQ(report.days.size(), 2U);
  EXPECT_EQ(report.days[0].counts.rate_limited, 3);
  EXPECT_EQ(report.days[0].counts.total, 3);
  const ledger::OutcomeCounts& today = report.days[1].counts;
  EXPECT_EQ(today.success, 6);
  EXPECT_EQ(today.error, 1);
  EXPECT_EQ(today.unknown_or_revoked, 3);
  EXPECT_EQ(today.other_refused, 3);
  EXPECT_EQ(today.total, 13);
  EXPECT_EQ(today.refused(), 6);

  const OutcomeReport by_action = world.outcomes({}, true);
  ASSERT_EQ(by_action.data.size(), 8U);
  EXPECT_EQ(by_action.data[0].action, "check");
}

TEST(OutcomesReport, TheShareIsUnknownWithoutCallsAndNeverHidesAFailure) {
  ReportWorld world;
  EXPECT_FALSE(world.outcomes().success_share);
  world.append(times(2'999, {.at = kStart}));
  EXPECT_EQ(world.outcomes().success_share, 1'000);
  world.append({.at = kStart, .status = Status::error});
  EXPECT_EQ(world.outcomes().success_share, 999);
}

}  // namespace
}  // namespace keyledger::service
