// store/foreign_file.h: reads SQLite files that other programs have written, and believes nothing in them.
//
// A column's declared type says nothing in SQLite: text stands in integer columns, bytes in text columns. So a value is
// given as what it is, and whoever asked makes of it what it can.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "store/sqlite.h"

namespace keyledger::store {

/// Nothing, a whole number, a text, or bytes. A fraction is given as its text, and so is all text, of whatever
/// encoding.
using ForeignValue = std::variant<std::monostate, std::int64_t, std::string, Bytes>;

struct ForeignTable {
  std::string name{};
  std::vector<std::string> columns{};  // in lower case, as SQLite compares them
};

/// `values` are in the order of the columns that were asked for; none where the row is larger than we take.
struct ForeignRow {
  std::int64_t id = 0;  // the rowid, which is `id` where that is the table's primary key
  bool too_large = false;
  std::vector<ForeignValue> values{};

  [[nodiscard]] std::size_t bytes() const;  // of the texts
};

/// One state of the file: what others write meanwhile is not seen. Used by one thread at a time.
class ForeignFile {
 public:
  static constexpr std::int64_t kRowBytesMax = 1 << 20;

  /// Opens for reading only. No extension, trigger or view of the file runs, nor any function that its schema should
  /// not have. Errors: not_found, reason no_such_file; forbidden, reason unreadable_file; invalid_argument, reason
  /// not_a_database;
  ///         unavailable, reasons busy (another program holds it), cannot_open, cancelled; too_large, reason
  ///         file_too_large; invalid_argument, reason damaged_file.
  [[nodiscard]] static Result<ForeignFile> open(const std::filesystem::path& file, const Cancelled& cancelled = {});
  ForeignFile(ForeignFile&&) noexcept;
  ForeignFile& operator=(ForeignFile&&) noexcept;
  ~ForeignFile();

  /// Ordinary tables alone: no views, no virtual tables, none without rowid.
  [[nodiscard]] const std::vector<ForeignTable>& tables() const;
  /// How many rows a table has.
  [[nodiscard]] Result<std::int64_t> count(const ForeignTable& table) const;
  /// Every row with an id above `after`, in the order of the ids; false from `sink` ends it. Columns that the table
  /// does not have are no good. Errors: invalid_argument, reason damaged_file; unavailable, reasons io_error,
  /// cancelled.
  [[nodiscard]] Result<void> each(const ForeignTable& table, const std::vector<std::string>& columns,
                                  std::int64_t after, const std::function<bool(ForeignRow)>& sink) const;

 private:
  struct Impl;
  explicit ForeignFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace keyledger::store
