#include "base/error.h"

#include <gtest/gtest.h>

#include <set>

namespace keyledger {
namespace {

constexpr Code kAll[] = {Code::invalid_argument, Code::unauthenticated, Code::forbidden,
                         Code::not_found,        Code::conflict,        Code::too_large,
                         Code::limit_exceeded,   Code::unavailable,     Code::internal};

TEST(ErrorTest, EachCodeHasAWordOfItsOwn) {
  std::set<std::string_view> words;
  for (const Code code : kAll) EXPECT_TRUE(words.insert(to_string(code)).second);
  EXPECT_EQ(to_string(Code::invalid_argument), "invalid_argument");
  EXPECT_EQ(to_string(Code::internal), "internal");
}

TEST(ErrorTest, OnlyWhatPassesByItselfIsRetryable) {
  for (const Code code : kAll) {
    EXPECT_EQ(retryable(code), code == Code::limit_exceeded || code == Code::unavailable) << to_string(code);
  }
}

TEST(ErrorTest, FailFillsEachPart) {
  const Result<int> result = fail(Code::conflict, "message", "reason", "field", "detail");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::conflict);
  EXPECT_EQ(result.error().message, "message");
  EXPECT_EQ(result.error().reason, "reason");
  EXPECT_EQ(result.error().field, "field");
  EXPECT_EQ(result.error().detail, "detail");
}

TEST(ErrorDeathTest, ABrokenInvariantStopsTheProcess) {
  check_invariant(true, "never said");
  EXPECT_DEATH(check_invariant(false, "two is less than one"), "broken invariant: two is less than one");
}

}  // namespace
}  // namespace keyledger
