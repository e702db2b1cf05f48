#include "domain/limits/counters.h"

#include <gtest/gtest.h>

#include <vector>

namespace keyledger::limits {
namespace {

using namespace std::chrono_literals;

const Instant kNow = parse_rfc3339("2026-11-21T20:14:05Z").value();
constexpr SteadyTime kSteady{1'000h};

/// The counters of a key, with the places where they lie.
struct Key {
  explicit Key(std::vector<Limit> of) : limits(std::move(of)), calendars(limits.size()), paces(limits.size()) {
    for (std::size_t i = 0; i < limits.size(); ++i) {
      const Window window = limits[i].window;
      const bool paced = window == Window::second || window == Window::minute;
      counters.push_back(
          {&limits[i], paced || window == Window::at_once ? nullptr : &calendars[i], paced ? &paces[i] : nullptr});
    }
    standings.resize(limits.size());
  }
  Taking take(const Need& need) { return limits::take(counters, open, need, moment, standings); }
  std::vector<std::int64_t> used() {
    EXPECT_TRUE(take({}).taken);
    std::vector<std::int64_t> used;
    for (const LimitStanding& standing : standings) used.push_back(standing.used);
    return used;
  }

  std::vector<Limit> limits;
  std::vector<CalendarCount> calendars;
  std::vector<Pace> paces;
  std::vector<Counter> counters{};
  std::vector<LimitStanding> standings{};
  std::int64_t open = 0;
  Moment moment{kNow, kSteady, Zone{}};
};

using Used = std::vector<std::int64_t>;

TEST(Take, TheSmallestOfThreeRefusesAndTheOthersStay) {
  Key key({{Metric::requests, Window::day, 10},
           {Metric::requests, Window::minute, 3},
           {Metric::requests, Window::month, 100}});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(key.take({1, 0}).taken);
  const Taking refused = key.take({1, 0});
  EXPECT_FALSE(refused.taken);
  EXPECT_EQ(refused.exceeded, 1U);
  EXPECT_EQ(key.standings[1].remaining, 0);
  EXPECT_EQ(key.used(), (Used{3, 3, 3}));
}

TEST(Take, OnlyTheMetricsThatAreAskedForMove) {
  Key key(
      {{Metric::requests, Window::day, 10}, {Metric::rentals, Window::day, 5}, {Metric::rentals, Window::at_once, 2}});
  EXPECT_TRUE(key.take({1, 0}).taken);
  EXPECT_EQ(key.used(), (Used{1, 0, 0}));
  EXPECT_TRUE(key.take({0, 1}).taken);
  EXPECT_EQ(key.used(), (Used{1, 1, 1}));
  EXPECT_TRUE(key.take({1, 1}).taken);
  EXPECT_EQ(key.used(), (Used{2, 2, 2}));
  EXPECT_FALSE(key.take({1, 1}).taken) << "two are open";
  EXPECT_TRUE(key.take({1, 0}).taken) << "a call that rents nothing does not mind";
  EXPECT_EQ(key.used(), (Used{3, 2, 2}));
}

TEST(Take, WhatIsOpenIsCountedAlsoWithoutALimit) {
  Key key({});
  EXPECT_TRUE(key.take({1, 1}).taken);
  EXPECT_TRUE(key.take({1, 0}).taken);
  EXPECT_EQ(key.open, 1);
}

TEST(Take, TheWholeAmountCanBeTakenAtOnceAndNotOneMore) {
  Key key({{Metric::requests, Window::day, 10}});
  EXPECT_FALSE(key.take({11, 0}).taken);
  EXPECT_TRUE(key.take({10, 0}).taken);
  EXPECT_FALSE(key.take({1, 0}).taken);
  EXPECT_EQ(key.used(), (Used{10}));
}

TEST(Take, TheRefusingStandingThatTurnsLastIsNamed) {
  Key key({{Metric::requests, Window::hour, 1},
           {Metric::requests, Window::month, 1},
           {Metric::requests, Window::day, 1},
           {Metric::rentals, Window::at_once, 1}});
  EXPECT_TRUE(key.take({1, 1}).taken);
  EXPECT_EQ(key.take({1, 1}).exceeded, 1U);
  key.limits[1].amount = 100;
  EXPECT_EQ(key.take({1, 1}).exceeded, 2U);
  key.limits[2].amount = 100;
  EXPECT_EQ(key.take({1, 1}).exceeded, 0U) << "when what is open ends is not known";
  EXPECT_EQ(key.take({0, 1}).exceeded, 3U);
}

TEST(Take, StandingsSayWhenThereIsMore) {
  Key key({{Metric::requests, Window::day, 5},
           {Metric::requests, Window::second, 2},
           {Metric::rentals, Window::at_once, 1}});
  EXPECT_TRUE(key.take({1, 1}).taken);
  EXPECT_EQ(to_rfc3339(*key.standings[0].resets_at), "2026-11-22T00:00:00Z");
  EXPECT_EQ(*key.standings[1].resets_at, kNow + 500ms);
  EXPECT_FALSE(key.standings[2].resets_at);
  EXPECT_EQ(key.standings[0].remaining, 4);
  EXPECT_EQ(key.standings[1].remaining, 1);
  EXPECT_EQ(key.standings[2].remaining, 0);
  EXPECT_FALSE(key.take({2, 0}).taken);
  EXPECT_EQ(*key.standings[1].resets_at, kNow + 500ms);
  EXPECT_TRUE(key.take({1, 0}).taken);
  EXPECT_FALSE(key.take({2, 0}).taken);
  EXPECT_EQ(*key.standings[1].resets_at, kNow + 1s);
}

TEST(Take, ALimitThatWasLoweredBelowItsUseHasNothingLeft) {
  Key key({{Metric::requests, Window::day, 10}});
  EXPECT_TRUE(key.take({8, 0}).taken);
  key.limits[0].amount = 5;
  EXPECT_FALSE(key.take({1, 0}).taken);
  EXPECT_EQ(key.standings[0].used, 8);
  EXPECT_EQ(key.standings[0].remaining, 0);
}

TEST(GiveBack, OnlyInTheWindowThatStillStands) {
  Key key({{Metric::requests, Window::hour, 10}, {Metric::requests, Window::day, 10}});
  EXPECT_TRUE(key.take({2, 0}).taken);
  key.moment.now = kNow + 1h;
  EXPECT_TRUE(key.take({1, 0}).taken);
  for (const Counter& counter : key.counters) give_back(counter, {2, 0}, kNow, kSteady, key.moment);
  EXPECT_EQ(key.used(), (Used{1, 1}));
}

TEST(GiveBack, NeverBelowNothing) {
  Key key({{Metric::requests, Window::day, 10}, {Metric::requests, Window::minute, 10}});
  EXPECT_TRUE(key.take({1, 0}).taken);
  for (const Counter& counter : key.counters) give_back(counter, {5, 5}, kNow, kSteady, key.moment);
  EXPECT_EQ(key.used(), (Used{0, 0}));
}

TEST(AddBefore, CountsWhatIsInTheWindowThatStands) {
  Key key({{Metric::requests, Window::hour, 10},
           {Metric::requests, Window::day, 10},
           {Metric::requests, Window::month, 10}});
  for (const Counter& counter : key.counters) {
    add_before(counter, 1, kNow - 1min, key.moment);
    add_before(counter, 2, kNow - 15min, key.moment);
    add_before(counter, 3, kNow - 21h, key.moment);
    add_before(counter, 4, kNow - 24h * 30, key.moment);
  }
  EXPECT_EQ(key.used(), (Used{1, 3, 6}));
}

TEST(AddBefore, APaceHasDrainedSince) {
  Key key({{Metric::requests, Window::minute, 60}});
  add_before(key.counters[0], 60, kNow - 2min - 1ms, key.moment);
  for (int i = 0; i < 40; ++i) add_before(key.counters[0], 1, kNow - 30s, key.moment);
  add_before(key.counters[0], 5, kNow - 20s, key.moment);
  EXPECT_EQ(key.used(), (Used{15}));
}

}  // namespace
}  // namespace keyledger::limits
