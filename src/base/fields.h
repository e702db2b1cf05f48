// base/fields.h: what may stand in the fields that a person fills in: names, e-mail addresses, notes.
//
// Lengths are counted in characters. Each check gives the text back as it is to be stored, without blanks around it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace keyledger::fields {

inline constexpr std::size_t kEmailBytesMax = 254;  // what SMTP can carry (RFC 5321, with the angle brackets taken off)
inline constexpr std::size_t kNameMax = 200;
inline constexpr std::size_t kNotesMax = 10'000;

/// One @ with something before it and, behind it, "localhost" or a name with a dot inside.
/// Errors: invalid_argument, field `email`, reasons malformed_email, too_long, control_characters.
[[nodiscard]] Result<std::string> check_email(std::string_view text);

/// The form in which two e-mail addresses are compared: without blanks around it, ASCII letters small.
[[nodiscard]] std::string fold_email(std::string_view email);

/// 1 to 200 characters in one line. Errors: invalid_argument with `field`, reasons missing_name, too_long,
/// control_characters.
[[nodiscard]] Result<std::string> check_name(std::string_view text, std::string_view field = "name");

/// At most `characters_max` in one line, or nothing. Errors: invalid_argument with `field`, reasons too_long,
/// control_characters.
[[nodiscard]] Result<std::string> check_line(std::string_view text, std::string_view field, std::size_t characters_max);

/// The same in as many lines as wished.
[[nodiscard]] Result<std::string> check_lines(std::string_view text, std::string_view field,
                                              std::size_t characters_max);

/// At most 10,000 characters, in as many lines as wished. Errors: as check_line, field `notes`.
[[nodiscard]] Result<std::string> check_notes(std::string_view text);

}  // namespace keyledger::fields
