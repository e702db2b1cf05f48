// store/sqlite/copy_file.h: how a copy of a database is written.
#pragma once

#include <filesystem>

#include "store/database.h"

namespace keyledger::store {

enum class IfThere { replace, refuse };

/// Writes one state of what the connection reads into `copy`, by way of `<copy>.partial`. Outside a transaction.
/// Errors: conflict, reason file_exists; unavailable, reasons disk_full, io_error, cannot_open, cancelled.
[[nodiscard]] Result<void> copy_file(Connection& connection, const std::filesystem::path& copy, IfThere if_there);

}  // namespace keyledger::store
