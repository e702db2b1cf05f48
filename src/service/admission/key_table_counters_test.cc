// How the counters of a key follow time, and what becomes of them when its limits change.
#include <gtest/gtest.h>

#include "service/admission/key_table_testing.h"

namespace keyledger::service {
namespace {

using namespace std::chrono_literals;
using limits::Metric;
using limits::Window;
using testing::a_day;
using testing::at;
using testing::key;
using testing::Table;
using testing::text_of;
using Used = std::vector<std::int64_t>;

TEST(KeyTableCounters, AnotherAmountKeepsTheCountAndTakesEffectAtOnce) {
  Table table;
  table.table.put(key(1, {a_day(2)}));
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::limit_exceeded);
  table.table.put(key(1, {a_day(3)}));
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::limit_exceeded);
  table.table.put(key(1, {a_day(1)}));
  EXPECT_EQ(table.used(1), (Used{3}));
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::limit_exceeded);
  table.table.put(key(1));
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
}

TEST(KeyTableCounters, LimitsThatStayKeepTheirCountsWhenOthersComeAndGo) {
  Table table;
  const limits::Limit month{Metric::requests, Window::month, 50}, minute{Metric::requests, Window::minute, 60},
      hour{Metric::requests, Window::hour, 40}, rentals{Metric::rentals, Window::at_once, 5};
  table.table.put(key(1, {a_day(30), minute}));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  table.table.put(key(1, {rentals, month, minute, a_day(30), hour}));
  EXPECT_EQ(table.used(1), (Used{0, 4, 0, 4, 0})) << "hour, day, month; minute; rentals at once";
  EXPECT_EQ(table.call(text_of(1), 1).verdict, Verdict::valid);
  EXPECT_EQ(table.used(1), (Used{1, 5, 1, 5, 1}));
  table.table.put(key(1, {rentals, month}));
  EXPECT_EQ(table.used(1), (Used{1, 1}));
  table.table.put(key(1, {rentals}));
  EXPECT_EQ(table.used(1), (Used{1}));
  table.table.put(key(1, {a_day(30)}));
  EXPECT_EQ(table.used(1), (Used{0})) << "what has gone took its count along";
}

TEST(KeyTableCounters, ALimitThatIsAddedIsToldWhatWasBeforeAndCountsItOnce) {
  Table table;
  const limits::Limit month{Metric::requests, Window::month, 50};
  table.table.put(key(1, {a_day(30)}));
  EXPECT_TRUE(table.table.uncounted({1}).empty()) << "a new key has no past";
  const Admitted before = table.call(text_of(1));
  table.table.put(key(1, {a_day(30), month}));
  const Admitted after = table.call(text_of(1));
  const std::vector<AddedLimit> added = table.table.uncounted({1});
  ASSERT_EQ(added.size(), 1U);
  EXPECT_EQ(added[0].window, Window::month);
  EXPECT_LT(before.at, added[0].since);
  EXPECT_GE(after.at, added[0].since);
  table.table.count_added({1}, added[0], 1);
  table.table.count_added({1}, added[0], 1);
  EXPECT_EQ(table.used(1), (Used{2, 2}));
  EXPECT_TRUE(table.table.uncounted({1}).empty());
  table.table.undo(before.taken);
  EXPECT_EQ(table.used(1), (Used{1, 2})) << "the month's own count never had that call";
  table.table.put(key(1, {month}));
  table.table.put(key(1, {month, a_day(30)}));
  table.table.count_added({1}, added[0], 1);
  EXPECT_EQ(table.used(1), (Used{0, 2}));
}

TEST(KeyTableCounters, WhatWasBeforeIsNotCountedWhenTheWindowIsOver) {
  Table table;
  table.table.put(key(1));
  table.table.put(key(1, {a_day(30)}));
  const std::vector<AddedLimit> added = table.table.uncounted({1});
  ASSERT_EQ(added.size(), 1U);
  table.advance(12h);
  table.table.count_added({1}, added[0], 20);
  EXPECT_EQ(table.used(1), (Used{0}));
}

