#include "domain/usage/match.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace keyledger::usage {

class Pattern {
 public:
  explicit Pattern(std::regex regex) : regex_(std::move(regex)) {}
  [[nodiscard]] bool found_in(std::string_view text) const {
    try {
      return std::regex_search(text.begin(), text.end(), regex_);
    } catch (const std::regex_error&) {  // the library gave up: too complex
      return false;
    }
  }

 private:
  std::regex regex_;
};

namespace {

constexpr int kOpenRepetitionsMax = 2;
constexpr int kOptionalPartsMax = 8;
constexpr int kAlternativesMax = 16;

/// What makes a pattern slow, counted.
struct Weight {
  int open_repetitions = 0;  // * + {2,}
  int optional_parts = 0;    // ? {2,3}
  int alternatives = 0;      // |
  bool repeats_group = false;
  bool refers_back = false;
};

/// The end of a character class that begins at `at`, so that what stands inside is not taken for an operator.
std::size_t end_of_class(std::string_view pattern, std::size_t at) {
  std::size_t i = at + 1;
  if (i < pattern.size() && pattern[i] == '^') ++i;
  for (; i < pattern.size() && pattern[i] != ']'; ++i) {
    if (pattern[i] == '\\') ++i;
  }
  return i;
}

/// Counts the repetition that begins at `at`; answers where it ends.
std::size_t weigh_braces(std::string_view pattern, std::size_t at, Weight& weight) {
  const std::size_t end = pattern.find('}', at);
  if (end == std::string_view::npos) return at;
  const std::string_view inside = pattern.substr(at + 1, end - at - 1);
  const std::size_t comma = inside.find(',');
  if (comma != std::string_view::npos) {
    (comma + 1 == inside.size() ? weight.open_repetitions : weight.optional_parts) += 1;
  }
  return end;
}

Weight weigh(std::string_view pattern) {
  Weight weight;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const char before = i == 0 ? '\0' : pattern[i - 1];
    const bool group_before = before == ')';
    switch (c) {
      case '\\':
        ++i;
        if (i < pattern.size() && pattern[i] >= '1' && pattern[i] <= '9') weight.refers_back = true;
        break;
      case '[': i = end_of_class(pattern, i); break;
      case '|': weight.alternatives += 1; break;
      case '*':
      case '+':
        weight.repeats_group |= group_before;
        weight.open_repetitions += 1;
        break;
      case '{':
        weight.repeats_group |= group_before;
        i = weigh_braces(pattern, i, weight);
        break;
      case '?':
        // "(?" opens a special group, and "*?" only makes a repetition lazy.
        if (before != '(' && before != '*' && before != '+' && before != '?') weight.optional_parts += 1;
        break;
      default: break;
    }
  }
  return weight;
}

bool harmless(const Weight& weight) {
  return !weight.repeats_group && !weight.refers_back && weight.open_repetitions <= kOpenRepetitionsMax &&
         weight.optional_parts <= kOptionalPartsMax && weight.alternatives <= kAlternativesMax;
}

std::unexpected<Error> malformed(std::string message) {
  return fail(Code::invalid_argument, std::move(message), "malformed_price_rule");
}

Result<MatchRule> make_pattern(std::string_view text) {
  if (!harmless(weigh(text))) {
    return malformed(
        fmt::format("The pattern \"{}\" could take too long to match; write it without repeated groups "
                    "and with fewer repetitions.",
                    text));
  }
  try {
    std::regex regex(std::string{text}, std::regex::ECMAScript | std::regex::icase);
    return MatchRule{MatchKind::regex, std::string{text}, {}, std::make_shared<const Pattern>(std::move(regex))};
  } catch (const std::regex_error&) {
    return malformed(fmt::format("\"{}\" is not a regular expression.", text));
  }
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

Result<MatchRule> make_rule(MatchKind kind, std::string_view text) {
  check_invariant(kind != MatchKind::all_of && kind != MatchKind::any_of, "make_rule is for rules about the text");
  if (text.empty() || text.size() > kMatchTextMax) {
    return malformed(fmt::format("A matching rule has 1 to {} characters.", kMatchTextMax));
  }
  if (kind == MatchKind::regex) return make_pattern(text);
  return MatchRule{kind, lower_case(text), {}, nullptr};
}

bool matches(const MatchRule& rule, std::string_view name) {
  if (name.size() > kModelNameMax) return false;
  const auto holds = [name](const MatchRule& part) { return matches(part, name); };
  switch (rule.kind) {
    case MatchKind::equals: return name == rule.text;
    case MatchKind::starts_with: return name.starts_with(rule.text);
    case MatchKind::ends_with: return name.ends_with(rule.text);
    case MatchKind::contains: return name.find(rule.text) != std::string_view::npos;
    case MatchKind::regex: return rule.pattern != nullptr && rule.pattern->found_in(name);
    case MatchKind::all_of: return std::ranges::all_of(rule.parts, holds);
    case MatchKind::any_of: return std::ranges::any_of(rule.parts, holds);
  }
  std::unreachable();
}

}  // namespace keyledger::usage
