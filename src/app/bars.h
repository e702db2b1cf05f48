// app/bars.h: numbers as bars of block characters, for people who read them on a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace keyledger::app {

/// A bar from left to right, `width` columns for `largest`, in steps of an eighth of a column. What is more than
/// nothing shows at least the thinnest.
[[nodiscard]] std::string bar(std::int64_t value, std::int64_t largest, std::size_t width);

/// A column from the ground up in eighths of one line; a blank for nothing.
[[nodiscard]] std::string column_of(std::int64_t value, std::int64_t largest);

}  // namespace keyledger::app
