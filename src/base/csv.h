// base/csv.h: a line of CSV. domain/rentals/csv.h reads what others wrote.
#pragma once

#include <string>
#include <vector>

namespace keyledger {

/// One line of CSV by RFC 4180, with CR LF. A text that a spreadsheet would take for a formula (it begins with =, +, -,
/// @, a tab or a carriage return, and is no number) gets an apostrophe in front.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& cells);

}  // namespace keyledger
