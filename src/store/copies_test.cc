#include "store/copies.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "store/contract/temporary_folder.h"
#include "store/store.h"

namespace keyledger::store {
namespace {

namespace fs = std::filesystem;

class Copies : public testing::Test {
 protected:
  void SetUp() override {
    Result<std::unique_ptr<Store>> opened = Store::open(file_);
    ASSERT_TRUE(opened);
    store_ = std::move(*opened);
    put("one");
  }
  void put(const std::string& name) {
    static const Query<void> kPut{"INSERT INTO settings (name, value) VALUES (:value, 'x')"};
    ASSERT_TRUE(store_->writer().run_blocking<void>([&](Transaction& transaction) -> Result<void> {
      const Result<std::int64_t> put = transaction.change(kPut, Single<std::string>{name});
      return put ? Result<void>{} : std::unexpected(put.error());
    }));
  }
  /// Enough for many pages.
  void put_many() {
    ASSERT_TRUE(store_->writer().run_blocking<void>([](Transaction& transaction) {
      return transaction.connection().run_script(
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
          "INSERT INTO settings SELECT 'row ' || i, 'x' FROM n");
    }));
  }
  static std::int64_t rows(const fs::path& file) {
    static const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM settings"};
    Result<std::unique_ptr<Connection>> connection = open_copy(file);
    EXPECT_TRUE(connection);
    Transaction transaction(**connection);
    return (*transaction.one(kCount))->value;
  }
  static Result<std::int64_t> check(const fs::path& file) {
    Result<std::unique_ptr<Connection>> connection = open_copy(file);
    if (!connection) return std::unexpected(connection.error());
    return check_copy(**connection);
  }
  static std::string reason(const fs::path& file) {
    const Result<std::int64_t> checked = check(file);
    return checked ? "sound" : checked.error().reason;
  }

  TemporaryFolder folder_{};
  fs::path file_ = folder_.path() / "keyledger.db";
  fs::path copy_ = folder_.path() / "copy.db";
  std::unique_ptr<Store> store_{};
};

TEST_F(Copies, ADatabaseInUseIsCopiedWithWhatItsLogHolds) {
  put("two");
  ASSERT_TRUE(copy_database(file_, copy_));
  EXPECT_EQ(rows(copy_), 2);
  put("three");
  EXPECT_EQ(rows(copy_), 2);
  EXPECT_EQ(*check(copy_), schema_version());
}

TEST_F(Copies, ACopyIsOneFileForItsOwnerAlone) {
  ASSERT_TRUE(copy_database(file_, copy_));
  struct stat status {};
  ASSERT_EQ(::stat(copy_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_TRUE(check(copy_));  // looking at it leaves nothing beside it
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_.path())) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("copy.db-") || entry.path().extension() == ".partial")
        << entry.path();
  }
}

TEST_F(Copies, NothingIsOverwrittenAndAFailureLeavesNothing) {
  std::ofstream(copy_) << "mine";
  EXPECT_EQ(copy_database(file_, copy_).error().reason, "file_exists");
  EXPECT_EQ(fs::file_size(copy_), 4U);
  const fs::path missing = folder_.path() / "no" / "such" / "folder.db";
  EXPECT_EQ(copy_database(file_, missing).error().reason, "cannot_open");
  EXPECT_FALSE(copy_database(folder_.path() / "nothing.db", folder_.path() / "other.db"));
  EXPECT_FALSE(fs::exists(folder_.path() / "other.db"));
}

TEST_F(Copies, WhoeverIsCancelledLeavesNothing) {
  put_many();
  const Result<void> copied = copy_database(file_, copy_, [] { return true; });
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().reason, "cancelled");
  EXPECT_FALSE(fs::exists(copy_));
  EXPECT_FALSE(fs::exists(copy_.string() + ".partial"));
}

TEST_F(Copies, WhatIsNoDatabaseOfOursIsTold) {
  const fs::path text = folder_.path() / "text";
  std::ofstream(text)
      << "This is a text and no database, and long enough to have a header of its own, of 100 bytes.....";
  EXPECT_EQ(reason(text), "not_a_database");
  const fs::path empty = folder_.path() / "empty";
  std::ofstream{empty};
  EXPECT_EQ(reason(empty), "not_a_database");
  EXPECT_EQ(reason(folder_.path()), "not_a_database");
  EXPECT_EQ(reason(folder_.path() / "nothing"), "no_such_file");
}

TEST_F(Copies, ADamagedFileIsFound) {
  put_many();
  ASSERT_TRUE(copy_database(file_, copy_));
  const std::uintmax_t size = fs::file_size(copy_);
  fs::resize_file(copy_, size / 2);
  EXPECT_EQ(reason(copy_), "database_damaged");
}

TEST_F(Copies, ANewerDatabaseIsRefused) {
  ASSERT_TRUE(copy_database(file_, copy_));
  {
    Result<std::unique_ptr<Connection>> connection = open_sqlite({.file = copy_});
    ASSERT_TRUE(connection);
    ASSERT_TRUE((*connection)->run_script("INSERT INTO schema_migrations VALUES (999, 'of tomorrow', 0)"));
  }
  EXPECT_EQ(reason(copy_), "database_newer");
}

}  // namespace
}  // namespace keyledger::store
