// store/sqlite/statement.h: one prepared statement, bound by name, and the row it stands on.
//
// SQLiteCpp's own statement cannot be prepared to be kept (SQLITE_PREPARE_PERSISTENT) and reports by throwing, which a
// refused duplicate should not cost; so statements use the C interface and SQLiteCpp holds the connection.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "store/database.h"

struct sqlite3;
struct sqlite3_stmt;

namespace keyledger::store {

enum class Lifetime { once, kept };

class SqliteStatement {
 public:
  /// Errors: internal for SQL that is wrong or is more than one statement; those of SQLite.
  [[nodiscard]] static Result<SqliteStatement> prepare(sqlite3* handle, const std::string& sql, Lifetime lifetime);

  /// Binds every `:name`. The values are not copied: they have to outlive the run, up to `reset`.
  /// Errors: internal for a name that is not given, and for a parameter without a name.
  [[nodiscard]] Result<void> bind(std::span<const Parameter> parameters);

  /// Binds by position; as many values as the statement has. Not copied either.
  [[nodiscard]] Result<void> bind_raw(std::span<const RawValue> values);

  /// SQLITE_ROW, SQLITE_DONE, or a failure.
  [[nodiscard]] int step();
  /// Ready for the next run; forgets what was bound.
  void reset() noexcept;
  /// Ready for the next run, for which everything is bound anew.
  void rewind() noexcept;

  [[nodiscard]] bool running() const;
  [[nodiscard]] bool only_reads() const;
  [[nodiscard]] sqlite3_stmt* handle() const { return statement_.get(); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// The row that a statement stands on.
class SqliteRow final : public RowView {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  [[nodiscard]] std::size_t columns() const override;
  [[nodiscard]] bool is_null(std::size_t column) const override;
  [[nodiscard]] std::int64_t integer(std::size_t column) const override;
  [[nodiscard]] std::string_view text(std::size_t column) const override;
  [[nodiscard]] std::span<const std::uint8_t> bytes(std::size_t column) const override;

 private:
  /// Throws unless the column is there and holds this type.
  [[nodiscard]] int checked(std::size_t column, int type) const;
  [[noreturn]] void refuse(std::size_t column, int found, int wanted) const;
  sqlite3_stmt* statement_;
};

}  // namespace keyledger::store