TEST(KeyTableCounters, UndoingGivesBackOnlyInTheWindowThatStillStands) {
  Table table;
  table.table.put(key(1, {a_day(5), {Metric::requests, Window::hour, 5}, {Metric::rentals, Window::at_once, 2}}));
  const Admitted first = table.call(text_of(1), 1);
  table.advance(1h);
  const Admitted second = table.call(text_of(1), 1);
  EXPECT_EQ(table.used(1), (Used{1, 2, 2}));
  table.table.undo(first.taken);
  EXPECT_EQ(table.used(1), (Used{1, 1, 1})) << "hour, day, at once";
  table.table.undo_rentals(second.taken);
  EXPECT_EQ(table.used(1), (Used{1, 1, 0}));
  table.advance(12h);
  table.table.undo(second.taken);
  EXPECT_EQ(table.used(1), (Used{0, 0, 0}));
}

TEST(KeyTableCounters, DaysTurnOnTheCustomersClocksElseOnTheInstallations) {
  Table table{at("2026-10-24T21:59:59.999Z"), testing::zone("Europe/Berlin")};
  table.table.put(CustomerRecord{{2}, false, testing::zone("Asia/Kolkata")});
  table.table.put(key(1, {a_day(1)}, 1));
  table.table.put(key(2, {a_day(1)}, 2));
  EXPECT_EQ(table.table.zone_of({1}).name(), "Europe/Berlin");
  EXPECT_EQ(table.table.zone_of({2}).name(), "Asia/Kolkata");
  EXPECT_EQ(table.table.zone_of({3}).name(), "Europe/Berlin");
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  EXPECT_EQ(table.verdict(text_of(2)), Verdict::valid);
  table.advance(1ms);  // midnight in Berlin, and the beginning of 25 hours
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  EXPECT_EQ(table.verdict(text_of(2)), Verdict::limit_exceeded);
  table.advance(25h - 1ms);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::limit_exceeded);
  table.advance(1ms);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  EXPECT_EQ(table.verdict(text_of(2)), Verdict::valid);
  EXPECT_EQ(table.call(text_of(1)).zone, testing::zone("Europe/Berlin"));  // also of calls that are refused
  EXPECT_EQ(table.call(text_of(2)).zone, testing::zone("Asia/Kolkata"));
  EXPECT_FALSE(table.call("no key").zone);
}

TEST(KeyTableCounters, AZoneThatIsChangedCountsFromTheNextWindowOn) {
  Table table{at("2026-11-21T12:00:00Z")};
  table.table.put(key(1, {a_day(1)}));
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  table.table.put(CustomerRecord{{1}, false, testing::zone("Asia/Kolkata")});
  table.advance(7h);  // past midnight there
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::limit_exceeded);
  table.advance(5h);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  EXPECT_EQ(table.table.standings({1})[0].resets_at, at("2026-11-22T18:30:00Z"));
}

TEST(KeyTableCounters, AClockThatStepsBackGrantsNothingTwice) {
  Table table{at("2026-11-21T23:59:00Z")};
  table.table.put(key(1, {a_day(1), {Metric::requests, Window::minute, 100}}));
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  table.advance(2min);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid) << "the next day";
  table.clock.advance(-2min);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::limit_exceeded);
  table.clock.advance(2min);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::limit_exceeded);
  table.clock.advance(-48h);
  const Admitted still = table.call(text_of(1));
  EXPECT_EQ(still.verdict, Verdict::limit_exceeded);
  EXPECT_EQ(still.at, at("2026-11-22T00:01:00Z"));
}

TEST(KeyTableCounters, ShortWindowsArePacedByTheMonotonicClock) {
  Table table;
  table.table.put(key(1, {{Metric::requests, Window::second, 2}}));
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  table.clock.advance(10s);
  const Admitted refused = table.call(text_of(1));
  EXPECT_EQ(refused.verdict, Verdict::limit_exceeded);
  EXPECT_EQ(refused.standings[0].resets_at, refused.at + 500ms);
  table.steady += 500ms;
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::limit_exceeded);
}

TEST(KeyTableCounters, TheFloorOfAFormerRunHolds) {
  Table table{at("2026-11-21T23:00:00Z")};
  table.table.put(key(1, {a_day(1)}));
  table.table.set_floor(at("2026-11-22T00:30:00Z"));
  EXPECT_EQ(table.call(text_of(1)).at, at("2026-11-22T00:30:00Z"));
}

}  // namespace
}  // namespace keyledger::service
