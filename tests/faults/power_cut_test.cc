// The writer on a file system that forgets what was not synced. The control shows that the simulation would notice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "faults/fault_vfs.h"
#include "faults/undo_log.h"
#include "store/contract/temporary_folder.h"
#include "store/sqlite.h"
#include "store/writer.h"

namespace keyledger::faults {
namespace {

namespace fs = std::filesystem;
using store::Connection;
using store::NoParameters;
using store::Query;
using store::Single;
using store::TemporaryFolder;
using store::Transaction;
using store::Writer;

constexpr std::int64_t kAcknowledged = 200;

const Query<void> kInsert{"INSERT INTO numbers (text) VALUES ('a value')"};
const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM numbers"};

/// Registered once for the whole test program; each test works on files of other names.
const fs::path& undo_folder() {
  static const TemporaryFolder folder;
  static const bool registered = register_fault_vfs({.undo_folder = folder.path()}, false);
  check_invariant(registered, "SQLite takes the fault layer");
  return folder.path();
}

class PowerCutTest : public testing::Test {
 protected:
  PowerCutTest() {
    (void)undo_folder();
    fault_control().disk_full = false;
    fault_control().failing_syncs = 0;
    fault_control().failing_writes = 0;
    create();
  }

  /// A database with one empty table, complete on the disk.
  void create() {
    const auto connection = store::open_sqlite({.file = file_, .vfs = kVfsName}).value();
    EXPECT_TRUE(connection->run_script("CREATE TABLE numbers (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"));
    EXPECT_TRUE(connection->run_script("PRAGMA wal_checkpoint(TRUNCATE)"));
  }

  store::OpenConnection opener(std::string_view synchronous) {
    return [file = file_, pragma = "PRAGMA synchronous = " + std::string(synchronous)] {
      auto connection = store::open_sqlite({.file = file, .vfs = kVfsName});
      if (connection && !(*connection)->run_script(pragma)) ADD_FAILURE() << pragma;
      return connection;
    };
  }

  static Result<std::int64_t> insert(Writer& writer) {
    return writer.run_blocking<std::int64_t>([](Transaction& transaction) { return transaction.change(kInsert); });
  }

  /// The process dies now: what the files hold, elsewhere.
  fs::path kill() {
    const fs::path disk = folder_ / "disk";
    fs::create_directory(disk);
    for (const char* ending : {"", "-wal"}) {
      const std::string name = file_.filename().string() + ending;
      fs::copy_file(folder_ / name, disk / name);
    }
    return disk / file_.filename();
  }

  /// The power goes off now: what the disk would hold, elsewhere.
  fs::path cut() {
    const fs::path file = kill();
    const fs::path undo = folder_ / "undo";
    fs::create_directory(undo);
    for (const char* ending : {"", "-wal"}) {
      const std::string name = file_.filename().string() + ending + ".undo";
      fs::copy_file(undo_folder() / name, undo / name);
    }
    EXPECT_TRUE(apply_undo(undo, file.parent_path()));
    return file;
  }

  static std::int64_t count(Connection& connection) {
    Transaction transaction(connection);
    return transaction.one(kCount).value()->value;
  }
  static std::int64_t count_in(const fs::path& file) {
    const auto connection = store::open_sqlite({.file = file}).value();
    EXPECT_TRUE(connection->verify());
    return count(*connection);
  }
  std::int64_t acknowledge_then_cut(std::string_view synchronous) {
    Writer writer(opener(synchronous));
    for (std::int64_t i = 0; i < kAcknowledged; ++i) EXPECT_TRUE(insert(writer));
    return count_in(cut());
  }

