#include "service/top_places.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace keyledger::service {
namespace {

using Offered = std::vector<std::pair<std::int64_t, std::optional<std::int64_t>>>;

std::vector<std::int64_t> ids(std::vector<ListPlace> places) {
  std::vector<std::int64_t> found;
  for (const ListPlace& place : places) found.push_back(place.id);
  return found;
}

std::vector<ListPlace> page(const Offered& rows, bool descending, std::optional<ListPlace> after, std::int64_t limit) {
  TopPlaces top(descending, std::move(after), limit);
  for (const auto& [id, number] : rows) top.offer(id, number);
  return top.take();
}

const Offered kRows{{1, 5}, {2, std::nullopt}, {3, 9}, {4, 5}, {5, 0}, {6, std::nullopt}};

TEST(TopPlaces, WhatIsUnknownComesLastInEitherOrderAndEqualRowsStandById) {
  EXPECT_EQ(ids(page(kRows, true, {}, 10)), (std::vector<std::int64_t>{3, 1, 4, 5, 2, 6}));
  EXPECT_EQ(ids(page(kRows, false, {}, 10)), (std::vector<std::int64_t>{5, 1, 4, 3, 2, 6}));
}

TEST(TopPlaces, KeepsOneMoreThanThePage) {
  EXPECT_EQ(ids(page(kRows, true, {}, 2)), (std::vector<std::int64_t>{3, 1, 4}));
  EXPECT_EQ(ids(page(kRows, true, {}, 6)).size(), 6U);
}

TEST(TopPlaces, GoesOnBehindARowOfEqualOrUnknownNumber) {
  EXPECT_EQ(ids(page(kRows, true, ListPlace{.id = 1, .number = 5}, 10)), (std::vector<std::int64_t>{4, 5, 2, 6}));
  EXPECT_EQ(ids(page(kRows, true, ListPlace{.id = 2}, 10)), (std::vector<std::int64_t>{6}));
  EXPECT_TRUE(page(kRows, true, ListPlace{.id = 6}, 10).empty());
}

TEST(TopPlaces, PagesOfAnySizeAddUpToTheSortedList) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  Offered rows;
  for (std::int64_t id = 1; id <= 300; ++id) {
    const auto number = static_cast<std::int64_t>(random() % 12);
    rows.emplace_back(id, number == 0 ? std::nullopt : std::optional{number});
  }
  std::ranges::shuffle(rows, random);
  for (const bool descending : {true, false}) {
    const std::vector<std::int64_t> whole = ids(page(rows, descending, {}, 1'000));
    std::vector<std::int64_t> joined;
    std::optional<ListPlace> after;
    for (bool more = true; more;) {
      std::vector<ListPlace> next = page(rows, descending, after, 7);
      more = next.size() > 7;
      if (more) next.pop_back();
      after = next.back();
      for (const std::int64_t id : ids(std::move(next))) joined.push_back(id);
    }
    EXPECT_EQ(joined, whole);
  }
}

}  // namespace
}  // namespace keyledger::service
