#include "service/backup/backups.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "service/accounts.h"
#include "service/audit.h"
#include "service/testing.h"
#include "store/identity_store.h"

namespace keyledger::service {
namespace {

namespace fs = std::filesystem;
using testing::kOwner;
using testing::run;
using testing::World;

class BackupsTest : public ::testing::Test {
 protected:
  ~BackupsTest() override { backups_.stop(); }

  BackupState make(BackupRequest request = {}) {
    const Result<BackupState> begun = run(backups_.start(kOwner, std::move(request)));
    if (!begun) return BackupState{.state = BackupPhase::failed, .code = begun.error().reason};
    backups_.wait();
    return backups_.state();
  }
  void script(const fs::path& file, std::string_view sql) {
    const Result<std::unique_ptr<store::Connection>> connection = store::open_sqlite({.file = file});
    ASSERT_TRUE(connection);
    const Result<void> done = (*connection)->run_script(sql);
    ASSERT_TRUE(done) << done.error().detail;
  }
  [[nodiscard]] std::vector<std::string> copies() const {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  World world_{};
  fs::path folder_ = world_.folder.path() / "backups";
  Backups backups_{world_.core(), {world_.folder.path() / "keyledger.db", folder_, "/somewhere/master.key"}};
  Accounts accounts_{world_.core()};
};

TEST_F(BackupsTest, ACopyIsMadeVerifiedAndTold) {
  ASSERT_TRUE(run(accounts_.create(kOwner, {"dana@example.com", "", ""}, {})));
  const BackupState state = make();
  ASSERT_EQ(state.state, BackupPhase::finished) << state.explanation;
  EXPECT_EQ(fs::path(state.file).parent_path(), folder_);
  EXPECT_EQ(fs::path(state.file).filename(), backup_name(testing::kStart, 0));
  ASSERT_TRUE(state.verified);
  EXPECT_TRUE(state.verified->whole) << state.verified->what;
  EXPECT_EQ(state.verified->audit_lines, 2);  // the account, and this backup
  EXPECT_EQ(state.verified->schema_version, store::schema_version());
  EXPECT_EQ(state.verified->bytes, static_cast<std::int64_t>(fs::file_size(state.file)));
  EXPECT_EQ(state.verified->sha256.size(), 64U);
  EXPECT_NE(state.explanation.find("/somewhere/master.key"), std::string::npos);
  struct stat status {};
  ASSERT_EQ(::stat(folder_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST_F(BackupsTest, CopiesOfOneSecondHaveNumbers) {
  ASSERT_EQ(make().state, BackupPhase::finished);
  ASSERT_EQ(make().state, BackupPhase::finished);
  EXPECT_EQ(copies(), (std::vector<std::string>{backup_name(testing::kStart, 1), backup_name(testing::kStart, 0)}));
}

TEST_F(BackupsTest, OlderCopiesGoAndNothingElse) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(make().state, BackupPhase::finished);
    world_.clock.advance(std::chrono::seconds{1});
  }
  std::ofstream(folder_ / "keyledger-of-mine.db") << "mine";
  const BackupState state = make({.keep = 2});
  ASSERT_EQ(state.state, BackupPhase::finished);
  EXPECT_EQ(state.removed.size(), 2U);
  EXPECT_EQ(copies(), (std::vector<std::string>{backup_name(testing::kStart + std::chrono::seconds{2}, 0),
                                                backup_name(testing::kStart + std::chrono::seconds{3}, 0),
                                                "keyledger-of-mine.db"}));
}

TEST_F(BackupsTest, APlaceIsAFileOrAFolder) {
  const fs::path elsewhere = world_.folder.path() / "elsewhere";
  fs::create_directory(elsewhere);
  EXPECT_EQ(fs::path(make({.place = elsewhere}).file).parent_path(), elsewhere);
  EXPECT_EQ(make({.place = elsewhere / "mine.db"}).file, elsewhere / "mine.db");
  EXPECT_EQ(make({.place = elsewhere / "mine.db"}).code, "file_exists");
  EXPECT_EQ(make({.place = elsewhere / "no" / "folder.db"}).code, "cannot_open");
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(BackupsTest, ANumberOfCopiesNeedsAFolder) {
  const fs::path file = world_.folder.path() / "one.db";
  EXPECT_EQ(make({.place = file, .keep = 1}).code, "keep_needs_folder");
  for (const std::int64_t keep : {std::int64_t{0}, std::int64_t{-1}, Backups::kKeepMax + 1}) {
    EXPECT_EQ(make({.keep = keep}).code, "out_of_range") << keep;
  }
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(BackupsTest, ABrokenChainIsToldAndTheCopyKept) {
  ASSERT_TRUE(run(accounts_.create(kOwner, {"dana@example.com", "", ""}, {})));
  ASSERT_TRUE(world_.store->writer().run_blocking<void>([](store::Transaction& transaction) {
    return transaction.connection().run_script("UPDATE audit_log SET action = 'nothing'");
  }));
  const BackupState state = make({.keep = 1});
  ASSERT_EQ(state.state, BackupPhase::finished);
  EXPECT_FALSE(state.verified->whole);
  EXPECT_NE(state.verified->what.find("audit log breaks at line 1"), std::string::npos) << state.verified->what;
  EXPECT_TRUE(fs::exists(state.file));
}

TEST_F(BackupsTest, AfterTheStopNothingBegins) {
  backups_.stop();
  EXPECT_EQ(make().code, "stopping");
}

TEST_F(BackupsTest, TheLedgerOfACopyIsRecomputed) {
  const fs::path copy = make().file;
  script(copy,
         "INSERT INTO usage_events VALUES (1, 0, 1, 0, 0, 0, 200, 0, 0, 0, x'7f000001', 0, 0, 1);"
         "INSERT INTO ledger_blocks VALUES (1, 1, 1, 0, 0, x'00');"
         "INSERT INTO ledger_state VALUES ('rolled_up_to', 1) ON CONFLICT (name) DO UPDATE SET value = 1");
  const Result<Inspection> inspection = inspect_database(copy);
  ASSERT_TRUE(inspection) << inspection.error().message;
  EXPECT_FALSE(inspection->whole);
  EXPECT_NE(inspection->what.find("ledger"), std::string::npos) << inspection->what;
}

TEST_F(BackupsTest, EventsThatNoSumCountsYetAreCheckedToo) {
  const fs::path copy = make().file;
  script(copy, "INSERT INTO usage_events VALUES (1, 0, 1, 0, 0, 0, 200, 0, 0, 0, x'7f000001', 0, 0, 1)");
  const Result<Inspection> whole = inspect_database(copy);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_TRUE(whole->whole) << whole->what;
  EXPECT_EQ(whole->events, 1);
  script(copy, "INSERT INTO usage_events VALUES (2, 0, 1, 0, 0, 0, 200, 0, 0, 0, x'7f000001', 0, 0, 1)");
  const Result<Inspection> broken = inspect_database(copy);
  ASSERT_TRUE(broken);
  EXPECT_FALSE(broken->whole);
  EXPECT_NE(broken->what.find("event 2"), std::string::npos) << broken->what;
}

TEST_F(BackupsTest, SumsThatAreHalfWrittenAreTakenForWhatTheyAre) {
  const fs::path copy = make().file;
  script(
      copy,
      "INSERT INTO usage_events VALUES (1, 0, 1, 0, 0, 0, 200, 0, 0, 0, x'7f000001', 0, 0, 1),"
      "  (2, 0, 2, 0, 0, 0, 200, 0, 0, 0, x'7f000001', 0, 0, 1), (3, 0, 1, 1, 0, 0, 200, 0, 0, 0, x'7f000001', 0, 0, "
      "1);"
      "INSERT INTO ledger_hours VALUES (0, 1, 0, 0, 0, 1, 1, 0);"
      "INSERT INTO ledger_all_hours VALUES (0, 0, 0, 0, 1, 1, 0);"
      "INSERT INTO ledger_days VALUES (0, 1, 0, 0, 1, 1);"
      "INSERT INTO customer_key_totals VALUES (1, 1, 0, 1, 0);"
      "INSERT OR REPLACE INTO ledger_state VALUES ('rolled_up_to', 0), ('rolling_up_to', 2), ('rolled_keys_up_to', 1)");
  const Result<Inspection> half = inspect_database(copy);
  ASSERT_TRUE(half) << half.error().message;
  EXPECT_TRUE(half->whole) << half->what;
  EXPECT_EQ(half->events, 3);
  script(copy, "UPDATE ledger_state SET value = 2 WHERE name = 'rolled_keys_up_to'");
  const Result<Inspection> wrong = inspect_database(copy);
  ASSERT_TRUE(wrong);
  EXPECT_FALSE(wrong->whole);
}

TEST_F(BackupsTest, AKeyIsTriedOnASealedValue) {
  const std::string row = "sealed_settings/fingerprint_key";
  ASSERT_TRUE(world_.store->writer().run_blocking<void>([&](store::Transaction& transaction) {
    return store::SealedSettingStore::put(transaction, "fingerprint_key",
                                          world_.keyring.seal(Secret{std::string{"text"}}, row));
  }));
  const fs::path copy = make().file;
  EXPECT_TRUE(probe_seals(copy, world_.keyring));
  const Keyring another{crypto::MasterKey::generate()};
  EXPECT_EQ(probe_seals(copy, another).error().reason, "sealed_under_another_key");
}

}  // namespace
}  // namespace keyledger::service
