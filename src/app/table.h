// app/table.h: rows for people (aligned, cut to the terminal) and for programs (CSV).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keyledger::app {

enum class Tone { plain, good, warn, bad, faint };

struct Cell {
  std::string text{};
  Tone tone = Tone::plain;
};

struct Heading {
  std::string text{};
  bool right = false;  // numbers
  bool gives = false;  // gives way when the terminal is narrow
};

struct TableStyle {
  std::size_t width = 0;  // of the terminal; 0: no limit, for pipes and files
  bool colour = false;
};

inline constexpr std::size_t kColumnMin = 8;  // what a column that gives way keeps

/// One line for the headings, one for each row, columns two blanks apart, no blanks at a line's end. Cells are made
/// harmless. Rows shorter than the headings are filled up with nothing.
[[nodiscard]] std::string render_table(const std::vector<Heading>& headings, const std::vector<std::vector<Cell>>& rows,
                                       const TableStyle& style);

/// Text in the colour of a tone; as it is without colour.
[[nodiscard]] std::string toned(std::string_view text, Tone tone, bool colour);

}  // namespace keyledger::app
