// domain/rentals/csv.h: CSV by RFC 4180, record by record.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace keyledger::rentals {

/// A record, and where it stands. `problem` says what is wrong with its form; then its fields are worth nothing.
struct CsvRecord {
  std::size_t line = 0;  // of its beginning, from 1
  std::vector<std::string> fields{};
  std::string problem{};
};

/// Fields with commas, quotes or line breaks stand in quotes, quotes among them are doubled; records end in CR LF or
/// LF. A byte order mark at the front and empty lines are passed over. A quote inside a field that does not begin with
/// one stands for itself.
class CsvReader {
 public:
  static constexpr std::size_t kFieldBytesMax = 16 << 10;  // of any field; more is a problem of its record
  static constexpr std::size_t kFieldsMax = 100;           // of a record

  explicit CsvReader(std::string_view text);

  /// The next record; nothing at the end. Errors: invalid_argument, reason malformed_csv, with line and field: a quote
  /// that never ends, after which nothing can be told apart.
  [[nodiscard]] Result<std::optional<CsvRecord>> next();

 private:
  [[nodiscard]] Result<void> read_field(CsvRecord& record);
  [[nodiscard]] bool read_quoted(CsvRecord& record, std::string& field);
  void read_plain(std::string& field);
  [[nodiscard]] bool at_line_end() const;
  void skip_line_end();

  std::string_view rest_;
  std::size_t line_ = 1;
};

}  // namespace keyledger::rentals
