// service/backup/folder.h: the copies that lie in a folder, told from all else there by their names.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/instant.h"

namespace keyledger::service {

struct CopyFile {
  std::string name{};
  Instant made_at{};
  int number = 0;  // tells copies of one second apart
  std::int64_t bytes = 0;
};

/// "keyledger-20261122T001252Z.db", and "keyledger-20261122T001252Z-1.db" for the next of that second.
[[nodiscard]] std::string backup_name(Instant now, int number);
/// The time and the number of such a name; nothing for any other.
[[nodiscard]] std::optional<CopyFile> parse_backup_name(const std::string& name);

/// The copies in a folder, in the order in which they were made. A folder that is not there has none.
[[nodiscard]] std::vector<CopyFile> backup_files(const std::filesystem::path& folder);
/// Removes the oldest copies until `keep` are left; answers their paths. With `among`, others neither count nor go.
[[nodiscard]] std::vector<std::string> remove_old_backups(const std::filesystem::path& folder, std::size_t keep,
                                                          const std::set<std::string>* among = nullptr);
/// Removes what a crash has left of copies before.
void remove_unfinished_backups(const std::filesystem::path& folder);

}  // namespace keyledger::service
