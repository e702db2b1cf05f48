// app/text.h: foreign text on a terminal: made harmless, measured, cut to a width.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace keyledger::app {

/// Replaces what a terminal would obey instead of show: control characters become a visible escape such as \x1b, marks
/// that turn the direction of writing vanish, invalid UTF-8 becomes U+FFFD. The result is one line.
[[nodiscard]] std::string harmless(std::string_view text);

/// How many columns a terminal uses for text that `harmless` has gone over: 2 for wide East Asian characters and
/// emoji, 0 for marks that combine.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// Cuts to at most `columns`, with an ellipsis where something is missing. columns >= 1.
[[nodiscard]] std::string fit(std::string_view text, std::size_t columns);

/// "1,204" for people.
[[nodiscard]] std::string grouped(long long number);

}  // namespace keyledger::app
