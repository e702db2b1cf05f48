// store/folder_lock.h: one process to a data folder.
#pragma once

#include <filesystem>

#include "base/error.h"

namespace keyledger::store {

/// Holds the lock on `keyledger.lock` in a folder until it goes. The system lets go of it when the process dies,
/// however that happens, so a file that was left behind locks nobody out.
class FolderLock {
 public:
  /// Errors: conflict, reason folder_in_use (the message names the process that holds it);
  ///         unavailable, reason io_error (the folder is missing or cannot be written).
  [[nodiscard]] static Result<FolderLock> acquire(const std::filesystem::path& folder);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace keyledger::store
