#include "service/throttle.h"

#include <gtest/gtest.h>

namespace keyledger::service {
namespace {

using std::chrono::seconds;

constexpr Instant kNow = from_millis(1'795'000'000'000);

TEST(Throttle, TheFirstFiveFailuresAreFreeAndEachFurtherOneDoublesTheWait) {
  Throttle throttle;
  for (int i = 0; i < 4; ++i) throttle.failed("a", kNow);
  EXPECT_EQ(throttle.wait("a", kNow), seconds{0});
  throttle.failed("a", kNow);
  EXPECT_EQ(throttle.wait("a", kNow), seconds{1});
  throttle.failed("a", kNow);
  EXPECT_EQ(throttle.wait("a", kNow), seconds{2});
  for (int i = 0; i < 40; ++i) throttle.failed("a", kNow);
  EXPECT_EQ(throttle.wait("a", kNow), Throttle::kWaitMax);
}

TEST(Throttle, WaitingEndsWithTime) {
  Throttle throttle;
  for (int i = 0; i < 6; ++i) throttle.failed("a", kNow);
  EXPECT_EQ(throttle.wait("a", kNow + std::chrono::milliseconds{1999}), seconds{1});
  EXPECT_EQ(throttle.wait("a", kNow + seconds{2}), seconds{0});
}

TEST(Throttle, OneAddressDoesNotSlowAnother) {
  Throttle throttle;
  for (int i = 0; i < 9; ++i) throttle.failed("a", kNow);
  EXPECT_EQ(throttle.wait("b", kNow), seconds{0});
}

TEST(Throttle, ASuccessForgetsTheFailures) {
  Throttle throttle;
  for (int i = 0; i < 9; ++i) throttle.failed("a", kNow);
  throttle.succeeded("a");
  EXPECT_EQ(throttle.wait("a", kNow), seconds{0});
}

TEST(Throttle, QuietAddressesAreForgotten) {
  Throttle throttle;
  for (int i = 0; i < 9; ++i) throttle.failed("a", kNow);
  throttle.failed("b", kNow + Throttle::kForget + seconds{1});
  throttle.failed("a", kNow + Throttle::kForget + seconds{1});
  EXPECT_EQ(throttle.wait("a", kNow + Throttle::kForget + seconds{1}), seconds{0});
}

TEST(Throttle, PastItsMaximumTheOldestAddressGoes) {
  Throttle throttle;
  for (int i = 0; i < 9; ++i) throttle.failed("oldest", kNow);
  for (std::size_t i = 0; i < Throttle::kAddressesMax; ++i) {
    throttle.failed(std::to_string(i), kNow + std::chrono::milliseconds{1});
  }
  EXPECT_EQ(throttle.wait("oldest", kNow), seconds{0});
}

}  // namespace
}  // namespace keyledger::service
