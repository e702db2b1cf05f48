#include "service/admission/forward_clock.h"

#include <gtest/gtest.h>

namespace keyledger::service {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow = from_millis(1'795'000'000'000);

TEST(ForwardClock, FollowsTheClockForward) {
  ManualClock wall{kNow};
  const ForwardClock clock{&wall};
  EXPECT_EQ(clock.now(), kNow);
  wall.advance(1ms);
  EXPECT_EQ(clock.now(), kNow + 1ms);
}

TEST(ForwardClock, StandsWhileTheClockIsUpToTwoDaysBehind) {
  ManualClock wall{kNow};
  const ForwardClock clock{&wall};
  EXPECT_EQ(clock.now(), kNow);
  for (const auto back : {Instant::duration{1ms}, Instant::duration{1h}, Instant::duration{48h}}) {
    wall.set(kNow - back);
    EXPECT_EQ(clock.now(), kNow);
  }
  wall.set(kNow + 5ms);
  EXPECT_EQ(clock.now(), kNow + 5ms);
}

TEST(ForwardClock, FollowsALargerStepBackSinceTheTimeBeforeWasWrong) {
  ManualClock wall{kNow};
  const ForwardClock clock{&wall};
  EXPECT_EQ(clock.now(), kNow);
  wall.set(kNow - 48h - 1ms);
  EXPECT_EQ(clock.now(), kNow - 48h - 1ms);
  wall.advance(-1h);
  EXPECT_EQ(clock.now(), kNow - 48h - 1ms) << "and holds from there";
}

TEST(ForwardClock, AStepIsLaterThanAllThatWasSaid) {
  ManualClock wall{kNow};
  ForwardClock clock{&wall};
  EXPECT_EQ(clock.now(), kNow);
  EXPECT_EQ(clock.step(), kNow + 1ms);
  EXPECT_EQ(clock.now(), kNow + 1ms);
  EXPECT_EQ(clock.step(), kNow + 2ms);
  wall.advance(1h);
  EXPECT_EQ(clock.now(), kNow + 1h);
}

TEST(ForwardClock, TheFloorHoldsWithinTwoDays) {
  const struct {
    const char* name;
    Instant floor, want;
  } cases[] = {
      {"before now", kNow - 1h, kNow},
      {"a little ahead", kNow + 1h, kNow + 1h},
      {"two days ahead", kNow + 48h, kNow + 48h},
      {"further ahead: written by a clock that was wrong", kNow + 48h + 1ms, kNow},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ManualClock wall{kNow};
    ForwardClock clock{&wall};
    clock.set_floor(c.floor);
    EXPECT_EQ(clock.now(), c.want);
  }
}

}  // namespace
}  // namespace keyledger::service
