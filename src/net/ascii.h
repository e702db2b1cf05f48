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

/// A rule about characters as a table of all bytes, for loops over every byte of a request.
using CharTable = std::array<bool, 256>;
template <typename Rule>
[[nodiscard]] constexpr CharTable char_table(Rule allows) {
  CharTable table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) table[byte] = allows(static_cast<char>(byte));
  return table;
}

inline constexpr CharTable kTokenChars = char_table([](char c) {
  const char lower = to_lower(c);
  return is_digit(c) || (lower >= 'a' && lower <= 'z') || std::string_view{"!#$%&'*+-.^_`|~"}.contains(c);
});

/// What may stand in the target of a request as it is: the rest has to be percent-encoded.
inline constexpr CharTable kTargetChars =
    char_table([](char c) { return c > 0x20 && c < 0x7f && c != '#' && c != '\\'; });

/// What may stand in the value of a field: all but control characters; a tab may.
inline constexpr CharTable kValueChars = char_table([](char c) { return !is_control(c) || c == '\t'; });

/// Whether the table allows every character.
[[nodiscard]] constexpr bool all_of(std::string_view text, const CharTable& table) {
  return std::ranges::all_of(text, [&](char c) { return table[static_cast<unsigned char>(c)]; });
}

/// What RFC 9110 allows in a token: names of fields, methods, chunk extensions.
[[nodiscard]] constexpr bool is_token_char(char c) {
  return kTokenChars[static_cast<unsigned char>(c)];
}

[[nodiscard]] constexpr bool is_token(std::string_view text) {
  return !text.empty() && all_of(text, kTokenChars);
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
