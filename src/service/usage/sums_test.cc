#include "service/usage/sums.h"

#include <gtest/gtest.h>

namespace keyledger::service {
namespace {

const DayRange kWeek{parse_day("2026-11-01").value(), parse_day("2026-11-07").value()};

std::shared_ptr<const SumsPiece> piece(std::size_t lines) {
  auto made = std::make_shared<SumsPiece>();
  made->counts.resize(lines - 1);
  return made;
}

TEST(SumsCache, KeepsAPieceUntilItsDaysChange) {
  FiguresVersion version;
  SumsCache cache;
  const auto kept = piece(3);
  EXPECT_EQ(cache.find(version, "a", kWeek), nullptr);
  cache.put(version.now(), "a", kept);
  EXPECT_EQ(cache.find(version, "a", kWeek), kept);
  EXPECT_EQ(cache.find(version, "b", kWeek), nullptr);
  version.grow({kWeek.to + std::chrono::days{1}, kWeek.to + std::chrono::days{2}});
  EXPECT_EQ(cache.find(version, "a", kWeek), kept);
  version.grow({kWeek.to, kWeek.to});
  EXPECT_EQ(cache.find(version, "a", kWeek), nullptr);
}

TEST(SumsCache, WhatWasReadBeforeAChangeDoesNotReplaceWhatWasReadAfterIt) {
  FiguresVersion version;
  SumsCache cache;
  const std::uint64_t before = version.now();
  version.grow();
  const auto after = piece(1);
  cache.put(version.now(), "a", after);
  cache.put(before, "a", piece(1));
  EXPECT_EQ(cache.find(version, "a", kWeek), after);
  cache.put(before, "b", piece(1));
  EXPECT_EQ(cache.find(version, "b", kWeek), nullptr) << "it was stale when it was put";
}

TEST(SumsCache, BeginsAnewWhenItIsFull) {
  FiguresVersion version;
  SumsCache cache;
  cache.put(1, "a", piece(SumsCache::kLinesMax - 10));
  cache.put(1, "b", piece(10));
  EXPECT_NE(cache.find(version, "a", kWeek), nullptr);
  cache.put(1, "b", piece(10));
  EXPECT_NE(cache.find(version, "a", kWeek), nullptr) << "what is replaced counts once";
  cache.put(1, "c", piece(1));
  EXPECT_EQ(cache.find(version, "a", kWeek), nullptr);
  EXPECT_NE(cache.find(version, "c", kWeek), nullptr);
}

}  // namespace
}  // namespace keyledger::service
