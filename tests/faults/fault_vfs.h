// tests/faults/fault_vfs.h: a layer over SQLite's own file system that remembers what was not synced and can fail.
#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>

namespace keyledger::faults {

inline constexpr const char* kVfsName = "keyledger_faults";

struct FaultSettings {
  std::filesystem::path undo_folder{};  // empty: nothing is remembered
  /// While this file exists and says "enospc", writes find the disk full; while it says "eio", syncs fail.
  std::filesystem::path trigger{};
};

/// For tests in the same process. Counts cover databases and their logs (WAL).
struct FaultControl {
  std::atomic<bool> disk_full{false};  // every write fails
  std::atomic<int> failing_syncs{0};   // so many of the next syncs fail
  std::atomic<int> failing_writes{0};  // so many of the next writes fail, as a broken disk does
  std::atomic<std::int64_t> syncs{0};  // that succeeded
};

/// Registers the layer under kVfsName. Once in a process; false when SQLite refuses.
[[nodiscard]] bool register_fault_vfs(const FaultSettings& settings, bool make_default);
[[nodiscard]] FaultControl& fault_control();

/// The same text with every `synchronous = FULL` turned to NORMAL, without changing its length; nothing if it has none.
[[nodiscard]] std::optional<std::string> weaken_synchronous(std::string_view sql);

}  // namespace keyledger::faults
