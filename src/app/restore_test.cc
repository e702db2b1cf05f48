#include "app/restore.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "app/data_folder.h"
#include "store/copies.h"
#include "store/folder_lock.h"
#include "store/identity_store.h"
#include "store/store.h"

namespace keyledger::app {
namespace {

namespace fs = std::filesystem;

class Restoring : public testing::Test {
 protected:
  void SetUp() override {
    crypto::initialise();
    std::string pattern = (fs::temp_directory_path() / "keyledger-restore-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    settings_.data_dir = folder_ / "data";
    backup_ = folder_ / "backup.db";
    ASSERT_TRUE(prepare_folder(settings_));
    write("in the backup");
    ASSERT_TRUE(store::copy_database(database_file(settings_), backup_));
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// Opens the database, makes what every installation has, and a setting that tells databases apart.
  void write(const std::string& value) {
    const Result<crypto::MasterKey> master = load_master_key(settings_);
    ASSERT_TRUE(master) << master.error().message;
    const Result<std::unique_ptr<store::Store>> store = store::Store::open(database_file(settings_));
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->writer().run_blocking<void>([&](store::Transaction& transaction) -> Result<void> {
      const crypto::Bytes sealed = crypto::seal(*master, Secret{std::string{"x"}}, "sealed_settings/fingerprint_key");
      const Result<void> put = store::SealedSettingStore::put(transaction, "fingerprint_key", sealed);
      return put ? store::SettingStore::put(transaction, "which", value) : put;
    }));
  }
  [[nodiscard]] std::string which(const fs::path& file) const {
    const Result<std::unique_ptr<store::Connection>> connection = store::open_copy(file);
    if (!connection) return connection.error().reason;
    store::Transaction transaction(**connection);
    return (*store::SettingStore::get(transaction, "which")).value_or("nothing");
  }
  Result<Restored> restore(bool force = false) { return restore_database(settings_, backup_, force); }
  std::string reason(bool force = false) {
    const Result<Restored> restored = restore(force);
    return restored ? "restored" : restored.error().reason;
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(settings_.data_dir), fs::directory_iterator{}));
  }

  fs::path folder_{};
  Settings settings_{};
  fs::path backup_{};
};

TEST_F(Restoring, ABackupComesBackIntoAnEmptyPlace) {
  fs::remove(database_file(settings_));
  const Result<Restored> restored = restore();
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(which(database_file(settings_)), "in the backup");
  EXPECT_FALSE(restored->moved_aside);
  EXPECT_TRUE(restored->warnings.empty());
  EXPECT_EQ(restored->inspection.audit_lines, 0);
  struct stat status {};
  ASSERT_EQ(::stat(database_file(settings_).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(Restoring, ADatabaseThatIsThereIsOnlyMovedAside) {
  write("newer");
  EXPECT_EQ(reason(), "database_exists");
  EXPECT_EQ(which(database_file(settings_)), "newer");
  const Result<Restored> restored = restore(true);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(which(database_file(settings_)), "in the backup");
  ASSERT_TRUE(restored->moved_aside);
  EXPECT_EQ(which(*restored->moved_aside), "newer");
}

TEST_F(Restoring, WhatTheOldLogHeldStaysWithTheOldDatabase) {
  const fs::path database = database_file(settings_);
  {
    // A copy of database and log, as a crash leaves them.
    const Result<std::unique_ptr<store::Connection>> connection = store::open_sqlite({.file = database});
    ASSERT_TRUE(connection);
    ASSERT_TRUE((*connection)->run_script("UPDATE settings SET value = 'in the log' WHERE name = 'which'"));
    fs::copy_file(database, folder_ / "db");
    fs::copy_file(database.string() + "-wal", folder_ / "db-wal");
  }
  fs::rename(folder_ / "db", database);
  fs::rename(folder_ / "db-wal", database.string() + "-wal");
  const Result<Restored> restored = restore(true);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(which(database), "in the backup");
  EXPECT_EQ(which(*restored->moved_aside), "in the log");
}

TEST_F(Restoring, ARunningServerIsInTheWay) {
  const Result<store::FolderLock> lock = store::FolderLock::acquire(settings_.data_dir);
  ASSERT_TRUE(lock);
  EXPECT_EQ(reason(true), "folder_in_use");
}

TEST_F(Restoring, TheMasterKeyHasToFit) {
  fs::remove(database_file(settings_));
  fs::rename(master_key_path(settings_), folder_ / "right.key");
  EXPECT_EQ(reason(), "master_key_missing");
  EXPECT_FALSE(fs::exists(master_key_path(settings_)));  // and none is made
  ASSERT_TRUE(create_key_file(master_key_path(settings_)));
  EXPECT_EQ(reason(), "wrong_master_key");
  EXPECT_FALSE(fs::exists(database_file(settings_)));
  const Result<Restored> forced = restore(true);
  ASSERT_TRUE(forced);
  EXPECT_EQ(forced->warnings.size(), 1U);
}

TEST_F(Restoring, ATamperedBackupIsNotTaken) {
  fs::remove(database_file(settings_));
  {
    const Result<std::unique_ptr<store::Connection>> connection = store::open_sqlite({.file = backup_});
    ASSERT_TRUE(connection);
    ASSERT_TRUE(
        (*connection)->run_script("INSERT INTO audit_log VALUES (1, 0, 'owner', '', '', 'a', 's', '', 'hash')"));
  }
  EXPECT_EQ(reason(), "broken_chain");
  EXPECT_FALSE(fs::exists(database_file(settings_)));
  fs::resize_file(backup_, fs::file_size(backup_) / 2);
  EXPECT_EQ(reason(true), "database_damaged");
}

TEST_F(Restoring, WhatCannotBeRestoredLeavesEverythingAsItWas) {
  const std::size_t before = files();
  std::ofstream(backup_) << "no database";
  EXPECT_EQ(reason(true), "not_a_database");
  fs::remove(backup_);
  EXPECT_EQ(reason(true), "no_such_file");
  backup_ = database_file(settings_);
  EXPECT_EQ(reason(true), "same_file");
  EXPECT_EQ(which(database_file(settings_)), "in the backup");
  EXPECT_LE(files(), before + 1);  // the lock's file
}

}  // namespace
}  // namespace keyledger::app
