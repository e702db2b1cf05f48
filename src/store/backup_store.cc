#include "store/backup_store.h"

namespace keyledger::store {
namespace {

struct BackupName {
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(BackupName, (), (name))

}  // namespace

Result<std::vector<BackupRow>> BackupStore::all(Transaction& transaction) {
  static const Query<BackupRow> kAll{"SELECT name, made_by, whole, made_at FROM backup_copies ORDER BY name"};
  return transaction.all(kAll);
}

Result<void> BackupStore::put(Transaction& transaction, const BackupRow& row) {
  static const Query<void> kPut{R"sql(
    INSERT INTO backup_copies (name, made_by, whole, made_at) VALUES (:name, :made_by, :whole, :made_at)
        ON CONFLICT (name) DO UPDATE SET made_by = excluded.made_by, whole = excluded.whole,
                                         made_at = excluded.made_at)sql"};
  const Result<std::int64_t> changed = transaction.change(kPut, row);
  return changed ? Result<void>{} : std::unexpected(changed.error());
}

Result<void> BackupStore::remove(Transaction& transaction, const std::string& name) {
  static const Query<void> kRemove{"DELETE FROM backup_copies WHERE name = :name"};
  const Result<std::int64_t> changed = transaction.change(kRemove, BackupName{name});
  return changed ? Result<void>{} : std::unexpected(changed.error());
}

}  // namespace keyledger::store
