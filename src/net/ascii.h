// net/ascii.h: characters as HTTP sees them. Never the locale's idea of a letter.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace keyledger::net {

[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The value of a hexadecimal digit, or -1.
[[nodiscard]] constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// A control character: below the blank, or DEL.
[[nodiscard]] constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

inline constexpr std::array<bool, 256> kTokenChars = [] {
  std::array<bool, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    const char letter = static_cast<char>(byte);
    table[byte] = is_digit(letter) || (to_lower(letter) >= 'a' && to_lower(letter) <= 'z');
  }
  for (const char sign : std::string_view{"!#$%&'*+-.^_`|~"}) table[static_cast<unsigned char>(sign)] = true;
  return table;
}();

/// What RFC 9110 allows in a token: names of fields, methods, chunk extensions.
[[nodiscard]] constexpr bool is_token_char(char c) {
  return kTokenChars[static_cast<unsigned char>(c)];
}

[[nodiscard]] constexpr bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (to_lower(left[i]) != to_lower(right[i])) return false;
  }
  return true;
}

/// Whether there is a control character other than a tab in the text. Looks at every byte, so that it is done in words.
[[nodiscard]] constexpr bool has_control(std::string_view text) {
  unsigned found = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    found |= static_cast<unsigned>(byte < 0x20) & static_cast<unsigned>(byte != '\t');
    found |= static_cast<unsigned>(byte == 0x7f);
  }
  return found != 0;
}

/// Without blanks and tabs at both ends.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Whether the bytes are UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view bytes);

}  // namespace keyledger::net
