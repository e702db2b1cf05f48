#include "domain/limits/pace.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

namespace keyledger::limits {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kNow{1'000h};

Rate rate(std::int64_t amount, Window window = Window::second) {
  return rate_of({Metric::requests, window, amount});
}

bool try_take(Pace& pace, const Rate& rate, SteadyTime now) {
  pace.drain(rate, now);
  if (pace.remaining(rate) < 1) return false;
  pace.take(rate, 1);
  return true;
}

TEST(Pace, TheWholeAmountCanBeTakenAtOnceAndNoMore) {
  for (const std::int64_t amount : {1, 2, 3, 7, 1'000}) {
    Pace pace;
    for (std::int64_t i = 0; i < amount; ++i) ASSERT_TRUE(try_take(pace, rate(amount), kNow)) << amount;
    EXPECT_FALSE(try_take(pace, rate(amount), kNow)) << amount;
    EXPECT_EQ(pace.used(rate(amount)), amount);
  }
}

TEST(Pace, OneMoreCanBeTakenForEachPartOfThePeriod) {
  Pace pace;
  const Rate seven = rate(7);
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(try_take(pace, seven, kNow));
  EXPECT_EQ(pace.until(seven, 1), 142'857'143ns);  // a seventh of a second, rounded up
  EXPECT_FALSE(try_take(pace, seven, kNow + 142'857'142ns));
  EXPECT_TRUE(try_take(pace, seven, kNow + 142'857'143ns));
  EXPECT_FALSE(try_take(pace, seven, kNow + 285'714'285ns));
  EXPECT_TRUE(try_take(pace, seven, kNow + 285'714'286ns));  // two sevenths: nothing was lost to rounding
}

TEST(Pace, AllIsFreeAgainAfterThePeriod) {
  Pace pace;
  const Rate sixty = rate(60, Window::minute);
  pace.drain(sixty, kNow);
  pace.take(sixty, 60);
  EXPECT_EQ(pace.until(sixty, 60), 60s);
  EXPECT_EQ(pace.until(sixty, 61), 60s) << "more than all is waited for like all";
  pace.drain(sixty, kNow + 59'999'999'999ns);
  EXPECT_EQ(pace.remaining(sixty), 59);
  pace.drain(sixty, kNow + 60s);
  EXPECT_EQ(pace.remaining(sixty), 60);
  pace.drain(sixty, kNow + 1'000'000h);
  EXPECT_EQ(pace.remaining(sixty), 60);
}

TEST(Pace, TheLargestAmountIsCountedExactly) {
  Pace pace;
  const Rate most = rate(kAmountMax, Window::minute);
  pace.drain(most, kNow);
  pace.take(most, kAmountMax);
  EXPECT_EQ(pace.remaining(most), 0);
  pace.drain(most, kNow + 30s);
  EXPECT_EQ(pace.remaining(most), kAmountMax / 2);
  pace.drain(most, kNow + 1'000'000h);
  EXPECT_EQ(pace.remaining(most), kAmountMax);
}

TEST(Pace, ATimeBeforeTheLastDrainsNothing) {
  Pace pace;
  const Rate one = rate(1);
  ASSERT_TRUE(try_take(pace, one, kNow));
  EXPECT_FALSE(try_take(pace, one, kNow - 5s));
  EXPECT_FALSE(try_take(pace, one, kNow + 999'999'999ns));
  EXPECT_TRUE(try_take(pace, one, kNow + 1s));
}

TEST(Pace, AnotherAmountKeepsWhatWasUsed) {
  Pace pace;
  pace.drain(rate(10), kNow);
  pace.take(rate(10), 8);
  EXPECT_EQ(pace.used(rate(20)), 8);
  EXPECT_EQ(pace.remaining(rate(20)), 12);
  EXPECT_EQ(pace.remaining(rate(5)), 0);
}

TEST(Pace, NoPeriodEverSeesMoreThanTwiceTheAmountAndALongTimeSeesItsShare) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  for (int round = 0; round < 20; ++round) {
    const std::int64_t amount = 1 + static_cast<std::int64_t>(random() % 50);
    Pace pace;
    std::deque<SteadyTime> taken;
    std::int64_t total = 0;
    SteadyTime now = kNow;
    for (int i = 0; i < 5'000; ++i) {
      now += std::chrono::nanoseconds{random() % (2'000'000'000U / static_cast<std::uint32_t>(amount))};
      if (!try_take(pace, rate(amount), now)) continue;
      total += 1;
      taken.push_back(now);
      while (taken.front() <= now - 1s) taken.pop_front();
      ASSERT_LE(static_cast<std::int64_t>(taken.size()), 2 * amount);  // a full burst, and what drained meanwhile
      const double seconds = std::chrono::duration<double>(now - kNow).count();
      ASSERT_LE(static_cast<double>(total), (seconds + 1) * static_cast<double>(amount) + 1e-6);
    }
  }
}

TEST(Pace, GivingBackNeverFreesMoreThanIfItHadNotBeenTaken) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  const Rate five = rate(5);
  for (int round = 0; round < 300; ++round) {
    Pace pace, without;  // `without` is what would be, had the third call never come
    SteadyTime now = kNow, given_back{};
    for (int i = 0; i < 12; ++i) {
      now += std::chrono::milliseconds{random() % 300};
      pace.drain(five, now);
      without.drain(five, now);
      if (i == 10) {
        pace.give_back(five, 1, given_back);
        ASSERT_LE(pace.remaining(five), without.remaining(five));
      } else {
        pace.take(five, 1);
        if (i == 2) given_back = now;
        if (i != 2) without.take(five, 1);
      }
    }
  }
}

TEST(Pace, WhatIsRecalledNeverHasMoreLeftThanBeforeAndMostlyTheSame) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  for (const bool busy : {false, true}) {
    for (int round = 0; round < 200; ++round) {
      const Rate some = rate(1 + static_cast<std::int64_t>(random() % 10), Window::minute);
      Pace pace, recalled;
      std::vector<SteadyTime> calls;
      // Busy: four times what is allowed; else half of it at most.
      const std::uint32_t gap_millis = (busy ? 30'000U : 240'000U) / static_cast<std::uint32_t>(some.amount);
      SteadyTime now = kNow;
      while (now < kNow + 10min) {
        now += std::chrono::milliseconds{(busy ? 0 : gap_millis / 2) + random() % gap_millis};
        if (try_take(pace, some, now)) calls.push_back(now);
      }
      for (const SteadyTime call : calls) {
        if (call >= now - 2min) recalled.recall(some, 1, call, now - 2min);
      }
      pace.drain(some, now);
      recalled.drain(some, now);
      ASSERT_LE(recalled.remaining(some), pace.remaining(some));
      if (!busy) {
        ASSERT_EQ(recalled.remaining(some), pace.remaining(some));
      }
    }
  }
}

TEST(Pace, WhatIsGivenBackAtOnceIsFreeAgain) {
  Pace pace;
  const Rate five = rate(5);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(try_take(pace, five, kNow));
  pace.give_back(five, 2, kNow);
  EXPECT_EQ(pace.remaining(five), 2);
}

}  // namespace
}  // namespace keyledger::limits
