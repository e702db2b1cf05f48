// store/sqlite/failure.h: what SQLite's result codes mean to a caller.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

struct sqlite3;

namespace keyledger::store {

/// Everything that SQLite tells about a failure.
struct SqliteFailure {
  int code = 0;           // the extended result code
  int system_error = 0;   // errno, where one was the cause
  std::string message{};  // names of tables and columns, never values
};

/// The last failure of a connection.
[[nodiscard]] SqliteFailure last_failure(sqlite3* handle, int code);

/// The classes are those that database.h promises.
[[nodiscard]] Error to_error(const SqliteFailure& failure);

/// "accounts.email" of "UNIQUE constraint failed: accounts.email".
[[nodiscard]] std::string constraint_name(const SqliteFailure& failure);

}  // namespace keyledger::store
