#include "app/table.h"

#include <algorithm>

#include "app/text.h"

namespace keyledger::app {
namespace {

constexpr std::string_view kGap = "  ";

std::vector<std::size_t> natural_widths(const std::vector<Heading>& headings,
                                        const std::vector<std::vector<Cell>>& rows) {
  std::vector<std::size_t> widths;
  for (const Heading& heading : headings) widths.push_back(display_width(heading.text));
  for (const std::vector<Cell>& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], display_width(row[column].text));
    }
  }
  return widths;
}

/// Takes from the widest column that gives way, a column at a time, until the table fits or none can give more.
void shrink(std::vector<std::size_t>& widths, const std::vector<Heading>& headings, std::size_t limit) {
  std::size_t total = kGap.size() * (widths.size() - 1);
  for (const std::size_t width : widths) total += width;
  while (total > limit) {
    std::size_t widest = widths.size();
    for (std::size_t column = 0; column < widths.size(); ++column) {
      if (!headings[column].gives || widths[column] <= kColumnMin) continue;
      if (widest == widths.size() || widths[column] > widths[widest]) widest = column;
    }
    if (widest == widths.size()) return;
    --widths[widest];
    --total;
  }
}

std::string line(const std::vector<Heading>& headings, const std::vector<std::size_t>& widths,
                 const std::vector<Cell>& row, bool colour) {
  std::string out;
  for (std::size_t column = 0; column < widths.size(); ++column) {
    const Cell cell = column < row.size() ? row[column] : Cell{};
    const std::string text = fit(cell.text, std::max<std::size_t>(widths[column], 1));
    const std::string blanks(widths[column] - std::min(widths[column], display_width(text)), ' ');
    const std::string shown = toned(text, cell.tone, colour && !text.empty());
    if (column > 0) out += kGap;
    out += headings[column].right ? blanks + shown : shown + blanks;
  }
  out.resize(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

}  // namespace

std::string toned(std::string_view text, Tone tone, bool colour) {
  if (!colour || tone == Tone::plain) return std::string{text};
  std::string_view code;
  switch (tone) {
    case Tone::plain: break;
    case Tone::good: code = "32"; break;
    case Tone::warn: code = "33"; break;
    case Tone::bad: code = "31"; break;
    case Tone::faint: code = "2"; break;
  }
  return std::string{"\033["}.append(code).append("m").append(text).append("\033[0m");
}

std::string render_table(const std::vector<Heading>& headings, const std::vector<std::vector<Cell>>& rows,
                         const TableStyle& style) {
  std::vector<std::vector<Cell>> safe = rows;
  for (std::vector<Cell>& row : safe) {
    row.resize(std::min(row.size(), headings.size()));
    for (Cell& cell : row) cell.text = harmless(cell.text);
  }
  std::vector<std::size_t> widths = natural_widths(headings, safe);
  if (style.width > 0) shrink(widths, headings, style.width);
  std::vector<Cell> head;
  for (const Heading& heading : headings) head.push_back({heading.text, Tone::faint});
  std::string out = line(headings, widths, head, style.colour);
  for (const std::vector<Cell>& row : safe) out += line(headings, widths, row, style.colour);
  return out;
}

}  // namespace keyledger::app
