// tests/faults/undo_log.h: what a power cut would take away. Before a file changes, its old bytes go into a log beside
// it; a sync makes the change durable and empties the log; applying the log brings the file back to its last sync.
//
// The log is an ordinary file, written without buffering: it survives SIGKILL as the files themselves do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>

namespace keyledger::faults {

/// The log of one file, `<folder>/<file name>.undo`. Stops the process when it cannot be written: a test that lost its
/// log would pass for the wrong reason.
class UndoLog {
 public:
  UndoLog(const std::filesystem::path& folder, const std::filesystem::path& file);
  ~UndoLog();
  UndoLog(const UndoLog&) = delete;
  UndoLog& operator=(const UndoLog&) = delete;

  /// Remembers that the file had `old_size` bytes, and `old_bytes` at `offset`.
  void remember(std::int64_t offset, std::span<const char> old_bytes, std::int64_t old_size);
  /// Everything so far is durable.
  void forget();
  /// Held from the look at the old bytes until they are overwritten, and from a sync until `forget`.
  [[nodiscard]] std::mutex& mutex() { return mutex_; }

 private:
  void append(std::span<const char> bytes);
  std::mutex mutex_{};
  int descriptor_ = -1;
  std::int64_t header_bytes_ = 0;
};

struct PowerCut {
  int files = 0;    // logs that were applied
  int changes = 0;  // writes that were taken back
};

/// Brings every file that has a log in `undo_folder` back to its last sync and empties the logs. The files are where
/// they were, or, if given, in `data_folder`. Nothing for a log that cannot be read.
[[nodiscard]] std::optional<PowerCut> apply_undo(const std::filesystem::path& undo_folder,
                                                 const std::optional<std::filesystem::path>& data_folder = {});

}  // namespace keyledger::faults
