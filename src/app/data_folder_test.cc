#include "app/data_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

namespace keyledger::app {
namespace {

namespace fs = std::filesystem;

class DataFolder : public testing::Test {
 protected:
  void SetUp() override {
    crypto::initialise();
    std::string pattern = (fs::temp_directory_path() / "keyledger-folder-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    settings_.data_dir = root_ / "data";
  }
  void TearDown() override { fs::remove_all(root_); }

  static ::mode_t mode(const fs::path& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status.st_mode & 0777;
  }
  static void write(const fs::path& file, const std::string& text, ::mode_t mode) {
    std::ofstream{file} << text;
    ::chmod(file.c_str(), mode);
  }

  fs::path root_;
  Settings settings_;
};

TEST_F(DataFolder, TheFirstStartMakesFolderAndKeyForTheOwnerAlone) {
  ASSERT_TRUE(prepare_folder(settings_));
  EXPECT_EQ(mode(settings_.data_dir), 0700u);
  const Result<crypto::MasterKey> made = load_master_key(settings_);
  ASSERT_TRUE(made);
  EXPECT_EQ(mode(settings_.data_dir / "master.key"), 0600u);
  const Result<crypto::MasterKey> again = load_master_key(settings_);
  ASSERT_TRUE(again);
  EXPECT_EQ(made->id(), again->id());
  EXPECT_FALSE(fs::exists(settings_.data_dir / "master.key.draft"));
}

TEST_F(DataFolder, AKeyThatOthersMayReadIsRefused) {
  ASSERT_TRUE(prepare_folder(settings_));
  ASSERT_TRUE(load_master_key(settings_));
  for (const ::mode_t open : {0640u, 0604u, 0610u, 0602u}) {
    ::chmod((settings_.data_dir / "master.key").c_str(), open);
    EXPECT_EQ(load_master_key(settings_).error().reason, "exposed_master_key") << open;
  }
  ::chmod((settings_.data_dir / "master.key").c_str(), 0400);
  EXPECT_TRUE(load_master_key(settings_));
}

TEST_F(DataFolder, AMissingKeyBesideADatabaseIsNotReplaced) {
  ASSERT_TRUE(prepare_folder(settings_));
  write(database_file(settings_), "x", 0600);
  EXPECT_EQ(load_master_key(settings_).error().reason, "master_key_missing");
  EXPECT_FALSE(fs::exists(master_key_path(settings_)));
}

TEST_F(DataFolder, AFolderOpenToOthersIsTightenedOnlyWhileItIsEmpty) {
  fs::create_directory(settings_.data_dir);
  ::chmod(settings_.data_dir.c_str(), 0755);
  ASSERT_TRUE(prepare_folder(settings_));
  EXPECT_EQ(mode(settings_.data_dir), 0700u);
  write(database_file(settings_), "x", 0600);
  ::chmod(settings_.data_dir.c_str(), 0750);
  EXPECT_EQ(prepare_folder(settings_).error().reason, "exposed_folder");
  settings_.data_dir = database_file(settings_);
  EXPECT_EQ(prepare_folder(settings_).error().reason, "io_error");
}

TEST_F(DataFolder, TheKeyMayComeFromACommandOrTheEnvironment) {
  const std::string digits(64, 'a');
  settings_.master_key_command = "echo " + digits;
  const Result<crypto::MasterKey> commanded = load_master_key(settings_);
  ASSERT_TRUE(commanded);
  settings_.master_key_command = "exit 3";
  EXPECT_EQ(load_master_key(settings_).error().reason, "master_key_command_failed");
  settings_.master_key_command = "echo short";
  EXPECT_EQ(load_master_key(settings_).error().reason, "malformed_master_key");
  settings_.master_key = Secret{digits};
  EXPECT_EQ(load_master_key(settings_)->id(), commanded->id());
  settings_.master_key = Secret{std::string{"nonsense"}};
  const Result<crypto::MasterKey> wrong = load_master_key(settings_);
  EXPECT_EQ(wrong.error().reason, "malformed_master_key");
  EXPECT_EQ(wrong.error().message.find("nonsense"), std::string::npos);
}

TEST_F(DataFolder, ANewKeyTakesTheOldOnesPlaceAndKeepsIt) {
  ASSERT_TRUE(prepare_folder(settings_));
  const Result<crypto::MasterKey> old = load_master_key(settings_);
  EXPECT_FALSE(load_new_master_key(settings_)->has_value());
  ASSERT_TRUE(create_key_file(new_master_key_path(settings_)));
  EXPECT_EQ(create_key_file(new_master_key_path(settings_)).error().reason, "file_exists");
  const Result<std::optional<crypto::MasterKey>> fresh = load_new_master_key(settings_);
  ASSERT_TRUE(fresh && *fresh);
  ASSERT_TRUE(adopt_new_master_key(settings_));
  EXPECT_EQ(load_master_key(settings_)->id(), (*fresh)->id());
  EXPECT_FALSE(load_new_master_key(settings_)->has_value());
  settings_.master_key_file = master_key_path(settings_).string() + ".old";
  EXPECT_EQ(load_master_key(settings_)->id(), old->id());
}

TEST(Environment, ASecretVariableIsWipedWhereItStood) {
  char variable[] = "KEYLEDGER_TEST_SECRET=swordfish";
  ::putenv(variable);
  EXPECT_EQ(take_variable("KEYLEDGER_TEST_SECRET").reveal(), "swordfish");
  EXPECT_EQ(std::getenv("KEYLEDGER_TEST_SECRET"), nullptr);
  EXPECT_EQ(std::string_view(variable, sizeof(variable)).find("swordfish"), std::string_view::npos);
  EXPECT_TRUE(take_variable("KEYLEDGER_TEST_SECRET").empty());
}

}  // namespace
}  // namespace keyledger::app
