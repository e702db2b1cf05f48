// The pure parts of a report: changes, gaps and hours of the week, from matter that is made by hand.
#include <gtest/gtest.h>

#include "service/usage/changes.h"
#include "service/usage/gaps.h"
#include "service/usage/group_lines.h"
#include "service/usage/testing.h"

namespace keyledger::service {
namespace {

using namespace testing;
using std::chrono::days;
using std::chrono::hours;

/// One organization of OpenAI (1, read by key 1), asked about the last week. It is 2026-11-21, 12:40.
class HandMade : public ::testing::Test {
 protected:
  HandMade() {
    matter_.now = parse_rfc3339("2026-11-21T12:40:00Z").value();
    hold(1, "openai");
    source(1, "openai");
  }
  void hold(std::int64_t id, const std::string& provider) {
    HeldKey& held = matter_.held.emplace_back();
    held.key.id = ProviderKeyId{id};
    held.key.provider = provider;
    held.key.account_id = AccountId{1};
  }
  usage::Source& source(std::int64_t id, const std::string& provider) {
    usage::Source& made = matter_.facts.sources.emplace_back();
    made.id = usage::SourceId{id};
    made.provider = provider;
    made.organization = "Org " + std::to_string(id);
    made.reader_key_id = ProviderKeyId{id};
    made.reader_is_admin = true;
    made.account_id = AccountId{1};
    made.last_success_at = parse_rfc3339("2026-11-21T12:30:00Z").value();
    made.backfill_done = true;
    made.hourly_before = day("2026-10-22");
    return made;
  }
  /// `requests` requests with ten tokens each, at a dollar each.
  static void put(SumsPieces& pieces, std::int64_t bucket, std::int64_t requests, std::int64_t source = 1) {
    auto piece = std::make_shared<SumsPiece>();
    piece->counts.push_back({bucket,
                             usage::SourceId{source},
                             0,
                             {.requests = requests, .requests_known = 1, .input_tokens = 10 * requests}});
    piece->costs.push_back(
        {bucket, usage::SourceId{source}, 0, Currency{}, usage::Basis::billed, Amount{requests * 1'000'000'000, 0}});
    pieces.push_back(std::move(piece));
  }
  void put_day(std::string_view when, std::int64_t requests, std::int64_t source = 1) {
    put(matter_.sums.days, day(when).time_since_epoch().count(), requests, source);
  }
  static std::int64_t hour_at(std::string_view when) { return to_millis(parse_rfc3339(when).value()) / 3'600'000; }
  [[nodiscard]] UsageChanges changes() const {
    const ReportFrame frame(matter_, query_, range_);
    return usage_changes(frame, Currency{});
  }
  [[nodiscard]] std::vector<UsageGap> gaps() const { return find_gaps(ReportFrame(matter_, query_, range_)); }
  static std::string text(const std::vector<UsageGap>& gaps) {
    std::string all;
    for (const UsageGap& gap : gaps) {
      all += gap.provider + " " + to_string(gap.from).substr(5) + " " + to_string(gap.to).substr(5) + "; ";
    }
    return all;
  }
  [[nodiscard]] std::vector<GroupFigures> week() const {
    return week_lines(ReportFrame(matter_, query_, range_), Whole{});
  }

  ReportMatter matter_{};
  UsageQuery query_{};
  DayRange range_{day("2026-11-15"), day("2026-11-21")};
};
using ChangesTest = HandMade;
using GapsTest = HandMade;
using WeekTest = HandMade;

TEST(ChangePermille, IsRoundedHalfAwayFromZeroAndBounded) {
  EXPECT_EQ(change_permille(150, 100), 500);
  EXPECT_EQ(change_permille(50, 100), -500);
  EXPECT_EQ(change_permille(0, 100), -1'000);
  EXPECT_EQ(change_permille(20'001, 20'000), 0);
  EXPECT_EQ(change_permille(20'010, 20'000), 1);
  EXPECT_EQ(change_permille(19'990, 20'000), -1);
  EXPECT_EQ(change_permille(5, 0), std::nullopt);
  EXPECT_EQ(change_permille(5, -3), std::nullopt);
  EXPECT_EQ(change_permille(INT64_MAX, 1), 1'000'000'000);
}

TEST_F(ChangesTest, NothingIsSaidWhereNothingWasBefore) {
  put_day("2026-11-16", 10);
  const UsageChanges made = changes();
  EXPECT_FALSE(made.cost || made.requests || made.tokens || made.cost_per_thousand);
}

TEST_F(ChangesTest, DaysInFullAreComparedWithTheirLikes) {
  put_day("2026-11-09", 20);
  put_day("2026-11-16", 30);
  const UsageChanges made = changes();
  EXPECT_EQ(made.requests, 500);
  EXPECT_EQ(made.tokens, 500);
  EXPECT_EQ(made.cost, 500);
  EXPECT_EQ(made.cost_per_thousand, 0);
}

TEST_F(ChangesTest, TheDayThatIsStillCountedCountsUpToTheSameHourOnBothSides) {
  put_day("2026-11-09", 20);
  put_day("2026-11-16", 20);
  put_day("2026-11-14", 1'000);  // a week ago
  put_day("2026-11-21", 7);
  for (const char* when : {"2026-11-14T11:00:00Z", "2026-11-14T12:00:00Z", "2026-11-14T20:00:00Z"}) {
    put(matter_.sums.compared_hours, hour_at(when), 5);
  }
  put(matter_.sums.compared_hours, hour_at("2026-11-21T11:00:00Z"), 10);
  put(matter_.sums.compared_hours, hour_at("2026-11-21T12:00:00Z"), 100);  // the hour has not ended
  EXPECT_EQ(changes().requests, 200) << "30 against 25";
}

TEST_F(ChangesTest, WithoutHoursTheDayIsLeftOutOnBothSides) {
  matter_.facts.sources[0].hourly_before = day("2026-11-15");  // the like of today is not known by hour
  put_day("2026-11-09", 20);
  put_day("2026-11-16", 20);
  put_day("2026-11-14", 1'000);
  put_day("2026-11-21", 7);
  put(matter_.sums.compared_hours, hour_at("2026-11-21T11:00:00Z"), 10);
  EXPECT_EQ(changes().requests, 0);
}

TEST_F(ChangesTest, ASourceThatLagsIsComparedAsFarAsItHasTold) {
  matter_.facts.sources[0].last_success_at = parse_rfc3339("2026-11-19T08:00:00Z").value();
  put_day("2026-11-11", 10);
  put_day("2026-11-12", 1'000);  // the like of the 19th
  put_day("2026-11-18", 20);
  put_day("2026-11-19", 3);
  EXPECT_EQ(changes().requests, 1'000) << "20 against 10";
}

TEST_F(ChangesTest, HistoryThatIsStillToBeReadMakesThemUnknown) {
  put_day("2026-11-09", 20);
  put_day("2026-11-16", 30);
  matter_.facts.sources[0].backfill_done = false;
  matter_.facts.sources[0].backfill_before = day("2026-11-09");
  EXPECT_EQ(changes().requests, std::nullopt);
  matter_.facts.sources[0].backfill_before = day("2026-11-08");
  EXPECT_EQ(changes().requests, 500);
}

TEST_F(ChangesTest, APastRangeIsComparedAsAWhole) {
  range_ = {day("2026-11-13"), day("2026-11-14")};
  put_day("2026-11-11", 10);
  put_day("2026-11-12", 10);
  put_day("2026-11-13", 15);
  put_day("2026-11-14", 15);
  EXPECT_EQ(changes().requests, 500);
}

TEST_F(ChangesTest, HoursAreReadOnlyForARangeWithTodayInIt) {
  const Day today = day("2026-11-21");
  EXPECT_TRUE(compares_hours(range_, today, matter_.facts.sources));
  EXPECT_FALSE(compares_hours({range_.from, today - days{1}}, today, matter_.facts.sources));
  matter_.facts.sources[0].hourly_before.reset();
  EXPECT_FALSE(compares_hours(range_, today, matter_.facts.sources));
}

TEST_F(GapsTest, WhereEverythingWasToldThereIsNone) {
  EXPECT_TRUE(gaps().empty());
  EXPECT_EQ(complete_until(ReportFrame(matter_, query_, range_)), matter_.facts.sources[0].last_success_at);
}

TEST_F(GapsTest, DaysAfterTheLastAnswerAreMissingWithTheReason) {
  matter_.facts.sources[0].last_success_at = parse_rfc3339("2026-11-18T23:00:00Z").value();
  const std::vector<UsageGap> found = gaps();
  EXPECT_EQ(text(found), "openai 11-19 11-21; ");
  EXPECT_EQ(found[0].organization, "Org 1");
  EXPECT_EQ(found[0].key_id, ProviderKeyId{1});
  EXPECT_FALSE(found[0].cause.empty());
  matter_.facts.findings.push_back({.provider_key_id = ProviderKeyId{1}, .stage = "fetch", .code = "provider_error"});
  EXPECT_EQ(gaps()[0].cause, keys::explain("provider_error").cause);
  EXPECT_EQ(complete_until(ReportFrame(matter_, query_, range_)), matter_.facts.sources[0].last_success_at);
}

TEST_F(GapsTest, ASourceIsLateOnlyWhenItIsStale) {
  matter_.now = parse_rfc3339("2026-11-22T01:00:00Z").value();
  range_ = {day("2026-11-16"), day("2026-11-22")};
  matter_.facts.sources[0].last_success_at = matter_.now - kStaleAfter;
  EXPECT_EQ(text(gaps()), "");
  matter_.facts.sources[0].last_success_at = matter_.now - kStaleAfter - std::chrono::milliseconds{1};
  EXPECT_EQ(text(gaps()), "openai 11-22 11-22; ");
}

TEST_F(GapsTest, HistoryThatIsStillToBeReadIsMissing) {
  matter_.facts.sources[0].backfill_done = false;
  matter_.facts.sources[0].backfill_before = day("2026-11-18");
  EXPECT_EQ(text(gaps()), "openai 11-15 11-17; ");
  matter_.facts.sources[0].backfill_before = day("2026-11-15");
  EXPECT_EQ(text(gaps()), "");
}

TEST_F(GapsTest, ASourceThatNeverAnsweredMissesEverythingUpToToday) {
  matter_.facts.sources[0].last_success_at.reset();
  range_ = {day("2026-11-20"), day("2026-11-30")};
  EXPECT_EQ(text(gaps()), "openai 11-20 11-21; ");
  EXPECT_EQ(complete_until(ReportFrame(matter_, query_, range_)), std::nullopt);
}

TEST_F(GapsTest, WhatIsNotExpectedToAnswerIsNotMissed) {
  const Instant old = parse_rfc3339("2026-11-10T00:00:00Z").value();
  matter_.facts.sources[0].last_success_at = old;
  matter_.held.clear();
  EXPECT_TRUE(gaps().empty()) << "its key is gone";
  hold(1, "openai");
  EXPECT_EQ(gaps().size(), 1U);
  matter_.facts.readers.push_back({ProviderKeyId{1}, usage::SourceId{1}, false, old});
  EXPECT_TRUE(gaps().empty()) << "it may not read";
  matter_.facts.readers.clear();
  query_.provider = "anthropic";
  EXPECT_TRUE(gaps().empty()) << "nobody asked";
  query_.provider.reset();
  matter_.facts.sources[0].superseded_by = usage::SourceId{2};
  EXPECT_TRUE(gaps().empty()) << "another source tells it";
}

TEST_F(WeekTest, WithoutAnyHourThereAreNoLines) {
  EXPECT_TRUE(week().empty());
}

TEST_F(WeekTest, HoursAreThoseOfTheZoneAndAveragedOverTheirOccurrences) {
  matter_.zone = Zone::find("Europe/Berlin").value();
  range_ = {day("2026-11-01"), day("2026-11-21")};
  for (const char* when : {"2026-11-02T08:00:00Z", "2026-11-09T08:00:00Z"}) put(matter_.sums.hours, hour_at(when), 5);
  const std::vector<GroupFigures> lines = week();
  ASSERT_EQ(lines.size(), 168U);
  const GroupFigures& nine = lines[9];
  EXPECT_EQ(nine.name, "Mon 09:00");
  EXPECT_EQ(nine.group, "1-09");
  EXPECT_EQ(nine.requests, 10);
  EXPECT_EQ(nine.occurrences, 3) << "the 2nd, 9th and 16th";
  ASSERT_TRUE(nine.average);
  EXPECT_EQ(nine.average->requests, "3.333");
  EXPECT_EQ(nine.average->tokens, "33.333");
  EXPECT_EQ(nine.average->cost[0].amount, "3.333333333");
  EXPECT_EQ(lines[8].requests, 0);
  EXPECT_EQ(lines[8].average->requests, "0.000");
}

TEST_F(WeekTest, OnlyHoursThatHaveComeAndAreKnownOccur) {
  put(matter_.sums.hours, hour_at("2026-11-20T08:00:00Z"), 5);
  range_ = {day("2026-11-15"), day("2026-11-28")};
  matter_.facts.sources[0].hourly_before = day("2026-11-17");
  const std::vector<GroupFigures> lines = week();
  const auto at = [&](int weekday, int hour) { return lines[static_cast<std::size_t>((weekday - 1) * 24 + hour)]; };
  EXPECT_EQ(at(5, 8).occurrences, 1);
  EXPECT_EQ(at(1, 8).occurrences, 0) << "the 16th is not known by hour";
  EXPECT_EQ(at(1, 8).average.has_value(), false);
  EXPECT_EQ(at(6, 12).occurrences, 1) << "it has begun";
  EXPECT_EQ(at(6, 13).occurrences, 0) << "the 21st, one o'clock, is still to come";
}

TEST_F(WeekTest, TheHourThatTheClocksSkipDoesNotOccurAndTheRepeatedOneOccursTwice) {
  matter_.zone = Zone::find("Europe/Berlin").value();
  matter_.now = parse_rfc3339("2026-12-01T00:00:00Z").value();
  matter_.facts.sources[0].last_success_at = matter_.now;
  matter_.facts.sources[0].hourly_before = day("2026-01-01");
  range_ = {day("2026-03-28"), day("2026-03-30")};
  put(matter_.sums.hours, hour_at("2026-03-29T00:00:00Z"), 1);
  EXPECT_EQ(week()[6 * 24 + 2].occurrences, 0) << "on 29 March there is no two o'clock";
  EXPECT_EQ(week()[6 * 24 + 3].occurrences, 1);
  range_ = {day("2026-10-24"), day("2026-10-26")};
  matter_.sums.hours.clear();
  put(matter_.sums.hours, hour_at("2026-10-25T00:00:00Z"), 1);
  put(matter_.sums.hours, hour_at("2026-10-25T01:00:00Z"), 2);
  const std::vector<GroupFigures> lines = week();
  EXPECT_EQ(lines[6 * 24 + 2].occurrences, 2);
  EXPECT_EQ(lines[6 * 24 + 2].requests, 3);
  EXPECT_EQ(lines[6 * 24 + 2].average->requests, "1.500");
}

TEST_F(WeekTest, AZoneWithHalfHoursIsToldByTheHourInWhichOneBegins) {
  matter_.zone = Zone::find("Asia/Kolkata").value();
  put(matter_.sums.hours, hour_at("2026-11-16T00:00:00Z"), 4);
  EXPECT_EQ(week()[5].requests, 4) << "half past five on Monday";
}

}  // namespace
}  // namespace keyledger::service
