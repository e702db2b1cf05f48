#include "service/audit.h"

#include <gtest/gtest.h>

#include "service/testing.h"

namespace keyledger::service {
namespace {

using testing::kOwner;
using testing::run;
using testing::World;

struct Log {
  void write(const std::string& action, const std::string& subject = "provider_keys/1") {
    const auto done = world_.store->writer().run_blocking<void>([&](store::Transaction& transaction) {
      return record_audit(transaction, world_.clock.now(), kOwner, action, subject,
                          {{"name", "a\nname"}, {"note", "x"}});
    });
    ASSERT_TRUE(done);
    world_.clock.advance(std::chrono::seconds{1});
  }
  void tamper(std::string_view sql) {
    ASSERT_TRUE(world_.store->writer().run_blocking<void>(
        [&](store::Transaction& transaction) { return transaction.connection().run_script(sql); }));
  }
  World world_{};
  Audit audit_{world_.core()};
};

class AuditTest : public ::testing::Test, protected Log {};

TEST_F(AuditTest, AnEmptyLogIsWhole) {
  const Result<AuditState> state = run(audit_.verify());
  ASSERT_TRUE(state);
  EXPECT_TRUE(state->whole);
  EXPECT_EQ(state->lines, 0);
}

TEST_F(AuditTest, LinesComeNewestFirstAndByFilter) {
  write("keys.create");
  write("keys.reveal");
  write("accounts.create", "accounts/1");
  const auto all = run(audit_.list({}));
  ASSERT_EQ(all->size(), 3U);
  EXPECT_EQ(all->front().action, "accounts.create");
  EXPECT_EQ(all->front().details.at("name"), "a name");
  EXPECT_EQ(run(audit_.list({.action = "keys.reveal"}))->size(), 1U);
  EXPECT_EQ(run(audit_.list({.action = "keys."}))->size(), 2U);
  EXPECT_EQ(run(audit_.list({.subject = "accounts/1"}))->size(), 1U);
  EXPECT_EQ(run(audit_.list({.actor = "nobody"}))->size(), 0U);
  EXPECT_EQ(run(audit_.list({.from = testing::kStart + std::chrono::seconds{1}}))->size(), 2U);
  EXPECT_EQ(run(audit_.list({.to = testing::kStart + std::chrono::seconds{1}}))->size(), 1U);
  EXPECT_EQ(run(audit_.list({.before = 2}))->size(), 1U);
}

TEST_F(AuditTest, EveryKindOfTamperingShows) {
  const struct {
    const char* name;
    const char* sql;
    std::int64_t at;
  } cases[] = {
      {"changed", "UPDATE audit_log SET actor_name = 'somebody' WHERE id = 2", 2},
      {"taken out", "DELETE FROM audit_log WHERE id = 2", 3},
      {"reordered",
       "UPDATE audit_log SET id = 9 WHERE id = 2; UPDATE audit_log SET id = 2 WHERE id = 3;"
       "UPDATE audit_log SET id = 3 WHERE id = 9",
       2},
      {"cut off", "DELETE FROM audit_log WHERE id = 3", 3},
      {"all gone", "DELETE FROM audit_log", 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Log log;
    for (const char* action : {"a.a", "b.b", "c.c"}) log.write(action);
    ASSERT_TRUE(run(log.audit_.verify())->whole);
    log.tamper(c.sql);
    const Result<AuditState> state = run(log.audit_.verify());
    ASSERT_TRUE(state);
    EXPECT_FALSE(state->whole);
    EXPECT_EQ(state->broken_at, c.at);
    EXPECT_FALSE(state->what.empty());
  }
}

}  // namespace
}  // namespace keyledger::service
