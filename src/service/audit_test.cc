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
  std::int64_t count(AuditQuery query) {
    const auto listed = run(audit_.list(std::move(query)));
    EXPECT_TRUE(listed);
    if (!listed) return -1;
    EXPECT_EQ(std::ssize(listed->rows), listed->count);
    return listed->count;
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
  ASSERT_EQ(all->rows.size(), 3U);
  EXPECT_EQ(all->rows.front().action, "accounts.create");
  EXPECT_EQ(all->rows.front().details.at("name"), "a name");
  EXPECT_EQ(all->rows.front().subject_name, "a name");
  EXPECT_EQ(count({.action = "keys.reveal"}), 1);
  EXPECT_EQ(count({.action = "keys."}), 2);
  EXPECT_EQ(count({.subject = "accounts/1"}), 1);
  EXPECT_EQ(count({.actor = "nobody"}), 0);
  EXPECT_EQ(count({.actor = "owner"}), 3);
  EXPECT_EQ(count({.actor_kind = ActorKind::owner}), 3);
  EXPECT_EQ(count({.actor_kind = ActorKind::token}), 0);
  EXPECT_EQ(count({.from = testing::kStart + std::chrono::seconds{1}}), 2);
  EXPECT_EQ(count({.to = testing::kStart + std::chrono::seconds{1}}), 1);
  EXPECT_EQ(count({.search = "REVEAL"}), 1);
  EXPECT_EQ(count({.search = "a name"}), 3);
  EXPECT_EQ(count({.search = "_"}), 2) << "provider_keys has one, and it is no wildcard";
}

TEST_F(AuditTest, EveryOrderPagesRight) {
  for (const char* action : {"keys.create", "accounts.create", "keys.create"}) write(action);
  const auto walk = [this](std::optional<AuditSort> sort, bool descending) {
    AuditQuery query{.page = {.sort = sort, .descending = descending, .limit = 2}};
    std::string ids;
    for (int pages = 0; pages < 5; ++pages) {
      const auto page = run(audit_.list(query));
      for (const AuditLine& line : page->rows) ids += std::to_string(line.id);
      if (!page->next) break;
      query.page.after = page->next;
    }
    return ids;
  };
  EXPECT_EQ(walk({}, true), "321");
  EXPECT_EQ(walk({}, false), "123");
  EXPECT_EQ(walk(AuditSort::at, true), "321");
  EXPECT_EQ(walk(AuditSort::action, false), "213");
  EXPECT_EQ(walk(AuditSort::action, true), "132");
  EXPECT_EQ(walk(AuditSort::actor, true), "123") << "lines that are alike stand as they were written";
}

TEST_F(AuditTest, TheLastVerificationIsRememberedAndMadeOnceADay) {
  EXPECT_FALSE(run(audit_.last())->verified_at);
  EXPECT_FALSE(run(audit_.last())->outcome);
  write("keys.create");
  const Instant first = world_.clock.now();
  ASSERT_TRUE(*run(audit_.verify_if_due()));
  world_.reopen();
  Audit later{world_.core()};
  EXPECT_EQ(run(later.last())->verified_at, first);
  ASSERT_TRUE(run(later.last())->outcome);
  EXPECT_TRUE(run(later.last())->outcome->whole);
  EXPECT_EQ(run(later.last())->outcome->lines, 1);
  EXPECT_EQ(run(later.last())->outcome->head, run(later.verify())->head);

  world_.clock.advance(Audit::kVerifyEvery - std::chrono::milliseconds{1});
  EXPECT_FALSE(*run(later.verify_if_due()));
  tamper("UPDATE audit_log SET actor_name = 'somebody' WHERE id = 1");
  world_.clock.advance(std::chrono::milliseconds{1});
  ASSERT_TRUE(*run(later.verify_if_due()));
  EXPECT_FALSE(run(later.last())->outcome->whole);
  EXPECT_EQ(run(later.last())->outcome->broken_at, 1);
  EXPECT_FALSE(run(later.last())->outcome->what.empty());
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
