#include "domain/usage/tally.h"

#include <gtest/gtest.h>

#include <limits>

namespace keyledger::usage {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST(Tally, KnownAndUnknownRequestsAreToldApart) {
  Tally tally;
  add(tally, Counts{.requests = 3, .input_tokens = 10});
  add(tally, Counts{.input_tokens = 5, .output_tokens = 7});
  EXPECT_EQ(tally.requests, 3);
  EXPECT_EQ(tally.requests_known, 1);
  EXPECT_EQ(tally.requests_unknown, 1);
  EXPECT_EQ(tally.input_tokens, 15);
  EXPECT_EQ(tally.output_tokens, 7);
}

TEST(Tally, StorageWithoutCallsLeavesTheRequestsKnown) {
  Tally tally;
  add(tally, Counts{.bytes = 1000});
  EXPECT_EQ(tally.requests_unknown, 0);
  EXPECT_EQ(tally.bytes, 1000);
}

TEST(Tally, CountsFromOutsideAreCutToTheirBounds) {
  const Counts counts = bounded(Counts{.requests = -1, .input_tokens = kMost, .output_tokens = kCountMax});
  EXPECT_EQ(counts.requests, 0);
  EXPECT_EQ(counts.input_tokens, kCountMax);
  EXPECT_EQ(counts.output_tokens, kCountMax);
  Tally tally;
  add(tally, counts);
  add(tally, counts);
  EXPECT_EQ(tally.input_tokens, kCountMax);
}

TEST(Tally, AmountsStopAtTheirBoundsInsteadOfLeavingThem) {
  const Amount most{kMost - 1, 0};
  EXPECT_EQ(add_bounded(most, most), most);
  EXPECT_EQ(add_bounded(Amount{1, 999'999'999}, Amount{0, 1}), (Amount{2, 0}));
  EXPECT_EQ(add_bounded(Amount{-kMost + 1, 0}, Amount{-kMost + 1, 0}), (Amount{-kMost + 1, 0}));
}

TEST(Tally, PartsOfASumPutTogetherAreTheSum) {
  EXPECT_EQ(from_parts(2, 1'500'000'000, 2'000'000'001), (Amount{3'500'000'002, 1}));
  EXPECT_EQ(from_parts(-1, 0, 1), (Amount{-1'000'000'000, 1}));
  EXPECT_EQ(from_parts(kMost, 0, 0), (Amount{kMost - 1, 0}));
}

}  // namespace
}  // namespace keyledger::usage
