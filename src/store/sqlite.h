// store/sqlite.h: the SQLite driver and the life of its file: opening, pragmas, migrations, copies.
#pragma once

#include <filesystem>
#include <string>

#include "base/instant.h"
#include "store/writer.h"

namespace keyledger::store {

/// Asked now and then by work that may take long; true: give up, with unavailable, reason cancelled.
using Cancelled = std::function<bool()>;

struct SqliteOptions {
  std::filesystem::path file;
  bool read_only = false;
  std::string vfs{};      // a registered SQLite VFS, for fault tests; empty: the default
  Cancelled cancelled{};  // empty: never
};

/// Opens with WAL, synchronous=FULL, foreign keys; the writer checkpoints, readers never do.
/// The file and its log are of mode 0600; a writer makes the file if it is missing, a reader does not.
/// Errors: unavailable (reason cannot_open, io_error, disk_full), invalid_argument (reason not_a_database), internal
/// (reason database_damaged).
[[nodiscard]] Result<std::unique_ptr<Connection>> open_sqlite(const SqliteOptions& options);

/// Brings the database forward: refuses one that is newer than this program; if a migration is due and the file has
/// data, first copies it to `<file>.before-<version>`, the version being that of this program; each migration runs in a
/// transaction of its own, and one that fails leaves the version before it whole.
/// Errors: conflict, reason database_newer or database_unknown (changed by a migration that this program does not
/// know); invalid_argument, reason not_a_database (tables of another program); unavailable.
[[nodiscard]] Result<void> migrate(Connection& connection, const std::filesystem::path& file);

/// The schema version of this program.
[[nodiscard]] std::int64_t schema_version();

}  // namespace keyledger::store
