#include "store/folder_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "store/contract/temporary_folder.h"

namespace keyledger::store {
namespace {

TEST(FolderLock, ASecondHolderIsRefusedAndToldWhoHoldsIt) {
  const TemporaryFolder folder;
  const Result<FolderLock> first = FolderLock::acquire(folder.path());
  ASSERT_TRUE(first);
  const Result<FolderLock> second = FolderLock::acquire(folder.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
  EXPECT_EQ(second.error().reason, "folder_in_use");
  EXPECT_THAT(second.error().message, testing::HasSubstr("process " + std::to_string(::getpid())));
  EXPECT_THAT(second.error().message, testing::HasSubstr(folder.path().string()));
}

TEST(FolderLock, ItIsFreeAgainWhenTheHolderIsGone) {
  const TemporaryFolder folder;
  { ASSERT_TRUE(FolderLock::acquire(folder.path())); }
  EXPECT_TRUE(std::filesystem::exists(folder / "keyledger.lock"));
  EXPECT_TRUE(FolderLock::acquire(folder.path()));
}

TEST(FolderLock, ItMovesWithItsOwner) {
  const TemporaryFolder folder;
  std::optional<FolderLock> outer;
  {
    Result<FolderLock> inner = FolderLock::acquire(folder.path());
    ASSERT_TRUE(inner);
    outer = std::move(*inner);
  }
  EXPECT_FALSE(FolderLock::acquire(folder.path()));
  outer.reset();
  EXPECT_TRUE(FolderLock::acquire(folder.path()));
}

TEST(FolderLock, TheFileIsForTheOwnerOnly) {
  const TemporaryFolder folder;
  ASSERT_TRUE(FolderLock::acquire(folder.path()));
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(folder / "keyledger.lock").permissions(), perms::owner_read | perms::owner_write);
}

TEST(FolderLock, AMissingFolderIsAnError) {
  const TemporaryFolder folder;
  const Result<FolderLock> lock = FolderLock::acquire(folder / "missing");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, Code::unavailable);
  EXPECT_EQ(lock.error().reason, "io_error");
}

}  // namespace
}  // namespace keyledger::store
