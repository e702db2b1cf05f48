#include "domain/usage/tiers.h"

#include <array>

#include "domain/usage/match.h"

namespace keyledger::usage {
namespace {

struct Override {
  std::string_view provider;
  std::string_view word;
  std::string_view model;  // names that begin so; empty: all
  Factor factor;
};

/// Commonly known prices, not from a machine-readable source: each provider's price page as of November 2026. The first
/// line that fits wins, so exact models stand before the rest.
constexpr std::array kOverrides{
    // OpenAI: batch and flex are half price for every model that has them.
    Override{"openai", "batch", "", {1, 2}},
    Override{"openai", "flex", "", {1, 2}},
    // OpenAI priority: $4.25/$17 instead of $2.50/$10; $3.50/$14 instead of $2/$8; $0.45/$3.60 instead of $0.25/$2.
    Override{"openai", "priority", "gpt-4o-mini", {5, 3}},
    Override{"openai", "priority", "gpt-4o", {17, 10}},
    Override{"openai", "priority", "gpt-4.1", {7, 4}},
    Override{"openai", "priority", "o3", {7, 4}},
    Override{"openai", "priority", "gpt-5-mini", {9, 5}},
    // Later models: twice the list price.
    Override{"openai", "priority", "gpt-", {2, 1}},
    // Anthropic: message batches are half price. Capacity bought as priority tier is not billed by the token at all, so
    // its use has no price here.
    Override{"anthropic", "batch", "", {1, 2}},
    // Anthropic: inference kept in the United States costs a tenth more; fast mode of Opus 4.6 is $30/$150, not $5/$25.
    Override{"anthropic", "us", "", {11, 10}},
    Override{"anthropic", "fast", "claude-opus-4-6", {6, 1}},
};

constexpr std::array<std::string_view, 6> kListPrice{"", "standard", "default", "auto", "global", "not_available"};

std::optional<Factor> word_factor(std::string_view provider, std::string_view model, std::string_view word) {
  for (const std::string_view plain : kListPrice) {
    if (word == plain) return Factor{};
  }
  for (const Override& line : kOverrides) {
    if (line.provider == provider && line.word == word && model.starts_with(line.model)) return line.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Factor> tier_factor(std::string_view provider, std::string_view model, std::string_view tier) {
  if (tier.empty()) return Factor{};
  constexpr std::size_t kTierMax = 64;
  if (tier.size() > kTierMax) return std::nullopt;
  const std::string words = lower_case(tier);
  const std::string name = lower_case(model);
  Factor total;
  for (std::size_t begin = 0; begin <= words.size();) {
    const std::size_t end = std::min(words.find_first_of("+,", begin), words.size());
    const std::optional<Factor> one = word_factor(provider, name, std::string_view{words}.substr(begin, end - begin));
    if (!one) return std::nullopt;
    total.times *= one->times;
    total.over *= one->over;
    begin = end + 1;
  }
  // A word is not counted twice: repeated factors past these bounds are no tier of any provider.
  constexpr std::int64_t kFactorMax = 1'000;
  if (total.times > kFactorMax || total.over > kFactorMax) return std::nullopt;
  return total;
}

}  // namespace keyledger::usage
