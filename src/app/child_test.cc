#include "app/child.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace keyledger::app {
namespace {

using std::chrono::milliseconds;

class ChildTest : public ::testing::Test {
 protected:
  Result<Secret> shell(std::string script, const Secret& input = Secret{"in"}, ChildLimits limits = {}) {
    return first_line_of({"sh", "-c", std::move(script)}, input, &stop_, limits);
  }
  std::atomic<bool> stop_{false};
};

TEST_F(ChildTest, TheFirstLineIsTheAnswer) {
  EXPECT_EQ(shell("cat", Secret{"first\nsecond\n"})->reveal(), "first");
  EXPECT_EQ(shell("printf 'no end'")->reveal(), "no end");
  EXPECT_EQ(shell("printf 'a\\r\\nb'")->reveal(), "a");
  EXPECT_EQ(shell("echo 1; yes | head -c 100000; echo noise >&2")->reveal(), "1");
}

TEST_F(ChildTest, ItNeedsNotReadWhatItGets) {
  EXPECT_EQ(shell("echo done", Secret{std::string(32 << 10, 'x')})->reveal(), "done");
}

TEST_F(ChildTest, WhatGoesWrongHasAReason) {
  EXPECT_EQ(first_line_of({"/no/such/program"}, Secret{}, &stop_).error().reason, "command_not_started");
  EXPECT_EQ(shell("echo secret; exit 3").error().reason, "command_failed");
  EXPECT_EQ(shell("echo secret; exit 3").error().message, "The command ended with code 3.");
  EXPECT_EQ(shell("kill -9 $$").error().reason, "command_failed");
  EXPECT_EQ(shell("true").error().reason, "command_said_nothing");
  EXPECT_EQ(shell("echo; echo late").error().reason, "command_said_nothing");
  EXPECT_EQ(shell("echo x; sleep 100", Secret{}, {.patience = milliseconds{50}}).error().reason, "command_timeout");
}

TEST_F(ChildTest, ALineThatIsTooLongIsNotCutSilently) {
  const Result<Secret> line = shell("head -c 3000 /dev/zero | tr '\\0' x");
  ASSERT_TRUE(line);
  EXPECT_GT(line->size(), std::size_t{1} << 10);  // over what a password may have, so that it is refused
}

TEST_F(ChildTest, ItsEnvironmentHasNoSecretsOfOurs) {
  ASSERT_EQ(::setenv("KEYLEDGER_MASTER_KEY", "secret", 1), 0);
  EXPECT_EQ(shell("echo \"${KEYLEDGER_MASTER_KEY-none} ${PATH:+path}\"")->reveal(), "none path");
  ::unsetenv("KEYLEDGER_MASTER_KEY");
}

TEST_F(ChildTest, AStopEndsIt) {
  stop_ = true;
  EXPECT_EQ(shell("sleep 100").error().reason, "command_timeout");
}

}  // namespace
}  // namespace keyledger::app
