// app/data_folder.h: the folder in which everything is kept, and the master key beside it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/settings.h"
#include "crypto/sealing.h"

namespace keyledger::app {

[[nodiscard]] std::filesystem::path database_file(const Settings& settings);
[[nodiscard]] std::filesystem::path socket_file(const Settings& settings);
[[nodiscard]] std::filesystem::path master_key_path(const Settings& settings);
[[nodiscard]] std::filesystem::path new_master_key_path(const Settings& settings);

/// Makes the folder with mode 0700; one that is there but holds no database and no key is tightened to it.
/// Errors: unavailable, reason io_error; forbidden, reasons exposed_folder (others may look in), foreign_folder (it
///         belongs to someone else).
[[nodiscard]] Result<void> prepare_folder(const Settings& settings);

/// The master key: from KEYLEDGER_MASTER_KEY, else from the command, else from the file. The file is made, with a fresh
/// key and mode 0600, only where there is no database yet: with another key, a database that is there could not be
/// opened.
/// Errors: not_found, reason master_key_missing; forbidden, reason exposed_master_key (others may read it);
///         invalid_argument, reason malformed_master_key; unavailable, reasons master_key_command_failed, io_error.
[[nodiscard]] Result<crypto::MasterKey> load_master_key(const Settings& settings);

/// The same, but nothing is ever made: where there is no key file, that is an error. Errors as above.
[[nodiscard]] Result<crypto::MasterKey> load_present_master_key(const Settings& settings);
/// Where the master key comes from, for people: a file's name, a variable's, or "the master key command".
[[nodiscard]] std::string master_key_origin(const Settings& settings);

/// The key to re-seal under, or nothing where there is no such file. Errors as above.
[[nodiscard]] Result<std::optional<crypto::MasterKey>> load_new_master_key(const Settings& settings);

/// Makes a fresh key file of mode 0600, on disk before it returns. Errors: conflict, reason file_exists; unavailable.
[[nodiscard]] Result<void> create_key_file(const std::filesystem::path& file);

/// After re-sealing: the new key's file takes the place of the old one in one step, and the old one stays beside it as
/// NAME.old, for backups that were made before. Answers what was done, or what is left to do by hand where the key does
/// not come from a file: a sentence for the operator. Errors: unavailable, reason io_error.
[[nodiscard]] Result<std::string> adopt_new_master_key(const Settings& settings);

/// Takes a secret out of the environment: the variable is wiped where /proc shows it, and unset.
[[nodiscard]] Secret take_variable(const char* name);

}  // namespace keyledger::app
