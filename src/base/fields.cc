#include "base/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"

namespace keyledger::fields {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);  // npos + 1 is 0: nothing but blanks
}

/// Whether the text has what does not show: control characters other than those allowed, or bytes that are no text.
bool has_control(std::string_view text, std::string_view allowed = {}) {
  while (!text.empty()) {
    const std::size_t length = utf8::sequence_length(text);
    if (length == 0) return true;
    const bool let_through = length == 1 && allowed.find(text.front()) != std::string_view::npos;
    if (!let_through && utf8::is_control(text.substr(0, length))) return true;
    text.remove_prefix(length);
  }
  return false;
}

std::unexpected<Error> refused(std::string_view field, std::string message, std::string reason) {
  return fail(Code::invalid_argument, std::move(message), std::move(reason), std::string{field});
}

Result<std::string> check_text(std::string_view text, std::string_view field, std::size_t characters_max,
                               std::string_view allowed) {
  const std::string_view kept = trimmed(text);
  if (utf8::count(kept) > characters_max) {
    return refused(field, fmt::format("{} has at most {} characters.", field, characters_max), "too_long");
  }
  if (has_control(kept, allowed)) {
    return refused(field, fmt::format("{} contains control characters; leave them out.", field), "control_characters");
  }
  return std::string{kept};
}

/// "localhost", or labels with a dot between them.
bool is_domain(std::string_view domain) {
  if (domain == "localhost") return true;
  return domain.find('.') != std::string_view::npos && !domain.starts_with('.') && !domain.ends_with('.') &&
         domain.find("..") == std::string_view::npos;
}

}  // namespace

Result<std::string> check_email(std::string_view text) {
  const std::string_view email = trimmed(text);
  if (email.size() > kEmailBytesMax) {
    return refused("email", fmt::format("An e-mail address has at most {} characters.", kEmailBytesMax), "too_long");
  }
  if (has_control(email)) {
    return refused("email", "The e-mail address contains control characters; leave them out.", "control_characters");
  }
  const std::size_t at = email.find('@');
  const bool one_at = at != std::string_view::npos && email.find('@', at + 1) == std::string_view::npos;
  if (!one_at || at == 0 || email.find(' ') != std::string_view::npos || !is_domain(fold_email(email.substr(at + 1)))) {
    return refused("email", "An e-mail address looks like ada@example.com.", "malformed_email");
  }
  return std::string{email};
}

std::string fold_email(std::string_view email) {
  std::string folded{trimmed(email)};
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

Result<std::string> check_line(std::string_view text, std::string_view field, std::size_t characters_max) {
  return check_text(text, field, characters_max, {});
}

Result<std::string> check_lines(std::string_view text, std::string_view field, std::size_t characters_max) {
  return check_text(text, field, characters_max, "\t\r\n");
}

Result<std::string> check_name(std::string_view text, std::string_view field) {
  Result<std::string> name = check_line(text, field, kNameMax);
  if (name && name->empty()) return refused(field, "Give it a name.", "missing_name");
  return name;
}

Result<std::string> check_notes(std::string_view text) {
  return check_lines(text, "notes", kNotesMax);
}

}  // namespace keyledger::fields
