// app/restore.h: puts a backup in the place of the database.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/settings.h"
#include "service/backup/inspection.h"

namespace keyledger::app {

struct Restored {
  service::Inspection inspection{};
  std::filesystem::path database{};
  std::optional<std::filesystem::path> moved_aside{};  // the database that was there before
  std::vector<std::string> warnings{};
};

/// Checks the file and puts a copy of it in the database's place. No server may run on the data folder. What was there
/// is moved aside, never deleted; `force` allows that, and to take a file whose chains are broken or whose sealed
/// values the master key at hand does not open. On any error everything is as it was. Errors: conflict, reasons
/// folder_in_use, database_exists, broken_chain, wrong_master_key, database_newer,
///         database_unknown; not_found, reasons no_such_file, master_key_missing; invalid_argument, reasons
///         not_a_database, same_file; internal, reason database_damaged; those of the data folder.
[[nodiscard]] Result<Restored> restore_database(const Settings& settings, const std::filesystem::path& file,
                                                bool force);

}  // namespace keyledger::app
