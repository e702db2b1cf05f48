#include "service/admission/wide_memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <vector>

#include "service/admission/chunks.h"

namespace keyledger::service {
namespace {

/// Pieces of many sizes, taken and given back in a random order: none ever lies over another, and none is lost.
TEST(WideMemory, NoTwoPiecesShareAByte) {
  struct Piece {
    std::size_t size = 0;
    std::uint8_t mark = 0;
  };
  const std::size_t before = wide_memory();
  std::mt19937 random(7);
  std::map<std::uint8_t*, Piece> held;
  for (int step = 0; step < 20'000; ++step) {
    if (held.empty() || random() % 3 != 0) {
      const std::size_t size = 1 + random() % (step % 100 == 0 ? 300'000 : 6'000);
      auto* const memory = static_cast<std::uint8_t*>(take_wide(size));
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 64, 0U);
      const auto mark = static_cast<std::uint8_t>(random());
      std::memset(memory, mark, size);
      held[memory] = {size, mark};
    } else {
      auto gone = held.lower_bound(reinterpret_cast<std::uint8_t*>(random() * std::uintptr_t{0x10001}));
      if (gone == held.end()) gone = held.begin();
      const auto [memory, piece] = *gone;
      ASSERT_EQ(std::vector<std::uint8_t>(memory, memory + piece.size),
                std::vector<std::uint8_t>(piece.size, piece.mark));
      give_wide(memory, piece.size);
      held.erase(gone);
    }
  }
  for (const auto& [memory, piece] : held) {
    EXPECT_EQ(*memory, piece.mark);
    EXPECT_EQ(memory[piece.size - 1], piece.mark);
    give_wide(memory, piece.size);
  }
  EXPECT_EQ(wide_memory(), before);
}

TEST(WideMemory, WhatWasGivenBackIsTakenAgain) {
  const std::size_t size = 50'000;
  void* const first = take_wide(size);
  give_wide(first, size);
  EXPECT_EQ(take_wide(size), first);
  give_wide(first, size);
}

TEST(Chunks, HoldWhatTheyWereGivenAndGiveItsMemoryBack) {
  const std::size_t before = wide_memory();
  {
    Chunks<std::uint64_t> numbers;
    for (std::uint32_t i = 0; i < 1'000; ++i) {
      ASSERT_EQ(numbers.add(), i);
      EXPECT_EQ(numbers[i], 0U) << "new places are empty";
      numbers[i] = i * 3;
    }
    numbers.free(500);
    EXPECT_EQ(numbers.used(), 999U);
    EXPECT_EQ(numbers.add(), 500U);
    for (std::uint32_t i = 0; i < 1'000; ++i) EXPECT_EQ(numbers[i], i * 3);
    EXPECT_EQ(wide_memory() - before, 8 * 128 * sizeof(std::uint64_t)) << "eight arrays of 128";
  }
  EXPECT_EQ(wide_memory(), before);
}

}  // namespace
}  // namespace keyledger::service
