#include "service/usage/figures_version.h"

#include <gtest/gtest.h>

namespace keyledger::service {
namespace {

DayRange range(std::string_view from, std::string_view to) {
  return {parse_day(from).value(), parse_day(to).value()};
}
const DayRange kWeek = range("2026-11-01", "2026-11-07");

TEST(FiguresVersion, AChangeOfOtherDaysLeavesSumsGood) {
  FiguresVersion version;
  const std::uint64_t before = version.now();
  version.grow(range("2026-11-08", "2026-11-09"));
  version.grow(range("2026-10-01", "2026-10-31"));
  EXPECT_GT(version.now(), before);
  EXPECT_TRUE(version.unchanged(before, kWeek));
}

TEST(FiguresVersion, AChangeOfOneOfTheDaysMakesThemStaleUntilTheyAreReadAgain) {
  for (const DayRange& days : {range("2026-10-20", "2026-11-01"), range("2026-11-07", "2026-11-30"),
                               range("2026-11-03", "2026-11-03"), range("2026-01-01", "2026-12-31")}) {
    FiguresVersion version;
    const std::uint64_t before = version.now();
    version.grow(days);
    EXPECT_FALSE(version.unchanged(before, kWeek));
    EXPECT_TRUE(version.unchanged(version.now(), kWeek));
    version.grow(days);
    EXPECT_FALSE(version.unchanged(version.now() - 1, kWeek)) << "the same days again";
  }
}

TEST(FiguresVersion, AnyDayMayHaveChanged) {
  FiguresVersion version;
  version.grow(range("2026-11-08", "2026-11-09"));
  const std::uint64_t before = version.now();
  version.grow();
  EXPECT_FALSE(version.unchanged(before, kWeek));
  EXPECT_TRUE(version.unchanged(version.now(), kWeek));
}

TEST(FiguresVersion, MoreChangesThanAreToldApartAreTakenForAllDays) {
  FiguresVersion version;
  const std::uint64_t before = version.now();
  Day day = parse_day("2020-01-01").value();
  for (std::size_t n = 0; n < FiguresVersion::kChangesMax; ++n, day += std::chrono::days{1}) version.grow({day, day});
  EXPECT_TRUE(version.unchanged(before, kWeek));
  version.grow({day, day});
  EXPECT_FALSE(version.unchanged(before, kWeek));
  EXPECT_TRUE(version.unchanged(version.now(), kWeek));
}

}  // namespace
}  // namespace keyledger::service
