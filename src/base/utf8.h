// base/utf8.h: the little that is to be known about UTF-8 wherever foreign text is stored, shortened or shown.
#pragma once

#include <cstddef>
#include <string_view>

namespace keyledger::utf8 {

/// The length of the valid sequence at the front of `text`: 1 to 4; 0 if there is none, or no text.
[[nodiscard]] std::size_t sequence_length(std::string_view text);

/// Whether a sequence steers a terminal or breaks a line instead of showing something: U+0000 to U+001F, U+007F to
/// U+009F, U+2028, U+2029.
[[nodiscard]] bool is_control(std::string_view sequence);

/// The number of the character that a valid sequence stands for.
[[nodiscard]] char32_t code_point(std::string_view sequence);

/// How many characters the text has; each byte that belongs to none counts as one.
[[nodiscard]] std::size_t count(std::string_view text);

}  // namespace keyledger::utf8
