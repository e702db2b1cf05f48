#include "service/key_test_runs.h"

#include <gtest/gtest.h>

#include "service/accounts.h"
#include "service/events.h"
#include "service/testing.h"

namespace keyledger::service {
namespace {

using providers::testing::reply;
using testing::kOwner;
using testing::run;
using testing::World;

// Made-up keys in the provider's form, from parts, so that no scanner takes them for real ones.
std::string project_key(char fill) {
  return "sk-proj-" + std::string(58, fill) + "T3Blbk" + "FJ" + std::string(58, fill);
}

class KeyTestRunsTest : public ::testing::Test {
 protected:
  KeyTestRunsTest() {
    check_invariant(keys_.prepare().has_value(), "the fingerprint key can be made");
    account_ = run(accounts_.create(kOwner, {"dana@example.com", "", ""}, {}))->id;
  }
  ProviderKeyId hold(char fill, const std::string& name) {
    NewKey key;
    key.name = name;
    key.full_key = Secret{project_key(fill)};
    key.account_id = account_;
    return run(keys_.create(kOwner, std::move(key), {}))->id;
  }

  World world_{};
  providers::testing::ScriptedHttp http_{};
  providers::Registry registry_{&http_, &world_.clock};
  providers::Endpoints endpoints_ = *providers::Endpoints::make(&registry_, {});
  Accounts accounts_{world_.core()};
  ProviderKeys keys_{world_.core(), &endpoints_};
  EventHub events_{};
  KeyTestRuns runs_{world_.core(), &keys_, &events_};
  AccountId account_{};
};

TEST_F(KeyTestRunsTest, EveryKeyIsTestedAndTheOutcomesAreCounted) {
  for (const char fill : {'a', 'b', 'c', 'd', 'e', 'f'}) hold(fill, "prod");
  http_.on("/models", reply(401, R"({"error":{"code":"invalid_api_key","message":"no"}})"));
  EXPECT_EQ(runs_.state().state, KeyTestPhase::idle);
  const auto listener = events_.subscribe();
  ASSERT_TRUE(listener);
  ASSERT_TRUE(run(runs_.start(kOwner, {})));  // the executor of the test runs until nothing is left to do
  const KeyTestRun after = runs_.state();
  EXPECT_EQ(after.state, KeyTestPhase::finished);
  EXPECT_EQ(after.total, 6);
  EXPECT_EQ(after.tested, 6);
  EXPECT_EQ(after.invalid, 6);
  EXPECT_TRUE(after.finished_at);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM provider_keys WHERE status = 'invalid'"), 6);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action = 'keys.test'"), 6);
  const Subscription::Next told = run((*listener)->next(std::chrono::milliseconds{0}));
  ASSERT_EQ(told.outcome, Subscription::Outcome::event);
  EXPECT_EQ(told.event.resources.front(), "keys");
}

TEST_F(KeyTestRunsTest, OnlyKeysUnderTheFilterAreTested) {
  hold('a', "chat");
  hold('b', "batch");
  http_.on("/models", reply(401, R"({"error":{"code":"invalid_api_key","message":"no"}})"));
  ASSERT_TRUE(run(runs_.start(kOwner, {.search = "chat"})));
  EXPECT_EQ(runs_.state().total, 1);
  ASSERT_TRUE(run(runs_.start(kOwner, {.search = "nothing is called so"})));
  EXPECT_EQ(runs_.state().total, 0);
  EXPECT_EQ(runs_.state().state, KeyTestPhase::finished);
}

TEST_F(KeyTestRunsTest, AKeyThatCannotBeTestedStopsNoOther) {
  const ProviderKeyId first = hold('a', "one");
  const ProviderKeyId second = hold('b', "two");
  ASSERT_TRUE(world_.store->writer().run_blocking<void>([&](store::Transaction& transaction) {
    return transaction.connection().run_script(
        "UPDATE provider_keys SET sealed_key = (SELECT sealed_key FROM provider_keys WHERE id = " +
        std::to_string(second.value) + ") WHERE id = " + std::to_string(first.value));
  }));
  http_.on("/models", reply(401, R"({"error":{"code":"invalid_api_key","message":"no"}})"));
  ASSERT_TRUE(run(runs_.start(kOwner, {})));
  EXPECT_EQ(runs_.state().failed, 1);
  EXPECT_EQ(runs_.state().invalid, 1);
  EXPECT_EQ(runs_.state().state, KeyTestPhase::finished);
}

TEST_F(KeyTestRunsTest, AStopLeavesTheRestUntested) {
  hold('a', "one");
  runs_.stop();
  ASSERT_TRUE(run(runs_.start(kOwner, {})));
  EXPECT_EQ(runs_.state().state, KeyTestPhase::stopped);
  EXPECT_EQ(runs_.state().tested, 0);
}

/// Starts a second run while the first is under way.
runtime::Task<Result<KeyTestRun>> start_twice(KeyTestRuns* runs) {
  Actor actor = kOwner;
  KeyFilter everything;
  const Result<KeyTestRun> first = co_await runs->start(actor, everything);
  EXPECT_TRUE(first);
  Result<KeyTestRun> second = co_await runs->start(std::move(actor), std::move(everything));
  co_return second;
}

TEST_F(KeyTestRunsTest, ThereIsOneRunAtATime) {
  hold('a', "one");
  http_.on("/models", reply(401, R"({"error":{"code":"invalid_api_key","message":"no"}})"));
  const Result<KeyTestRun> second = run(start_twice(&runs_));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "tests_running");
  EXPECT_EQ(runs_.state().state, KeyTestPhase::finished);
}

}  // namespace
}  // namespace keyledger::service
