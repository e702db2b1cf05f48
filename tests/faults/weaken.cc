#include <algorithm>
#include <cctype>

#include "faults/fault_vfs.h"

namespace keyledger::faults {
namespace {

constexpr std::string_view kPragma = "synchronous";
constexpr std::string_view kStrong = "full";
constexpr std::string_view kWeak = "1   ";  // NORMAL by its number: as long as FULL, so that positions stay the same

bool same_letter(char left, char right) {
  return std::tolower(static_cast<unsigned char>(left)) == std::tolower(static_cast<unsigned char>(right));
}

/// Where the word begins, from `start` on, in either case.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t start) {
  const auto at =
      std::search(text.begin() + static_cast<std::ptrdiff_t>(start), text.end(), word.begin(), word.end(), same_letter);
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

}  // namespace

std::optional<std::string> weaken_synchronous(std::string_view sql) {
  std::string text(sql);
  bool found = false;
  for (std::size_t at = find_word(text, kPragma, 0); at != std::string::npos;) {
    at += kPragma.size();
    const std::size_t value = std::min(text.find_first_not_of(" \t\r\n=(", at), text.size());
    if (value > at && find_word(text, kStrong, value) == value) {
      text.replace(value, kStrong.size(), kWeak);
      found = true;
    }
    at = find_word(text, kPragma, value);
  }
  return found ? std::optional(text) : std::nullopt;
}

}  // namespace keyledger::faults
