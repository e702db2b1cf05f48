// domain/usage/match.h: the rules by which a price catalogue says which model names a price is for.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace keyledger::usage {

inline constexpr std::size_t kModelNameMax = 200;    // longer names match nothing
inline constexpr std::size_t kMatchTextMax = 200;    // a rule's text or pattern
inline constexpr std::size_t kMatchDepthMax = 8;     // and/or inside and/or
inline constexpr std::size_t kMatchPartsMax = 1000;  // parts of one and/or

enum class MatchKind { equals, starts_with, ends_with, contains, regex, all_of, any_of };

/// A regular expression that was checked to be harmless; see `make_rule`.
class Pattern;

struct MatchRule {
  MatchKind kind = MatchKind::equals;
  std::string text{};                        // lower case; the pattern as written for regex
  std::vector<MatchRule> parts{};            // of all_of and any_of
  std::shared_ptr<const Pattern> pattern{};  // of regex
};

/// A rule about the text itself: equals, starts_with, ends_with, contains or regex.
///
/// A catalogue comes from outside, and the library's matcher backtracks: "(a+)+$" takes years on 40 letters. So a
/// pattern is refused if it repeats a group, refers back, or has more than two open repetitions, eight optional parts
/// or 16 alternatives. With names of at most 200 characters that bounds a match to some millions of steps at the very
/// worst.
///
/// Errors: invalid_argument, reason malformed_price_rule.
[[nodiscard]] Result<MatchRule> make_rule(MatchKind kind, std::string_view text);

/// Whether the rule holds for a model name that is already in lower case. Never for names over kModelNameMax.
[[nodiscard]] bool matches(const MatchRule& rule, std::string_view lower_name);

/// ASCII letters in lower case.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace keyledger::usage
