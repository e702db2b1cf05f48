#include "faults/undo_log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "faults/fault_vfs.h"
#include "store/contract/temporary_folder.h"

namespace keyledger::faults {
namespace {

namespace fs = std::filesystem;
using store::TemporaryFolder;

void write_text(const fs::path& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
}

std::string read_text(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

TEST(UndoLog, ChangesAreTakenBackFromTheLastToTheFirst) {
  const TemporaryFolder folder;
  const fs::path file = folder / "data";
  write_text(file, "abcdef");
  {
    UndoLog log(folder.path(), file);
    log.remember(1, std::string("bc"), 6);       // abcdef -> aXYdef
    log.remember(2, std::string("Y"), 6);        // aXYdef -> aXZdef
    log.remember(6, {}, 6);                      // appended: aXZdef1
    log.remember(0, std::string("aXZdef1"), 7);  // cut to nothing
  }
  write_text(file, "");
  const std::optional<PowerCut> cut = apply_undo(folder.path());
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->files, 1);
  EXPECT_EQ(cut->changes, 4);
  EXPECT_EQ(read_text(file), "abcdef");
  EXPECT_EQ(apply_undo(folder.path())->changes, 0);  // the log is empty afterwards
}

TEST(UndoLog, WhatWasForgottenStays) {
  const TemporaryFolder folder;
  const fs::path file = folder / "data";
  write_text(file, "new");
  UndoLog log(folder.path(), file);
  log.remember(0, std::string("old"), 3);
  log.forget();
  ASSERT_TRUE(apply_undo(folder.path()));
  EXPECT_EQ(read_text(file), "new");
}

TEST(UndoLog, ALogGoesOnInTheNextProcess) {
  const TemporaryFolder folder;
  const fs::path file = folder / "data";
  write_text(file, "ccc");
  { UndoLog(folder.path(), file).remember(0, std::string("aaa"), 3); }
  { UndoLog(folder.path(), file).remember(0, std::string("bbb"), 3); }
  EXPECT_EQ(apply_undo(folder.path())->changes, 2);
  EXPECT_EQ(read_text(file), "aaa");
}

TEST(UndoLog, ARecordThatWasCutShortIsNoChange) {
  const TemporaryFolder folder;
  const fs::path file = folder / "data";
  write_text(file, "bbb");
  UndoLog(folder.path(), file).remember(0, std::string("aaa"), 3);
  const fs::path log = folder / "data.undo";
  const auto whole = fs::file_size(log);
  std::ofstream(log, std::ios::binary | std::ios::app) << std::string(30, '\1');
  EXPECT_GT(fs::file_size(log), whole);
  EXPECT_EQ(apply_undo(folder.path())->changes, 1);
  EXPECT_EQ(read_text(file), "aaa");
}

TEST(UndoLog, AnotherFolderCanBeCut) {
  const TemporaryFolder folder;
  const TemporaryFolder copy;
  write_text(folder / "data", "new");
  write_text(copy / "data", "new");
  UndoLog(folder.path(), folder / "data").remember(0, std::string("old"), 3);
  ASSERT_TRUE(apply_undo(folder.path(), copy.path()));
  EXPECT_EQ(read_text(folder / "data"), "new");
  EXPECT_EQ(read_text(copy / "data"), "old");
}

TEST(UndoLog, AMissingFolderIsSaid) {
  const TemporaryFolder folder;
  EXPECT_FALSE(apply_undo(folder / "missing"));
}

TEST(WeakenSynchronous, OnlyFullBecomesNormalAndNothingMoves) {
  const struct {
    const char* given;
    const char* want;  // nothing: unchanged
  } cases[] = {
      {"PRAGMA synchronous=FULL;SELECT 1", "PRAGMA synchronous=1   ;SELECT 1"},
      {"pragma Synchronous = full", "pragma Synchronous = 1   "},
      {"PRAGMA synchronous(FULL)", "PRAGMA synchronous(1   )"},
      {"PRAGMA synchronous=FULL; PRAGMA synchronous=FULL", "PRAGMA synchronous=1   ; PRAGMA synchronous=1   "},
      {"PRAGMA synchronous", nullptr},
      {"PRAGMA synchronous=OFF", nullptr},
      {"SELECT 'FULL'", nullptr},
      {"", nullptr},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.given);
    EXPECT_EQ(weaken_synchronous(c.given), c.want == nullptr ? std::nullopt : std::optional<std::string>(c.want));
  }
}

}  // namespace
}  // namespace keyledger::faults
