#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/contract/temporary_folder.h"
#include "store/sqlite.h"
#include "store/sqlite/migrations.h"

namespace keyledger::store {
namespace {

namespace fs = std::filesystem;

constexpr Migration kFirst{1, "first", "CREATE TABLE people (id $ID, name TEXT NOT NULL, photo $BYTES)"};
constexpr Migration kSecond{2, "second", "ALTER TABLE people ADD COLUMN age BIGINT; CREATE TABLE extra (x BIGINT)"};
constexpr Migration kBad{2, "second", "ALTER TABLE people ADD COLUMN age BIGINT; INSERT INTO nowhere VALUES (1)"};
constexpr Migration kOther{1, "other", "CREATE TABLE other (x BIGINT)"};

class Migrate : public testing::Test {
 protected:
  Result<void> to(std::vector<Migration> migrations) { return migrate_to(*connection_, file_, migrations); }

  static std::vector<std::string> names_of(Connection& connection, const char* sql) {
    const Query<Single<std::string>> query{sql};
    Transaction transaction(connection);
    const auto rows = transaction.all(query);
    std::vector<std::string> names;
    for (const auto& row : rows.value()) names.push_back(row.value);
    return names;
  }
  std::vector<std::string> columns() {
    return names_of(*connection_, "SELECT name FROM pragma_table_info('people') ORDER BY cid");
  }
  std::vector<std::string> applied() {
    return names_of(*connection_, "SELECT version || ' ' || name FROM schema_migrations ORDER BY version");
  }

  TemporaryFolder folder_{};
  fs::path file_ = folder_ / "a.db";
  std::unique_ptr<Connection> connection_ = open_sqlite({.file = file_}).value();
};

TEST_F(Migrate, ANewDatabaseGetsEveryMigrationAndNoCopy) {
  ASSERT_TRUE(to({kFirst, kSecond}));
  EXPECT_THAT(columns(), testing::ElementsAre("id", "name", "photo", "age"));
  EXPECT_THAT(applied(), testing::ElementsAre("1 first", "2 second"));
  EXPECT_FALSE(fs::exists(folder_ / "a.db.before-2"));
}

TEST_F(Migrate, ARepetitionDoesNothing) {
  ASSERT_TRUE(to({kFirst}));
  ASSERT_TRUE(to({kFirst}));
  EXPECT_THAT(applied(), testing::ElementsAre("1 first"));
}

TEST_F(Migrate, ADatabaseWithDataIsCopiedFirstForItsOwnerOnly) {
  ASSERT_TRUE(to({kFirst}));
  ASSERT_TRUE(connection_->run_script("INSERT INTO people (name) VALUES ('Ada')"));
  ASSERT_TRUE(to({kFirst, kSecond}));
  const fs::path copy = folder_ / "a.db.before-2";
  ASSERT_TRUE(fs::exists(copy));
  EXPECT_EQ(fs::status(copy).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_FALSE(fs::exists(folder_ / "a.db.before-2.partial"));
  const auto old = open_sqlite({.file = copy}).value();
  EXPECT_THAT(names_of(*old, "SELECT name FROM people"), testing::ElementsAre("Ada"));
  EXPECT_THAT(names_of(*old, "SELECT name FROM schema_migrations"), testing::ElementsAre("first"));
}

TEST_F(Migrate, ACopyThatWasCutShortIsReplaced) {
  ASSERT_TRUE(to({kFirst}));
  fs::copy_file(file_, folder_ / "a.db.before-2.partial");
  ASSERT_TRUE(to({kFirst, kSecond}));
  EXPECT_TRUE(fs::exists(folder_ / "a.db.before-2"));
}

TEST_F(Migrate, AFailureInTheMiddleLeavesTheOldVersionWhole) {
  ASSERT_TRUE(to({kFirst}));
  const Result<void> done = to({kFirst, kBad});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::internal);
  EXPECT_THAT(done.error().detail, testing::HasSubstr("migration 2 (second)"));
  EXPECT_THAT(columns(), testing::ElementsAre("id", "name", "photo"));
  EXPECT_THAT(applied(), testing::ElementsAre("1 first"));
  ASSERT_TRUE(to({kFirst, kSecond}));  // and a good one goes through afterwards
  EXPECT_THAT(applied(), testing::ElementsAre("1 first", "2 second"));
}

TEST_F(Migrate, AMigrationThatCommitsByItselfIsRefused) {
  const Result<void> done = to({{1, "first", "CREATE TABLE a (x BIGINT); COMMIT; CREATE TABLE b (x BIGINT)"}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::internal);
}

TEST_F(Migrate, ATableCanBeReplacedButNoReferenceMayBreak) {
  constexpr Migration kTables{1, "tables", R"sql(
    CREATE TABLE owners (id $ID); CREATE TABLE pets (id $ID, owner_id BIGINT NOT NULL REFERENCES owners (id));
    INSERT INTO owners VALUES (1); INSERT INTO pets VALUES (1, 1))sql"};
  constexpr Migration kReplace{2, "replace", R"sql(
    CREATE TABLE owners_new (id $ID, name TEXT); INSERT INTO owners_new SELECT id, 'Ada' FROM owners;
    DROP TABLE owners; ALTER TABLE owners_new RENAME TO owners)sql"};
  constexpr Migration kBreak{3, "break", "DELETE FROM owners"};
  ASSERT_TRUE(to({kTables, kReplace}));
  const Result<void> done = to({kTables, kReplace, kBreak});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().detail, testing::HasSubstr("pets"));
  EXPECT_THAT(names_of(*connection_, "SELECT name FROM owners"), testing::ElementsAre("Ada"));
  EXPECT_FALSE(connection_->run_script("DELETE FROM owners"));  // references are checked again
}

TEST_F(Migrate, ANewerDatabaseIsRefusedWithBothVersions) {
  ASSERT_TRUE(to({kFirst, kSecond}));
  const Result<void> done = to({kFirst});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::conflict);
  EXPECT_EQ(done.error().reason, "database_newer");
  EXPECT_THAT(done.error().message, testing::AllOf(testing::HasSubstr("version 2"), testing::HasSubstr("up to 1")));
}

TEST_F(Migrate, AMigrationThatWeDoNotKnowIsRefused) {
  ASSERT_TRUE(to({kOther}));
  const Result<void> done = to({kFirst, kSecond});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::conflict);
  EXPECT_EQ(done.error().reason, "database_unknown");
}

TEST_F(Migrate, ADatabaseOfAnotherProgramIsRefused) {
  ASSERT_TRUE(connection_->run_script("CREATE TABLE theirs (x BIGINT)"));
  const Result<void> done = to({kFirst});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "not_a_database");
}

TEST_F(Migrate, OurOwnMigrationsAreNumberedWithoutGapsAndApply) {
  std::int64_t expected = 0;
  for (const Migration& migration : embedded_migrations()) EXPECT_EQ(migration.version, ++expected);
  EXPECT_EQ(schema_version(), expected);
  EXPECT_GE(expected, 1);
  ASSERT_TRUE(migrate(*connection_, file_));
  EXPECT_EQ(applied().size(), embedded_migrations().size());
}

TEST(ToSqlite, PortableWordsBecomeThoseOfTheEngine) {
  EXPECT_EQ(to_sqlite("a $ID, b $BYTES, c $BYTES"), "a INTEGER PRIMARY KEY AUTOINCREMENT, b BLOB, c BLOB");
  EXPECT_EQ(to_sqlite("a BIGINT"), "a BIGINT");
}

}  // namespace
}  // namespace keyledger::store