  TemporaryFolder folder_{};
  fs::path file_ = folder_ / (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".db");
};

TEST_F(PowerCutTest, WhatWasAcknowledgedIsThereAfterwards) {
  EXPECT_EQ(acknowledge_then_cut("FULL"), kAcknowledged);
}

TEST_F(PowerCutTest, TheControlWithSynchronousNormalLosesSome) {
  EXPECT_LT(acknowledge_then_cut("NORMAL"), kAcknowledged);
}

TEST_F(PowerCutTest, ACheckpointInBetweenLosesNothing) {
  Writer writer(opener("FULL"));
  ASSERT_TRUE(insert(writer));
  const Result<void> checkpointed = store::open_sqlite({.file = file_, .vfs = kVfsName}).value()->verify();
  ASSERT_TRUE(checkpointed);
  ASSERT_TRUE(insert(writer));
  EXPECT_EQ(count_in(cut()), 2);
}

TEST_F(PowerCutTest, AMutationThatChangesNothingCostsNoSync) {
  Writer writer(opener("FULL"));
  ASSERT_TRUE(insert(writer));
  const std::int64_t before = fault_control().syncs;
  const auto look = writer.run_blocking<std::int64_t>(
      [](Transaction& transaction) -> Result<std::int64_t> { return transaction.one(kCount).value()->value; });
  EXPECT_EQ(look, 1);
  const auto refuse = [](Transaction& transaction) -> Result<void> {
    EXPECT_TRUE(transaction.change(kInsert));
    return fail(Code::conflict, "no");
  };
  EXPECT_FALSE(writer.run_blocking<void>(refuse));
  EXPECT_EQ(fault_control().syncs, before);
  ASSERT_TRUE(insert(writer));
  EXPECT_EQ(fault_control().syncs, before + 1);  // and one that does costs one
}

TEST_F(PowerCutTest, AFullDiskRefusesAndGoesOnWhenThereIsRoom) {
  Writer writer(opener("FULL"));
  ASSERT_TRUE(insert(writer));
  fault_control().disk_full = true;
  for (int i = 0; i < 3; ++i) {
    const auto refused = insert(writer);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable);
    EXPECT_EQ(refused.error().reason, "disk_full");
    EXPECT_EQ(refused.error().message, "The disk is full; make room and repeat the request.");
  }
  fault_control().disk_full = false;
  ASSERT_TRUE(insert(writer));
  EXPECT_EQ(count_in(cut()), 2);
}

TEST_F(PowerCutTest, ADiskThatFillsInTheMiddleOfABatchStoresNothingOfIt) {
  Writer writer(opener("FULL"));
  const auto flood = [](Transaction& transaction) -> Result<void> {  // more than the cache holds, so it spills
    static const Query<void> kFlood{R"sql(
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO numbers (text) SELECT hex(zeroblob(1500)) FROM n)sql"};
    EXPECT_TRUE(transaction.change(kInsert));
    fault_control().disk_full = true;
    EXPECT_FALSE(transaction.change(kFlood));
    fault_control().disk_full = false;
    EXPECT_FALSE(transaction.change(kInsert));  // it must not be stored by itself
    return {};
  };
  const Result<void> refused = writer.run_blocking<void>(flood);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "disk_full");
  ASSERT_TRUE(insert(writer));
  EXPECT_EQ(count_in(cut()), 1);
}

TEST_F(PowerCutTest, WhatCouldNotBeSyncedDoesNotComeBackAfterAKill) {
  // A reader keeps SQLite from emptying the log by itself when the writer's handle is closed.
  const auto reader = store::open_sqlite({.file = file_, .read_only = true, .vfs = kVfsName}).value();
  Writer writer(opener("FULL"));
  ASSERT_TRUE(insert(writer));
  EXPECT_EQ(count(*reader), 1);
  fault_control().failing_syncs = 1;
  EXPECT_FALSE(insert(writer));
  const auto settle = [](Transaction&) -> Result<void> { return {}; };
  ASSERT_TRUE(writer.run_blocking<void>(settle));  // by then the log was emptied, in which it still stood
  EXPECT_EQ(count_in(kill()), 1);
}

TEST_F(PowerCutTest, AfterAFailedSyncTheWriterGoesOn) {
  Writer writer(opener("FULL"), {.on_unrecoverable = [](const Error&) { ADD_FAILURE() << "it was recoverable"; }});
  ASSERT_TRUE(insert(writer));
  fault_control().failing_syncs = 1;
  const auto lost = insert(writer);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().reason, "io_error");
  ASSERT_TRUE(insert(writer));
  EXPECT_EQ(count_in(cut()), 2);
}

TEST_F(PowerCutTest, AWriteThatFailsIsNotStored) {
  Writer writer(opener("FULL"), {.on_unrecoverable = [](const Error&) { ADD_FAILURE() << "it was recoverable"; }});
  ASSERT_TRUE(insert(writer));
  fault_control().failing_writes = 1;
  EXPECT_FALSE(insert(writer));
  ASSERT_TRUE(insert(writer));
  EXPECT_EQ(count_in(cut()), 2);
}

TEST_F(PowerCutTest, ADiskThatNeverSyncsAgainStopsTheWriter) {
  std::promise<std::string> reported;
  Writer writer(opener("FULL"), {.on_unrecoverable = [&](const Error& error) { reported.set_value(error.reason); }});
  ASSERT_TRUE(insert(writer));
  fault_control().failing_syncs = 1'000;
  EXPECT_FALSE(insert(writer));
  EXPECT_EQ(reported.get_future().get(), "io_error");
  fault_control().failing_syncs = 0;
  EXPECT_FALSE(insert(writer));  // too late: what is on the disk is unknown
  EXPECT_EQ(count_in(cut()), 1);
}

}  // namespace
}  // namespace keyledger::faults
