// domain/usage/tiers.h: what service tiers, speeds and regions do to a list price. The catalogue does not know them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace keyledger::usage {

/// Times `times` over `over`: half price is 1 over 2.
struct Factor {
  std::int64_t times = 1;
  std::int64_t over = 1;
  bool operator==(const Factor&) const = default;
};

/// The factor for a tier as a provider's report names it. Words may be joined by "+" or ",", as in "batch+us": their
/// factors multiply. Empty, standard, default, auto, global and not_available are the list price.
/// Nothing: a word whose price is not known. What it covers is unpriced, never charged at a guess.
/// Source: the table in tiers.cc says for each line how well it is known.
[[nodiscard]] std::optional<Factor> tier_factor(std::string_view provider, std::string_view model,
                                                std::string_view tier);

}  // namespace keyledger::usage
