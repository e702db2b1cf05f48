// The shared object under a program that knows nothing of it: killed with SIGKILL, then the power cut.
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "store/contract/temporary_folder.h"

namespace keyledger::faults {
namespace {

namespace fs = std::filesystem;
using store::TemporaryFolder;
using Environment = std::vector<std::string>;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// A program whose output is read line by line.
class Child {
 public:
  Child(std::vector<std::string> arguments, Environment environment) {
    std::array<int, 2> ends{};
    check_invariant(::pipe(ends.data()) == 0, "a pipe can be made");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    const int failed = ::posix_spawn(&pid_, arguments[0].c_str(), &actions, nullptr, pointers(arguments).data(),
                                     pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    check_invariant(failed == 0, "the program can be started");
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }
  ~Child() {
    std::fclose(output_);
    if (pid_ > 0) kill();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  std::string line() {
    std::array<char, 256> text{};
    if (std::fgets(text.data(), static_cast<int>(text.size()), output_) == nullptr) return "";
    std::string line(text.data());
    if (line.ends_with('\n')) line.pop_back();
    return line;
  }
  void kill() {
    ::kill(pid_, SIGKILL);
    wait();
  }
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }

 private:
  pid_t pid_ = -1;
  FILE* output_ = nullptr;
};

class PreloadTest : public testing::Test {
 protected:
  Environment under_faults(Environment more = {}) {
    fs::create_directories(folder_ / "undo");
    more.push_back("LD_PRELOAD=" KEYLEDGER_FAULT_VFS);
    more.push_back("KEYLEDGER_FAULT_DIR=" + (folder_ / "undo").string());
    more.push_back("KEYLEDGER_FAULT_TRIGGER=" + (folder_ / "trigger").string());
    return more;
  }
  std::vector<std::string> probe(int rows) const {
    return {KEYLEDGER_FAULT_PROBE, (folder_ / "probe.db").string(), std::to_string(rows)};
  }

  /// Stores rows, kills the program, cuts the power, and counts.
  int rows_after_power_cut(int rows, Environment more) {
    Child child(probe(rows), under_faults(std::move(more)));
    for (std::string line = "start"; line != "stored " + std::to_string(rows); line = child.line()) {
      if (line.empty() || line.starts_with("failed")) return -1;
    }
    child.kill();
    Child cut({KEYLEDGER_POWERCUT, (folder_ / "undo").string()}, {});
    EXPECT_NE(cut.line(), "");
    EXPECT_EQ(cut.wait(), 0);
    return std::stoi(Child(probe(0), {}).line());
  }

  TemporaryFolder folder_{};
};

TEST_F(PreloadTest, AProgramWithSynchronousFullLosesNothing) {
  EXPECT_EQ(rows_after_power_cut(50, {}), 50);
}

TEST_F(PreloadTest, TheControlBelievesToBeFullAndLosesRows) {
  EXPECT_LT(rows_after_power_cut(50, {"KEYLEDGER_FAULT_SYNCHRONOUS=normal"}), 50);
}

TEST_F(PreloadTest, TheTriggerFileFillsTheDiskOrBreaksItsSync) {
  for (const auto& [word, answer] :
       {std::pair{"enospc", "failed database or disk is full"}, std::pair{"eio", "failed disk I/O error"}}) {
    SCOPED_TRACE(word);
    std::ofstream(folder_ / "trigger") << word << "\n";
    Child child(probe(1), under_faults());
    EXPECT_EQ(child.line(), answer);
    EXPECT_NE(child.wait(), 0);
  }
}

}  // namespace
}  // namespace keyledger::faults
