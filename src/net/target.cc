#include "net/target.h"

#include <algorithm>
#include <optional>

#include "net/ascii.h"

namespace keyledger::net {
namespace {

constexpr std::unexpected<Refusal> refuse(std::string_view detail) {
  return std::unexpected(Refusal{400, "malformed_target", detail});
}

constexpr std::string_view kBadPercent = "A percent sign in the address must be followed by two hexadecimal digits.";
constexpr std::string_view kBadCharacter =
    "The address has a character that must be percent-encoded, or one that is not allowed at all.";
constexpr std::string_view kBadSegment =
    "The path must not have '.' or '..' as a segment, nor an encoded slash or backslash.";
constexpr std::string_view kNotUtf8 = "The address is not UTF-8 once it is decoded.";

// Decodes `text`; nothing if a percent sign is not followed by two digits. A plus is a blank only in a query.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_blank) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

// Whether a decoded character could not have stood in the path by itself: then its encoding hides something.
bool hides_something(std::string_view raw, std::string_view decoded) {
  if (std::ranges::any_of(decoded, is_control) || decoded.find('\\') != std::string_view::npos) return true;
  return std::ranges::count(raw, '/') != std::ranges::count(decoded, '/');
}

bool has_dot_segment(std::string_view path) {
  if (path.find("/.") == std::string_view::npos) return false;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(segment.size());
  }
  return false;
}

std::expected<void, Refusal> read_query(std::string_view raw, Target& target) {
  while (!raw.empty()) {
    const std::string_view pair = raw.substr(0, raw.find('&'));
    raw.remove_prefix(std::min(raw.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    std::optional<std::string> name = percent_decoded(pair.substr(0, equals), true);
    std::optional<std::string> value =
        percent_decoded(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
    if (!name || !value) return refuse(kBadPercent);
    if (name->find('\0') != std::string::npos || value->find('\0') != std::string::npos) return refuse(kBadCharacter);
    if (!is_utf8(*name) || !is_utf8(*value)) return refuse(kNotUtf8);
    target.query.emplace_back(std::move(*name), std::move(*value));
  }
  return {};
}

}  // namespace

std::expected<Target, Refusal> parse_target(std::string_view target) {
  if (target.empty() || target.front() != '/') return refuse("The address must begin with a slash.");
  if (!all_of(target, kTargetChars)) return refuse(kBadCharacter);
  const std::size_t question = target.find('?');
  const std::string_view raw_path = target.substr(0, question);
  Target result;
  if (raw_path.find('%') == std::string_view::npos) {
    result.path = raw_path;
  } else {
    std::optional<std::string> path = percent_decoded(raw_path, false);
    if (!path) return refuse(kBadPercent);
    if (hides_something(raw_path, *path)) return refuse(kBadSegment);
    if (!is_utf8(*path)) return refuse(kNotUtf8);
    result.path = std::move(*path);
  }
  if (has_dot_segment(result.path)) return refuse(kBadSegment);
  if (question != std::string_view::npos) {
    if (auto read = read_query(target.substr(question + 1), result); !read) return std::unexpected(read.error());
  }
  return result;
}

void append_percent_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const char lower = to_lower(c);
    const bool unreserved =
        is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

}  // namespace keyledger::net
