#include "service/import/uploads.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "service/testing.h"

namespace keyledger::service {
namespace {

namespace fs = std::filesystem;
using testing::run;

struct UploadsTest : ::testing::Test {
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator{}));
  }

  testing::TemporaryFolder folder{};
  runtime::Pool workers{1, 8};
  Uploads uploads{folder.path(), &workers};
};

TEST_F(UploadsTest, WhatComesIsKeptForItsOwnerAloneAndGoesWithTheUpload) {
  {
    const auto upload = uploads.begin().value();
    struct stat status {};
    ASSERT_EQ(::stat(upload->file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    std::string want;
    for (int i = 0; i < 20; ++i) {
      const std::string piece(50'000, static_cast<char>('a' + i));
      want += piece;
      ASSERT_TRUE(run(upload->append(piece)));
    }
    ASSERT_TRUE(run(upload->finish()));
    std::ifstream file(upload->file(), std::ios::binary);
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>(file), {}}), want);
    std::ofstream(upload->file().string() + "-wal") << "of SQLite";
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(UploadsTest, OneComesAtATimeAndTheNextWhenItIsThere) {
  const auto upload = uploads.begin().value();
  EXPECT_EQ(uploads.begin().error().reason, "upload_running");
  ASSERT_TRUE(run(upload->finish()));
  EXPECT_TRUE(uploads.begin());
}

TEST_F(UploadsTest, OneThatIsGivenUpMakesRoomForTheNext) {
  { const auto upload = uploads.begin().value(); }
  EXPECT_TRUE(uploads.begin());
}

TEST_F(UploadsTest, AFullQueueIsToldAndTheFileGoes) {
  runtime::Pool full{1, 0};
  Uploads busy{folder.path(), &full};
  {
    const auto upload = busy.begin().value();
    EXPECT_EQ(run(upload->append(std::string(Upload::kPieceBytes, 'x'))).error().reason, "overloaded");
    EXPECT_EQ(run(upload->finish()).error().reason, "overloaded");
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(UploadsTest, AFolderThatIsNotThereTakesNothing) {
  Uploads nowhere{folder.path() / "nowhere", &workers};
  EXPECT_EQ(nowhere.begin().error().reason, "io_error");
  EXPECT_EQ(nowhere.begin().error().reason, "io_error") << "and blocks nobody";
}

TEST_F(UploadsTest, WhatACrashLeftIsRemovedAndNothingElse) {
  std::ofstream(folder.path() / "upload-AbCd12.db") << "left";
  std::ofstream(folder.path() / "upload-AbCd12.db-journal") << "left";
  std::ofstream(folder.path() / "keyledger.db") << "mine";
  std::ofstream(folder.path() / "upload-notes.txt") << "mine";
  const Uploads next{folder.path(), &workers};
  EXPECT_EQ(files(), 2U);
}

}  // namespace
}  // namespace keyledger::service
