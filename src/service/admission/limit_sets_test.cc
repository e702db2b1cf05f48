#include "service/admission/limit_sets.h"

#include <gtest/gtest.h>

namespace keyledger::service {
namespace {

using limits::Metric;
using limits::Window;

const limits::Limit kDay{Metric::requests, Window::day, 100}, kMinute{Metric::requests, Window::minute, 10},
    kOpen{Metric::rentals, Window::at_once, 2};

TEST(LimitSets, EqualSetsAreOneInWhateverOrderAndCalendarComesFirst) {
  LimitSets sets;
  const std::uint32_t one = sets.take({kOpen, kMinute, kDay});
  EXPECT_EQ(sets.take({kDay, kOpen, kMinute}), one);
  EXPECT_EQ(sets[one], (LimitSets::Set{kDay, kMinute, kOpen}));
  EXPECT_NE(sets.take({kDay, kOpen}), one);
  EXPECT_EQ(sets.count(), 3U) << "with the empty one";
}

TEST(LimitSets, ASetGoesWithItsLastUse) {
  LimitSets sets;
  const std::uint32_t one = sets.take({kDay});
  EXPECT_EQ(sets.take({kDay}), one);
  sets.release(one);
  EXPECT_EQ(sets.count(), 2U);
  sets.release(one);
  EXPECT_EQ(sets.count(), 1U);
  EXPECT_EQ(sets.take({kMinute}), one) << "its place is used again";
}

TEST(LimitSets, TheEmptySetStays) {
  LimitSets sets;
  for (int i = 0; i < 3; ++i) sets.release(0);
  EXPECT_EQ(sets.take({}), 0U);
  EXPECT_TRUE(sets[0].empty());
}

TEST(LimitSets, ThousandsOfChangesLeaveNothingBehind) {
  LimitSets sets;
  std::uint32_t held = 0;
  for (std::int64_t amount = 1; amount <= 10'000; ++amount) {
    const std::uint32_t next = sets.take({{Metric::requests, Window::day, amount}});
    sets.release(held);
    held = next;
  }
  EXPECT_EQ(sets.count(), 2U);
}

}  // namespace
}  // namespace keyledger::service
