#include "domain/usage/match.h"

#include <gtest/gtest.h>

#include <chrono>

namespace keyledger::usage {
namespace {

bool holds(MatchKind kind, std::string_view text, std::string_view name) {
  const Result<MatchRule> rule = make_rule(kind, text);
  EXPECT_TRUE(rule.has_value()) << text;
  return rule && matches(*rule, lower_case(name));
}

TEST(Match, EachKindOfRuleComparesInLowerCase) {
  const struct {
    MatchKind kind;
    const char* text;
    const char* name;
    bool want;
  } cases[] = {
      {MatchKind::equals, "GPT-5", "gpt-5", true},
      {MatchKind::equals, "gpt-5", "gpt-5-mini", false},
      {MatchKind::starts_with, "gpt-5", "GPT-5-mini", true},
      {MatchKind::starts_with, "gpt-5", "xgpt-5", false},
      {MatchKind::ends_with, "-mini", "gpt-5-MINI", true},
      {MatchKind::ends_with, "-mini", "gpt-5-mini-x", false},
      {MatchKind::contains, "claude", "us.Claude-x", true},
      {MatchKind::contains, "claude", "gpt", false},
      {MatchKind::regex, R"(^gpt-6-\d{2}$)", "GPT-6-12", true},
      {MatchKind::regex, R"(^gpt-6-\d{2}$)", "gpt-6-1", false},
      {MatchKind::regex, R"(^(?!.*-[tT][tT][sS](?:$|-)))", "gemini-pro", true},
      {MatchKind::regex, R"(^(?!.*-[tT][tT][sS](?:$|-)))", "gemini-pro-tts", false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string{c.text} + " " + c.name);
    EXPECT_EQ(holds(c.kind, c.text, c.name), c.want);
  }
}

TEST(Match, AndNeedsEveryPartAndOrNeedsOne) {
  const MatchRule gpt = *make_rule(MatchKind::starts_with, "gpt");
  const MatchRule mini = *make_rule(MatchKind::ends_with, "mini");
  const MatchRule both{.kind = MatchKind::all_of, .parts = {gpt, mini}};
  const MatchRule either{.kind = MatchKind::any_of, .parts = {gpt, mini}};
  EXPECT_TRUE(matches(both, "gpt-mini"));
  EXPECT_FALSE(matches(both, "gpt-5"));
  EXPECT_TRUE(matches(either, "gpt-5"));
  EXPECT_FALSE(matches(either, "claude"));
}

TEST(Match, AFittingNameOfTwoHundredCharactersMatchesAndOneMoreDoesNot) {
  const MatchRule rule = *make_rule(MatchKind::starts_with, "a");
  EXPECT_TRUE(matches(rule, std::string(kModelNameMax, 'a')));
  EXPECT_FALSE(matches(rule, std::string(kModelNameMax + 1, 'a')));
}

TEST(Match, ARuleTextIsBounded) {
  EXPECT_TRUE(make_rule(MatchKind::equals, std::string(kMatchTextMax, 'a')));
  for (const std::string& text : {std::string{}, std::string(kMatchTextMax + 1, 'a')}) {
    const Result<MatchRule> rule = make_rule(MatchKind::equals, text);
    ASSERT_FALSE(rule);
    EXPECT_EQ(rule.error().reason, "malformed_price_rule");
  }
}

TEST(Match, PatternsThatCouldRunForYearsAreRefused) {
  for (const char* pattern : {"(a+)+$", "(a|a)*b", "(?:a*){9}", R"((a)\1)", ".*.*.*x", "a?a?a?a?a?a?a?a?a?b", "(", "[",
                              "a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r", "a{2,}b{2,}c{2,}"}) {
    SCOPED_TRACE(pattern);
    const Result<MatchRule> rule = make_rule(MatchKind::regex, pattern);
    ASSERT_FALSE(rule);
    EXPECT_EQ(rule.error().reason, "malformed_price_rule");
  }
}

TEST(Match, TheSlowestPatternThatIsAllowedEndsSoon) {
  const MatchRule rule = *make_rule(MatchKind::regex, "a*a*(?:b|c|d)$");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(matches(rule, std::string(kModelNameMax, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{20});
}

}  // namespace
}  // namespace keyledger::usage
