#include <gtest/gtest.h>

#include <fstream>

#include "store/contract/temporary_folder.h"
#include "store/sqlite.h"

namespace keyledger::store {
namespace {

namespace fs = std::filesystem;

constexpr fs::perms kPrivate = fs::perms::owner_read | fs::perms::owner_write;

Result<std::unique_ptr<Connection>> open_new(const fs::path& file) {
  return open_sqlite({.file = file});
}

std::int64_t pragma(Connection& connection, const char* name) {
  const Query<Single<std::int64_t>> query{std::string("PRAGMA ") + name};
  Transaction transaction(connection);
  return transaction.one(query).value()->value;
}

std::string journal_mode(Connection& connection) {
  const Query<Single<std::string>> query{"PRAGMA journal_mode"};
  Transaction transaction(connection);
  return transaction.one(query).value()->value;
}

TEST(OpenSqlite, TheFileAndItsCompanionsAreForTheOwnerOnly) {
  const TemporaryFolder folder;
  const auto connection = open_new(folder / "a.db").value();
  ASSERT_TRUE(connection->run_script("CREATE TABLE t (x BIGINT)"));
  for (const char* name : {"a.db", "a.db-wal", "a.db-shm"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(fs::status(folder / name).permissions(), kPrivate);
  }
}

TEST(OpenSqlite, AnExistingFileIsClosedToOthers) {
  const TemporaryFolder folder;
  std::ofstream(folder / "a.db");
  fs::permissions(folder / "a.db", fs::perms::all);
  ASSERT_TRUE(open_new(folder / "a.db"));
  EXPECT_EQ(fs::status(folder / "a.db").permissions(), kPrivate);
}

TEST(OpenSqlite, TheWriterSyncsEachCommitAndChecksReferences) {
  const TemporaryFolder folder;
  const auto writer = open_new(folder / "a.db").value();
  EXPECT_EQ(journal_mode(*writer), "wal");
  EXPECT_EQ(pragma(*writer, "synchronous"), 2);  // FULL
  EXPECT_EQ(pragma(*writer, "foreign_keys"), 1);
  EXPECT_EQ(pragma(*writer, "trusted_schema"), 0);
  EXPECT_EQ(pragma(*writer, "wal_autocheckpoint"), 1000);
}

TEST(OpenSqlite, AReaderOnlyReadsAndNeverCheckpoints) {
  const TemporaryFolder folder;
  const auto writer = open_new(folder / "a.db").value();
  const auto reader = open_sqlite({.file = folder / "a.db", .read_only = true}).value();
  EXPECT_EQ(pragma(*reader, "query_only"), 1);
  EXPECT_EQ(pragma(*reader, "wal_autocheckpoint"), 0);
}

TEST(OpenSqlite, TheLastReaderToCloseLeavesTheLogToTheWriter) {
  const TemporaryFolder folder;
  auto writer = open_new(folder / "a.db").value();
  ASSERT_TRUE(writer->run_script("CREATE TABLE t (x BIGINT)"));
  auto reader = open_sqlite({.file = folder / "a.db", .read_only = true}).value();
  EXPECT_EQ(journal_mode(*reader), "wal");
  writer.reset();
  reader.reset();
  EXPECT_TRUE(fs::exists(folder / "a.db-wal"));
}

TEST(OpenSqlite, ANameThatLooksLikeAUriIsAFile) {
  const TemporaryFolder folder;
  ASSERT_TRUE(open_new(folder / "file:a?mode=memory"));
  EXPECT_TRUE(fs::exists(folder / "file:a?mode=memory"));
}

TEST(OpenSqlite, AMissingFolderIsNamed) {
  const TemporaryFolder folder;
  const auto connection = open_new(folder / "missing" / "a.db");
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, Code::unavailable);
  EXPECT_NE(connection.error().message.find("missing"), std::string::npos);
}

TEST(OpenSqlite, AReaderDoesNotMakeTheFile) {
  const TemporaryFolder folder;
  const auto reader = open_sqlite({.file = folder / "a.db", .read_only = true});
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, Code::unavailable);
  EXPECT_EQ(reader.error().reason, "cannot_open");
  EXPECT_FALSE(fs::exists(folder / "a.db"));
}

TEST(OpenSqlite, AFileThatIsNoDatabaseIsSaidToBeNone) {
  const TemporaryFolder folder;
  std::ofstream(folder / "a.db") << std::string(8'192, 'x');
  const auto connection = open_new(folder / "a.db");
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, Code::invalid_argument);
  EXPECT_EQ(connection.error().reason, "not_a_database");
}

TEST(OpenSqlite, ADamagedDatabaseIsNotVerified) {
  const TemporaryFolder folder;
  const fs::path file = folder / "a.db";
  ASSERT_TRUE(open_new(file).value()->run_script("CREATE TABLE t (x TEXT); INSERT INTO t VALUES (zeroblob(100000))"));
  std::fstream(file, std::ios::binary | std::ios::in | std::ios::out).seekp(3 * 4'096) << std::string(4'096, 'x');
  const auto connection = open_new(file);
  ASSERT_TRUE(connection);
  const Result<void> verified = (*connection)->verify();
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().reason, "database_damaged");
}

TEST(OpenSqlite, AStatementThatEndsTheTransactionStopsAllThatFollow) {
  const TemporaryFolder folder;
  const auto connection = open_new(folder / "a.db").value();
  ASSERT_TRUE(connection->run_script("CREATE TABLE t (x BIGINT PRIMARY KEY)"));
  static const Query<void> kInsert{"INSERT OR ROLLBACK INTO t VALUES (1)"};  // as SQLite does by itself on a full disk
  static const Query<void> kOther{"INSERT INTO t VALUES (2)"};
  ASSERT_TRUE(connection->begin(Access::write));
  Transaction transaction(*connection);
  ASSERT_TRUE(transaction.change(kInsert));
  ASSERT_FALSE(transaction.change(kInsert));
  const auto stray = transaction.change(kOther);
  ASSERT_FALSE(stray);
  EXPECT_EQ(stray.error().reason, "constraint_violated");
  EXPECT_FALSE(connection->savepoint());
  EXPECT_FALSE(connection->commit());
  ASSERT_TRUE(connection->rollback());
  static const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM t"};
  EXPECT_EQ(transaction.one(kCount).value()->value, 0);
}

TEST(OpenSqlite, TwoStatementsInOneTextAreRefused) {
  const TemporaryFolder folder;
  const auto connection = open_new(folder / "a.db").value();
  static const Query<void> kTwo{"SELECT 1; SELECT 2"};
  static const Query<void> kNone{"  "};
  static const Query<void> kUnnamed{"SELECT ?"};
  Transaction transaction(*connection);
  for (const Query<void>* query : {&kTwo, &kNone, &kUnnamed}) {
    SCOPED_TRACE(query->sql);
    const auto done = transaction.change(*query);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::internal);
  }
}

}  // namespace
}  // namespace keyledger::store
