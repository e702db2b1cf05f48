#include "store/foreign_file.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>

#include "store/contract/temporary_folder.h"

namespace keyledger::store {
namespace {

namespace fs = std::filesystem;

class Foreign : public testing::Test {
 protected:
  /// Runs a script as another program would; the connection stays open.
  sqlite3* script(const std::string& sql) {
    if (handle_ == nullptr) sqlite3_open(file_.c_str(), &handle_);
    char* message = nullptr;
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &message);
    EXPECT_EQ(code, SQLITE_OK) << (message == nullptr ? "" : message);
    return handle_;
  }
  void TearDown() override { sqlite3_close(handle_); }
  std::string reason() {
    const Result<ForeignFile> opened = ForeignFile::open(file_);
    return opened ? "opened" : opened.error().reason;
  }

  TemporaryFolder folder_{};
  fs::path file_ = folder_.path() / "other.db";
  sqlite3* handle_ = nullptr;
};

std::string show(const ForeignValue& value) {
  struct Visitor {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const std::string& text) const { return "'" + text + "'"; }
    std::string operator()(const Bytes& bytes) const { return std::to_string(bytes.size()) + " bytes"; }
  };
  return std::visit(Visitor{}, value);
}

std::string read_all(const ForeignFile& file, const std::vector<std::string>& columns, std::int64_t after = 0) {
  std::string text;
  const Result<void> read = file.each(file.tables().front(), columns, after, [&](ForeignRow row) {
    text += std::to_string(row.id) + (row.too_large ? " too large" : "");
    for (const ForeignValue& value : row.values) text += " " + show(value);
    text += "; ";
    return true;
  });
  return read ? text : read.error().reason;
}

TEST_F(Foreign, ValuesAreGivenAsWhatTheyAre) {
  script(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT);"
      "INSERT INTO t VALUES (1, 'text', x'0102'), (2, NULL, 3.5), (7, 9223372036854775807, 'a')");
  const Result<ForeignFile> file = ForeignFile::open(file_);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->tables().front().columns, (std::vector<std::string>{"id", "n", "s"}));
  EXPECT_EQ(read_all(*file, {"n", "s"}), "1 'text' 2 bytes; 2 null '3.5'; 7 9223372036854775807 'a'; ");
  EXPECT_EQ(read_all(*file, {"s"}, 2), "7 'a'; ");
  EXPECT_EQ(*file->count(file->tables().front()), 3);
}

TEST_F(Foreign, ARowThatIsTooLargeIsPassedOver) {
  script(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT);"
      "INSERT INTO t VALUES (1, 'a'), (2, zeroblob(3000000)), (3, 'b'), (4, zeroblob(1000000))");
  const Result<ForeignFile> file = ForeignFile::open(file_);
  ASSERT_TRUE(file);
  EXPECT_EQ(read_all(*file, {"s"}), "1 'a'; 2 too large; 3 'b'; 4 1000000 bytes; ");
}

TEST_F(Foreign, OnlyOrdinaryTablesAreSeen) {
  script(
      "CREATE TABLE Real_One (id INTEGER PRIMARY KEY, \"Odd \"\" Name\" TEXT);"
      "CREATE VIEW a_view AS SELECT 1 AS id;"
      "CREATE TABLE b_clustered (id TEXT PRIMARY KEY) WITHOUT ROWID;"
      "CREATE VIRTUAL TABLE c_virtual USING fts5 (text)");
  const Result<ForeignFile> file = ForeignFile::open(file_);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_EQ(file->tables().size(), 1U);
  EXPECT_EQ(file->tables().front().name, "Real_One");
  EXPECT_EQ(file->tables().front().columns.back(), "odd \" name");
  EXPECT_EQ(read_all(*file, {"odd \" name"}), "");
}

TEST_F(Foreign, AFileThatIsNoDatabaseIsRefused) {
  EXPECT_EQ(reason(), "no_such_file");
  std::ofstream(file_) << "";
  EXPECT_EQ(reason(), "not_a_database");
  std::ofstream(file_)
      << "SQLite format 3, but then something else that fills more than the hundred bytes of a header, "
         "as a file would that somebody has broken.";
  EXPECT_EQ(reason(), "not_a_database");
  file_ = folder_.path();
  EXPECT_EQ(reason(), "not_a_database");
}

TEST_F(Foreign, AFileThatIsLockedIsRefused) {
  script("CREATE TABLE t (id INTEGER PRIMARY KEY); BEGIN EXCLUSIVE");
  EXPECT_EQ(reason(), "busy");
}

TEST_F(Foreign, AFileInUseIsReadAsItWasWhenItWasOpened) {
  script("PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
  const Result<ForeignFile> file = ForeignFile::open(file_);
  ASSERT_TRUE(file) << file.error().message;
  script("INSERT INTO t VALUES (2)");
  EXPECT_EQ(read_all(*file, {"id"}), "1 1; ");
}

TEST_F(Foreign, ReadingCanBeCancelled) {
  script(
      "CREATE TABLE t (id INTEGER PRIMARY KEY);"
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) INSERT INTO t SELECT i FROM n");
  bool cancelled = false;
  const Result<ForeignFile> file = ForeignFile::open(file_, [&] { return cancelled; });
  ASSERT_TRUE(file);
  cancelled = true;
  EXPECT_EQ(read_all(*file, {"id"}), "cancelled");
}

}  // namespace
}  // namespace keyledger::store
