#include "base/histogram.h"

#include <gtest/gtest.h>

#include <thread>

namespace keyledger {
namespace {

constexpr std::int64_t kBounds[] = {10, 20, 50};

TEST(Histogram, AValueIsCountedUpToItsBound) {
  Histogram histogram(kBounds);
  for (const std::int64_t value : {-1, 0, 10, 11, 20, 50, 51, 1'000'000}) histogram.count(value);
  const HistogramFigures figures = histogram.figures();
  EXPECT_EQ(figures.bounds, (std::vector<std::int64_t>{10, 20, 50}));
  EXPECT_EQ(figures.counts, (std::vector<std::int64_t>{3, 2, 1, 2}));
  EXPECT_EQ(figures.sum, 1'000'141);
}

TEST(Histogram, NothingIsLostBetweenThreads) {
  Histogram histogram(kBounds);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (std::int64_t value = 0; value < 10'000; ++value) histogram.count(value % 60);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::int64_t counted = 0;
  for (const std::int64_t count : histogram.figures().counts) counted += count;
  EXPECT_EQ(counted, 40'000);
}

}  // namespace
}  // namespace keyledger
