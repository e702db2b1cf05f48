#include "domain/rentals/csv.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::rentals {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

bool CsvReader::at_line_end() const {
  return rest_.empty() || rest_.starts_with('\n') || rest_.starts_with("\r\n");
}

void CsvReader::skip_line_end() {
  if (rest_.empty()) return;
  rest_.remove_prefix(rest_.starts_with('\n') ? 1 : 2);
  ++line_;
}

/// Reads a field in quotes up to its closing one; false if there is none.
bool CsvReader::read_quoted(CsvRecord& record, std::string& field) {
  rest_.remove_prefix(1);
  for (;;) {
    const std::size_t quote = rest_.find('"');
    if (quote == std::string_view::npos) return false;
    const std::string_view piece = rest_.substr(0, quote);
    line_ += static_cast<std::size_t>(std::ranges::count(piece, '\n'));
    if (field.size() <= kFieldBytesMax) field += piece;  // what is longer is refused anyway
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) break;
    field += '"';
    rest_.remove_prefix(1);
  }
  if (at_line_end() || rest_.starts_with(',')) return true;
  record.problem = "after the closing quote comes a comma or the end of the line; quotes inside are doubled";
  std::string ignored;
  read_plain(ignored);
  return true;
}

void CsvReader::read_plain(std::string& field) {
  std::size_t end = std::min(rest_.find_first_of(",\n"), rest_.size());
  const bool line_ends = end < rest_.size() && rest_[end] == '\n';
  if (line_ends && end > 0 && rest_[end - 1] == '\r') --end;
  field += rest_.substr(0, end);
  rest_.remove_prefix(end);
}

Result<void> CsvReader::read_field(CsvRecord& record) {
  const std::size_t line = line_;
  const std::size_t number = record.fields.size() + 1;
  std::string field;
  if (!rest_.starts_with('"')) {
    read_plain(field);
  } else if (!read_quoted(record, field)) {
    return fail(Code::invalid_argument,
                fmt::format("Line {}, field {}: the quote that begins there never ends.", line, number),
                "malformed_csv", "csv");
  }
  if (field.size() > kFieldBytesMax) {
    record.problem = fmt::format("field {} has over {} bytes", number, kFieldBytesMax);
    field.clear();
  }
  if (number <= kFieldsMax) {
    record.fields.push_back(std::move(field));
  } else {
    record.problem = fmt::format("there are over {} fields", kFieldsMax);
  }
  return {};
}

Result<std::optional<CsvRecord>> CsvReader::next() {
  while (!rest_.empty() && at_line_end()) skip_line_end();
  if (rest_.empty()) return std::nullopt;
  CsvRecord record{.line = line_};
  for (;;) {
    const Result<void> read = read_field(record);
    if (!read) return std::unexpected(read.error());
    if (!rest_.starts_with(',')) break;
    rest_.remove_prefix(1);
  }
  skip_line_end();
  return std::optional{std::move(record)};
}

}  // namespace keyledger::rentals
