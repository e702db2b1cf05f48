#include "base/csv.h"

#include <string_view>

namespace keyledger {
namespace {

bool is_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_formula(std::string_view text) {
  return !text.empty() && std::string_view{"=+-@\t\r"}.contains(text.front()) && !is_number(text);
}

void append_cell(std::string& out, std::string_view text) {
  const std::string_view guard = is_formula(text) ? "'" : "";
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out.append(guard).append(text);
    return;
  }
  out.append("\"").append(guard);
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string out;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) out += ',';
    append_cell(out, cell);
  }
  return out + "\r\n";
}

}  // namespace keyledger
