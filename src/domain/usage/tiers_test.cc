#include "domain/usage/tiers.h"

#include <gtest/gtest.h>

#include <string>

namespace keyledger::usage {
namespace {

TEST(Tiers, EachWordHasItsFactorAndUnknownWordsHaveNone) {
  const struct {
    const char* provider;
    const char* model;
    const char* tier;
    std::optional<Factor> want;
  } cases[] = {
      {"openai", "gpt-5", "", Factor{1, 1}},
      {"openai", "gpt-5", "Default", Factor{1, 1}},
      {"openai", "gpt-5", "batch", Factor{1, 2}},
      {"openai", "gpt-5", "flex", Factor{1, 2}},
      {"openai", "gpt-5", "priority", Factor{2, 1}},
      {"openai", "gpt-4o-mini-2024", "priority", Factor{5, 3}},
      {"openai", "gpt-4o-2024", "priority", Factor{17, 10}},
      {"openai", "whisper-1", "priority", std::nullopt},
      {"openai", "gpt-5", "scale", std::nullopt},
      {"anthropic", "claude-opus-5-5", "batch", Factor{1, 2}},
      {"anthropic", "claude-opus-5-5", "batch+us", Factor{11, 20}},
      {"anthropic", "claude-opus-5-5", "standard,global", Factor{1, 1}},
      {"anthropic", "claude-opus-4-6-20260205", "fast", Factor{6, 1}},
      {"anthropic", "claude-opus-5-5", "fast", std::nullopt},
      {"anthropic", "claude-opus-5-5", "priority", std::nullopt},
      {"groq", "llama", "batch", std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string{c.provider} + " " + c.model + " " + c.tier);
    EXPECT_EQ(tier_factor(c.provider, c.model, c.tier), c.want);
  }
}

TEST(Tiers, ARepeatedWordOrALongTextIsNoTier) {
  std::string many = "us";
  for (int i = 0; i < 12; ++i) many += "+us";
  EXPECT_EQ(tier_factor("anthropic", "claude", many), std::nullopt);
  EXPECT_EQ(tier_factor("anthropic", "claude", std::string(65, 'x')), std::nullopt);
}

}  // namespace
}  // namespace keyledger::usage
