// store/sqlite/migrations.h: the numbered SQL texts, and how a list of them is applied.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "store/database.h"

namespace keyledger::store {

struct Migration {
  std::int64_t version;  // 1, 2, 3, ... without gaps
  std::string_view name;
  std::string_view sql;  // portable: with $ID, $BYTES and $CLUSTERED
};

/// Those of src/store/migrations, in order; the build puts them in.
[[nodiscard]] std::span<const Migration> embedded_migrations();

/// `$ID` becomes the primary key that numbers itself and never gives a number twice, `$BYTES` the type for bytes, and
/// `$CLUSTERED` after a table's closing bracket keeps its rows in the order of the primary key, where the engine can.
[[nodiscard]] std::string to_sqlite(std::string_view portable);

/// `migrate` of sqlite.h with another list.
[[nodiscard]] Result<void> migrate_to(Connection& connection, const std::filesystem::path& file,
                                      std::span<const Migration> migrations);

/// The version of a database that holds data of ours and is no newer than we are.
/// Errors: invalid_argument, reason not_a_database (also an empty one); conflict, reasons database_newer,
///         database_unknown.
[[nodiscard]] Result<std::int64_t> known_version(Connection& connection);

}  // namespace keyledger::store
