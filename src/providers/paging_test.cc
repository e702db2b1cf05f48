#include "providers/paging.h"

#include <gtest/gtest.h>

#include <string>

namespace keyledger::providers {
namespace {

const json::Value kTrue{true};
const json::Value kFalse{false};
const json::Value kNull{};

json::Value text(std::string value) {
  return json::Value{std::move(value)};
}

TEST(Paging, EndsWhereTheProviderSaysSo) {
  EXPECT_FALSE(Paging{}.next(kFalse, text("a")));
  EXPECT_FALSE(Paging{}.next(kTrue, kNull));
  EXPECT_FALSE(Paging{}.next(kTrue, text("")));
  EXPECT_FALSE(Paging{}.next(kNull, kNull));
  EXPECT_FALSE(Paging{}.next(kTrue, json::Value{true}));
}

TEST(Paging, FollowsTheCursor) {
  Paging paging;
  EXPECT_TRUE(paging.next(kTrue, text("a")));
  EXPECT_EQ(paging.cursor(), "a");
  EXPECT_TRUE(paging.next(kNull, text("b")));
  EXPECT_EQ(paging.cursor(), "b");
  EXPECT_FALSE(paging.next(kFalse, text("b")));
  EXPECT_FALSE(paging.endless());
}

TEST(Paging, ACursorThatComesTwiceNeverEnds) {
  Paging paging;
  EXPECT_TRUE(paging.next(kTrue, text("a")));
  EXPECT_TRUE(paging.next(kTrue, text("b")));
  EXPECT_FALSE(paging.next(kTrue, text("a")));
  EXPECT_TRUE(paging.endless());
  EXPECT_EQ(paging.finding().code, "paging_never_ends");
}

TEST(Paging, TheLastAllowedPageMayBeTheLast) {
  Paging paging{3};
  EXPECT_TRUE(paging.next(kTrue, text("a")));
  EXPECT_TRUE(paging.next(kTrue, text("b")));
  EXPECT_FALSE(paging.next(kFalse, kNull));
  EXPECT_FALSE(paging.endless());
}

TEST(Paging, OnePageMoreThanAllowedNeverEnds) {
  Paging paging{3};
  EXPECT_TRUE(paging.next(kTrue, text("a")));
  EXPECT_TRUE(paging.next(kTrue, text("b")));
  EXPECT_FALSE(paging.next(kTrue, text("c")));
  EXPECT_TRUE(paging.endless());
}

}  // namespace
}  // namespace keyledger::providers
