#include "runtime/turn.h"

#include <gtest/gtest.h>

#include <string>

namespace keyledger::runtime {
namespace {

void mark(void* text) {
  *static_cast<std::string*>(text) += 'x';
}

TEST(Turn, WithoutOneThingsAreDoneAtOnce) {
  std::string done;
  at_turn_end(&mark, &done);
  EXPECT_EQ(done, "x");
}

TEST(Turn, PutsOffUntilItsEndAndDoesTheSameThingOnce) {
  std::string one, other;
  {
    const Turn turn;
    at_turn_end(&mark, &one);
    at_turn_end(&mark, &other);
    at_turn_end(&mark, &one);
    EXPECT_EQ(one + other, "");
  }
  EXPECT_EQ(one, "x");
  EXPECT_EQ(other, "x");
  at_turn_end(&mark, &one);
  EXPECT_EQ(one, "xx");
}

TEST(Turn, EndsWithTheOutermost) {
  std::string done;
  {
    const Turn outer;
    {
      const Turn inner;
      at_turn_end(&mark, &done);
    }
    EXPECT_EQ(done, "");
  }
  EXPECT_EQ(done, "x");
}

TEST(Turn, WhatAnActionAsksForIsDoneToo) {
  struct Chain {
    std::string done{};
  } chain;
  {
    const Turn turn;
    at_turn_end([](void* subject) { at_turn_end(&mark, &static_cast<Chain*>(subject)->done); }, &chain);
  }
  EXPECT_EQ(chain.done, "x");
}

}  // namespace
}  // namespace keyledger::runtime
