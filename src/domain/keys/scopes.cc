#include "domain/keys/scopes.h"

#include <algorithm>

namespace keyledger::keys {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// The rest of the sentence: up to a full stop before a blank or the end, or up to the end of the line.
std::string_view sentence(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool stop = text[i] == '.' && (i + 1 == text.size() || is_blank(text[i + 1]));
    if (stop || text[i] == '\n') return text.substr(0, i);
  }
  return text;
}

bool is_scope(std::string_view word) {
  if (word.empty() || word.size() > kScopeBytesMax || word == "and" || word == "or") return false;
  return std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"._:-/*"}.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::vector<std::string> missing_scopes(std::string_view message) {
  constexpr std::string_view kMark = "Missing scopes:";
  constexpr std::string_view kSeparators = " \t\r,;'\"`";
  std::vector<std::string> scopes;
  const std::size_t mark = message.find(kMark);
  if (mark == std::string_view::npos) return scopes;
  std::string_view rest = sentence(message.substr(mark + kMark.size()));
  while (scopes.size() < kScopesMax) {
    rest.remove_prefix(std::min(rest.find_first_not_of(kSeparators), rest.size()));
    if (rest.empty()) break;
    const std::string_view word = rest.substr(0, rest.find_first_of(kSeparators));
    rest.remove_prefix(word.size());
    const bool known = std::find(scopes.begin(), scopes.end(), word) != scopes.end();
    if (is_scope(word) && !known) scopes.emplace_back(word);
  }
  return scopes;
}

}  // namespace keyledger::keys
