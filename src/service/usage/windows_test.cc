#include "service/usage/windows.h"

#include <gtest/gtest.h>

namespace keyledger::service {
namespace {

using std::chrono::days;

const Day kToday = parse_day("2026-11-21").value();

TEST(Windows, TheLastTwoDaysAreReadAgainAndMoreAfterAPause) {
  EXPECT_EQ(recent_from(std::nullopt, kToday), kToday - days{1});
  EXPECT_EQ(recent_from(kToday, kToday), kToday - days{1});
  EXPECT_EQ(recent_from(kToday - days{1}, kToday), kToday - days{2});
  EXPECT_EQ(recent_from(kToday - days{10}, kToday), kToday - days{11});
  EXPECT_EQ(recent_from(kToday - days{29}, kToday), kToday - days{30});
  EXPECT_EQ(recent_from(kToday - days{300}, kToday), kToday - days{30});
  EXPECT_EQ(recent_from(kToday + days{5}, kToday), kToday - days{1}) << "a clock that was ahead";
}

TEST(Windows, ARangeIsSplitWithoutGapsAndOverlaps) {
  const std::vector<DayWindow> pieces = split({kToday - days{9}, kToday + days{1}}, 4);
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_EQ(pieces[0], (DayWindow{kToday - days{9}, kToday - days{5}}));
  EXPECT_EQ(pieces[1], (DayWindow{kToday - days{5}, kToday - days{1}}));
  EXPECT_EQ(pieces[2], (DayWindow{kToday - days{1}, kToday + days{1}}));
  EXPECT_TRUE(split({kToday, kToday}, 4).empty());
}

TEST(Windows, HistoryBeginsWhereTheProviderSaysOrAtOurOwnLimit) {
  EXPECT_EQ(history_begin(30, kToday), kToday - days{29});
  EXPECT_EQ(history_begin(0, kToday), kToday - days{kHistoryDaysMax - 1});
  EXPECT_EQ(history_begin(1'000'000, kToday), kToday - days{kHistoryDaysMax - 1});
}

TEST(Windows, BackFillGoesFromNewToOldAndEndsAtTheBeginning) {
  const Day begin = kToday - days{40};
  EXPECT_EQ(next_window(kToday, begin, 31), (DayWindow{kToday - days{31}, kToday}));
  EXPECT_EQ(next_window(kToday - days{31}, begin, 31), (DayWindow{begin, kToday - days{31}}));
  EXPECT_EQ(next_window(begin, begin, 31), std::nullopt);
}

TEST(Windows, ThreeEmptyWindowsEndTheHistoryOnceThirteenMonthsWereTried) {
  const Day begin = history_begin(0, kToday);
  EXPECT_FALSE(history_ends(kToday - days{93}, begin, 3, kToday));
  EXPECT_FALSE(history_ends(kToday - days{395}, begin, 12, kToday));
  EXPECT_TRUE(history_ends(kToday - days{396}, begin, 3, kToday));
  EXPECT_FALSE(history_ends(kToday - days{396}, begin, 2, kToday));
  EXPECT_TRUE(history_ends(begin, begin, 0, kToday));
}

}  // namespace
}  // namespace keyledger::service
