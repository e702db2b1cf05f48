#include "service/admission/unknown_callers.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"

namespace keyledger::service {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow = from_millis(1'795'000'000'000);

IpAddress address(const std::string& text) {
  return IpAddress::parse(text).value();
}

class UnknownCallersTest : public ::testing::Test {
 protected:
  UnknownCallersTest() { crypto::initialise(); }
  void call_often(const IpAddress& from, int times) {
    for (int i = 0; i < times; ++i) EXPECT_EQ(callers_.called(from, kNow), 0s) << i;
  }
  UnknownCallers callers_{};
};

TEST_F(UnknownCallersTest, TwentyAreFreeThenTheWaitDoubles) {
  const IpAddress home = address("192.0.2.7");
  call_often(home, UnknownCallers::kFree);
  Instant now = kNow;
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s}) {
    EXPECT_EQ(callers_.called(home, now), wait);
    EXPECT_EQ(callers_.called(home, now + wait - 1ms), 1s) << "waiting is not made longer by calling";
    now += wait;
    EXPECT_EQ(callers_.called(home, now), 0s);
  }
}

TEST_F(UnknownCallersTest, OneAddressDoesNotSlowAnother) {
  call_often(address("192.0.2.7"), UnknownCallers::kFree);
  EXPECT_EQ(callers_.called(address("192.0.2.7"), kNow), 1s);
  EXPECT_EQ(callers_.called(address("192.0.2.8"), kNow), 0s);
}

TEST_F(UnknownCallersTest, AnIpv6NetworkOfOneSubscriberIsOneCaller) {
  for (int i = 0; i < UnknownCallers::kFree; ++i) {
    EXPECT_EQ(callers_.called(address("2001:db8::" + std::to_string(i)), kNow), 0s);
  }
  EXPECT_EQ(callers_.called(address("2001:db8::ffff:1"), kNow), 1s);
  EXPECT_EQ(callers_.called(address("2001:db8:0:1::1"), kNow), 0s);
}

TEST_F(UnknownCallersTest, AMinuteOfQuietIsForgiven) {
  const IpAddress home = address("192.0.2.7");
  call_often(home, UnknownCallers::kFree - 1);
  EXPECT_EQ(callers_.called(home, kNow + 60s), 0s) << "the twentieth, in time";
  EXPECT_EQ(callers_.called(home, kNow + 60s), 1s);
  EXPECT_EQ(callers_.called(home, kNow + 61s + 60s + 1ms), 0s);
  EXPECT_EQ(callers_.called(home, kNow + 61s + 60s + 1ms), 0s) << "counted from the beginning";
}

TEST_F(UnknownCallersTest, AClockSetFarBackDoesNotLockOut) {
  const IpAddress home = address("192.0.2.7");
  call_often(home, UnknownCallers::kFree);
  EXPECT_EQ(callers_.called(home, kNow - 100h), 0s);
}

TEST_F(UnknownCallersTest, AFloodOfAddressesIsBoundedAndTheLastOnesAreStillKnown) {
  for (std::uint32_t i = 0; i < 4 * UnknownCallers::kPlaces; ++i) {
    std::array<std::uint8_t, 16> bytes = address("10.0.0.0").bytes();
    bytes[13] = static_cast<std::uint8_t>(i >> 16);
    bytes[14] = static_cast<std::uint8_t>(i >> 8);
    bytes[15] = static_cast<std::uint8_t>(i);
    EXPECT_EQ(callers_.called(IpAddress{bytes}, kNow + std::chrono::milliseconds{i / 100}), 0s);
  }
  const IpAddress home = address("192.0.2.7");
  for (int i = 0; i < UnknownCallers::kFree; ++i) EXPECT_EQ(callers_.called(home, kNow + 1s), 0s);
  EXPECT_EQ(callers_.called(home, kNow + 1s), 1s);
}

}  // namespace
}  // namespace keyledger::service
