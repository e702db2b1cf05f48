// store/backup_store.h: what is known of the copies in the backups folder.
#pragma once

#include <string>
#include <vector>

#include "store/database.h"

namespace keyledger::store {

struct BackupRow {
  std::string name{};     // of the file
  std::string made_by{};  // hand, schedule
  bool whole = false;     // when it was made
  Instant made_at{};
};
BOOST_DESCRIBE_STRUCT(BackupRow, (), (name, made_by, whole, made_at))

/// Every function runs inside the caller's transaction. Errors, of all: those of the database.
class BackupStore {
 public:
  [[nodiscard]] static Result<std::vector<BackupRow>> all(Transaction& transaction);
  /// In place of what was known of a file of that name.
  [[nodiscard]] static Result<void> put(Transaction& transaction, const BackupRow& row);
  [[nodiscard]] static Result<void> remove(Transaction& transaction, const std::string& name);
};

}  // namespace keyledger::store
