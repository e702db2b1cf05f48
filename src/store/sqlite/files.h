// store/sqlite/files.h: files that only their owner reads, and that are there after a power cut.
#pragma once

#include <filesystem>

#include "base/error.h"

namespace keyledger::store {

/// Makes an empty file of mode 0600, and makes its name durable. False if it was there already.
/// Errors: unavailable, reason disk_full or cannot_open.
[[nodiscard]] Result<bool> create_private_file(const std::filesystem::path& file);

/// Errors: unavailable, reason disk_full or io_error.
[[nodiscard]] Result<void> sync_file(const std::filesystem::path& file);
[[nodiscard]] Result<void> sync_folder_of(const std::filesystem::path& file);

}  // namespace keyledger::store
