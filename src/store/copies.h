// store/copies.h: copies of a database in files of their own, and whether such a file is sound.
#pragma once

#include <filesystem>
#include <functional>

#include "store/sqlite.h"

namespace keyledger::store {

/// Makes `copy`, with mode 0600, of one state of a database that may be in use meanwhile, and has it on the disk when
/// it returns. It is written as `<copy>.partial` first, so that one that was cut short is never taken for whole.
///
/// Nobody waits for it: it reads on a connection of its own, that never checkpoints. The log of a busy database grows
/// while it runs, since what is read in it cannot be dropped.
/// Errors: conflict, reason file_exists; unavailable, reasons disk_full, io_error, cannot_open, cancelled;
///         internal, reason database_damaged.
[[nodiscard]] Result<void> copy_database(const std::filesystem::path& database, const std::filesystem::path& copy,
                                         const Cancelled& cancelled = {});

/// Opens a file that no server uses, to look at it. It is not changed.
/// Errors: invalid_argument, reason not_a_database; unavailable, reasons cannot_open, busy.
[[nodiscard]] Result<std::unique_ptr<Connection>> open_copy(const std::filesystem::path& file,
                                                            const Cancelled& cancelled = {});

/// The schema version of what `open_copy` gave, once everything that SQLite can check about it is right: structure,
/// indexes, references.
/// Errors: invalid_argument, reason not_a_database (also an empty one, or another program's); conflict, reasons
///         database_newer, database_unknown; internal, reason database_damaged; unavailable, reason cancelled.
[[nodiscard]] Result<std::int64_t> check_copy(Connection& connection);

}  // namespace keyledger::store
