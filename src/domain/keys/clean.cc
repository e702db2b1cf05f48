// Cleaning what people paste when they are asked for a key. Declared in provider_key.h.
#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "domain/keys/provider_key.h"

namespace keyledger::keys {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
/// 'export KEY="Bearer ..."' has five layers; nothing sensible has more than this.
constexpr int kLayersMax = 8;

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);  // npos + 1 is 0: nothing but blanks
}

bool starts_with_word(std::string_view text, std::string_view small_word) {
  const auto same = [](char have, char want) {
    return have == want || (have >= 'A' && have <= 'Z' && have - 'A' + 'a' == want);
  };
  const std::string_view front = text.substr(0, small_word.size());
  return std::equal(front.begin(), front.end(), small_word.begin(), small_word.end(), same);
}

std::string_view without_quotes(std::string_view text) {
  for (const char quote : {'"', '\'', '`'}) {
    if (text.size() >= 2 && text.front() == quote && text.back() == quote) return text.substr(1, text.size() - 2);
  }
  return text;
}

/// Takes off "NAME=" where NAME is in capitals and says that a key follows. Keys themselves may hold a =.
std::string_view without_variable(std::string_view text) {
  const std::size_t mark = text.find('=');
  if (mark == std::string_view::npos || mark + 1 == text.size()) return text;
  const std::string_view name = text.substr(0, mark);
  const bool capitals = std::all_of(
      name.begin(), name.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
  const bool tells = name.find("KEY") != std::string_view::npos || name.find("TOKEN") != std::string_view::npos;
  return capitals && tells && text[mark + 1] != '=' ? text.substr(mark + 1) : text;
}

std::string_view without_words(std::string_view text) {
  for (const std::string_view word : {"export ", "authorization:", "bearer "}) {
    if (starts_with_word(text, word)) return text.substr(word.size());
  }
  return text;
}

std::string_view unwrapped(std::string_view text) {
  for (int layer = 0; layer < kLayersMax; ++layer) {
    const std::string_view before = text;
    text = without_variable(without_words(without_quotes(trimmed(text))));
    if (text.size() == before.size()) break;
  }
  return trimmed(text);
}

/// What a character that no key has looks like to the person who pasted it.
std::string name_of(std::string_view sequence) {
  if (sequence.empty()) return "a byte that is no text";
  const auto point = static_cast<std::uint32_t>(utf8::code_point(sequence));
  if (point == ' ' || point == '\t') return "a blank";
  if (point == '\n' || point == '\r') return "a line break";
  if (utf8::is_control(sequence)) return fmt::format("a control character (U+{:04X})", point);
  if (point >= 0x2010 && point <= 0x2015) return fmt::format("a typographic dash (U+{:04X})", point);
  if (point >= 0x2018 && point <= 0x201f) return fmt::format("a typographic quotation mark (U+{:04X})", point);
  const bool space = point == 0xa0 || (point >= 0x2000 && point <= 0x200f) || point == 0x202f || point == 0x2060 ||
                     point == 0x3000 || point == 0xfeff || point == 0xad;
  return fmt::format("{} (U+{:04X})", space ? "an invisible space" : "a character outside ASCII", point);
}

/// Names the first character that a key cannot have, or nothing.
std::optional<std::string> stranger(std::string_view key) {
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i] > ' ' && key[i] < '\x7f') continue;
    return fmt::format("{} at character {}", name_of(key.substr(i, utf8::sequence_length(key.substr(i)))), i + 1);
  }
  return std::nullopt;
}

std::unexpected<Error> malformed(std::string message) {
  return fail(Code::invalid_argument, std::move(message), "malformed_key", "full_key");
}

}  // namespace

Result<Secret> clean(Secret pasted) {
  const std::string_view key = unwrapped(pasted.reveal());
  if (key.empty()) return malformed("The key is empty; paste the whole key.");
  if (key.size() > kKeyBytesMax) {
    return malformed(fmt::format("The key has {} characters; a key has at most {}.", key.size(), kKeyBytesMax));
  }
  if (const std::optional<std::string> found = stranger(key)) {
    return malformed(fmt::format("The key contains {}; copy it again from where it was made.", *found));
  }
  return Secret{std::string{key}};
}

}  // namespace keyledger::keys
