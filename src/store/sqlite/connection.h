// store/sqlite/connection.h: SQLite behind the Connection interface.
#pragma once

#include <SQLiteCpp/Database.h>

#include <optional>
#include <string>

#include "store/database.h"
#include "store/sqlite/bulk_insert.h"
#include "store/sqlite/statement_cache.h"

namespace keyledger::store {

class SqliteConnection final : public Connection {
 public:
  explicit SqliteConnection(SQLite::Database database, std::function<bool()> cancelled = {});

  Result<std::int64_t> execute(const std::string& sql, std::span<const Parameter> parameters,
                               const RowSink& sink) override;
  Result<void> insert_rows(const BulkInsert& insert, std::span<const RawValue> values) override;
  Result<void> run_script(std::string_view script) override;
  Result<void> begin(Access access) override;
  Result<void> commit() override;
  Result<void> rollback() override;
  Result<void> savepoint() override;
  Result<void> release_savepoint() override;
  Result<void> rollback_to_savepoint() override;
  Result<void> verify() override;

 private:
  [[nodiscard]] Result<std::int64_t> run(const std::string& sql, std::span<const Parameter> parameters,
                                         const RowSink& sink);
  [[nodiscard]] Result<void> step_through(SqliteStatement& statement, const RowSink& sink);
  [[nodiscard]] Result<void> control(const std::string& sql);
  [[nodiscard]] Result<void> insert_each(const std::string& sql, std::size_t step, std::span<const RawValue> values);
  [[nodiscard]] Result<void> move_log_into_database();
  [[nodiscard]] Result<void> check_structure();
  [[nodiscard]] Error failure(int code);
  /// SQLite ends a transaction by itself on some failures; whatever came next would be stored at once.
  [[nodiscard]] Result<void> still_in_transaction() const;

  const std::function<bool()> cancelled_;
  SQLite::Database database_;
  StatementCache statements_;  // after the database: statements have to go before it is closed
  BulkTextCache bulk_texts_{};
  bool in_transaction_ = false;
  std::optional<Error> lost_{};
};

}  // namespace keyledger::store
