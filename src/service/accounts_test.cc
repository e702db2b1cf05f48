#include "service/accounts.h"

#include <gtest/gtest.h>

#include "service/audit.h"
#include "service/testing.h"

namespace keyledger::service {
namespace {

using testing::kOwner;
using testing::run;
using testing::World;

class AccountsTest : public ::testing::Test {
 protected:
  Result<keys::Account> create(std::string email) {
    return run(accounts_.create(kOwner, {std::move(email), "Dana", "Works"}, {}));
  }
  World world_{};
  Accounts accounts_{world_.core()};
};

TEST_F(AccountsTest, AnAccountIsStoredReadChangedAndDeleted) {
  const Result<keys::Account> made = create("  Dana@Example.com ");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->email, "Dana@Example.com");
  world_.clock.advance(std::chrono::seconds{5});
  const Result<keys::Account> changed = run(accounts_.update(kOwner, made->id, {{}, "Dana B.", {}}));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->name, "Dana B.");
  EXPECT_EQ(changed->organization_name, "Works");
  EXPECT_EQ(changed->created_at + std::chrono::seconds{5}, changed->updated_at);
  EXPECT_TRUE(run(accounts_.remove(kOwner, made->id, false)));
  EXPECT_EQ(run(accounts_.get(made->id)).error().reason, "unknown_account");
}

TEST_F(AccountsTest, AnEmailIsTakenWhateverItsCase) {
  ASSERT_TRUE(create("dana@example.com"));
  const Result<keys::Account> twin = create("DANA@example.com");
  ASSERT_FALSE(twin);
  EXPECT_EQ(twin.error().reason, "duplicate_email");
  EXPECT_EQ(twin.error().field, "email");
  const Result<keys::Account> other = create("eve@example.com");
  EXPECT_EQ(run(accounts_.update(kOwner, other->id, {"Dana@example.com", {}, {}})).error().reason, "duplicate_email");
  EXPECT_EQ(run(accounts_.get(other->id))->email, "eve@example.com");
}

TEST_F(AccountsTest, WhatIsRefusedLeavesNoTrace) {
  EXPECT_EQ(create("nobody").error().reason, "malformed_email");
  EXPECT_EQ(run(accounts_.update(kOwner, AccountId{7}, {{}, "x", {}})).error().reason, "unknown_account");
  EXPECT_EQ(run(accounts_.remove(kOwner, AccountId{7}, true)).error().reason, "unknown_account");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM accounts"), 0);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log"), 0);
}

/// The local parts of the e-mails, page by page.
std::string walk(const Accounts& accounts, AccountQuery query) {
  std::string seen;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = run(accounts.list(query));
    EXPECT_TRUE(page);
    if (!page) break;
    for (const AccountView& account : page->accounts.rows) {
      seen += (seen.empty() ? "" : " ") + account.email.substr(0, account.email.find('@'));
    }
    if (!page->accounts.next) break;
    query.page.after = page->accounts.next;
    seen += " |";
  }
  return seen;
}

TEST_F(AccountsTest, PagesAreInTheOrderOfIdsAndSearchedWithoutCase) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(create("user" + std::to_string(i) + "@example.com"));
  EXPECT_EQ(walk(accounts_, {.page = {.limit = 2}}), "user0 user1 | user2 user3 | user4");
  EXPECT_EQ(walk(accounts_, {.search = "USER3"}), "user3");
  EXPECT_EQ(walk(accounts_, {.search = "%"}), "");
  const auto found = run(accounts_.list({.page = {.limit = 1}, .search = "user"}));
  EXPECT_EQ(found->accounts.count, 5);
  EXPECT_EQ(found->accounts.all_count, 5);
  EXPECT_EQ(run(accounts_.list({.search = "user3"}))->accounts.count, 1);
}

TEST_F(AccountsTest, EveryOrderPagesRightWhereRowsAreAlikeAndWhatIsNotKnownComesLast) {
  const struct {
    const char *email, *name, *organization;
  } made[] = {{"c@x.org", "Bo", "Works"}, {"a@x.org", "", "works"}, {"d@x.org", "ann", ""}, {"b@x.org", "bo", "Acme"}};
  for (const auto& one : made) {
    ASSERT_TRUE(run(accounts_.create(kOwner, {one.email, one.name, one.organization}, {})));
    world_.clock.advance(std::chrono::seconds{1});
  }
  using enum keys::AccountSort;
  const struct {
    keys::AccountSort sort;
    const char *rising, *falling;
  } cases[] = {{name, "d c | b a", "c b | d a"},
               {email, "a b | c d", "d c | b a"},
               {organization_name, "b c | a d", "c a | b d"},
               {key_count, "c a | d b", "c a | d b"},
               {cost, "c a | d b", "c a | d b"},
               {created_at, "c a | d b", "b d | a c"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(boost::describe::enum_to_string(c.sort, ""));
    EXPECT_EQ(walk(accounts_, {.page = {.sort = c.sort, .limit = 2}}), c.rising);
    EXPECT_EQ(walk(accounts_, {.page = {.sort = c.sort, .descending = true, .limit = 2}}), c.falling);
  }
}

TEST_F(AccountsTest, TheWorstStatusOfItsKeysIsTheOneThatNeedsAttentionMost) {
  const AccountId id = create("dana@example.com")->id;
  EXPECT_FALSE(run(accounts_.get(id))->worst_status);
  const auto hold = [&](const std::string& number, const std::string& status) {
    ASSERT_TRUE(world_.store->writer().run_blocking<void>([&](store::Transaction& transaction) {
      return transaction.connection().run_script(
          "INSERT INTO provider_keys (account_id, name, provider, key_type, base_url, masked_key, fingerprint, "
          "sealed_key, remote_id, remote_project, status, linked_by, notes, created_at, updated_at) VALUES (" +
          std::to_string(id.value) + ", 'k', 'openai', 'standard', '', 'm', '" + number + "', x'00', '', '', '" +
          status + "', 'nobody', '', 0, 0)");
    }));
  };
  hold("1", "unknown");
  EXPECT_FALSE(run(accounts_.get(id))->worst_status) << "a key that was never tested says nothing";
  hold("2", "valid");
  EXPECT_EQ(run(accounts_.get(id))->worst_status, keys::KeyStatus::valid);
  hold("3", "rate_limited");
  EXPECT_EQ(run(accounts_.get(id))->worst_status, keys::KeyStatus::rate_limited);
  hold("4", "invalid");
  EXPECT_EQ(run(accounts_.get(id))->worst_status, keys::KeyStatus::invalid);
  EXPECT_EQ(run(accounts_.list({}))->accounts.rows.front().worst_status, keys::KeyStatus::invalid);
}

TEST_F(AccountsTest, TheDaysOfTheCostAreToldAndCheckedAsThoseOfAReport) {
  const auto listed = run(accounts_.list({.days = 3}));
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->to, day_of(world_.clock.now()));
  EXPECT_EQ(listed->from, listed->to - std::chrono::days{2});
  EXPECT_EQ(run(accounts_.list({.days = 0})).error().reason, "invalid_days");
  EXPECT_EQ(run(accounts_.list({.from = Day{}})).error().reason, "range_incomplete");
}

TEST_F(AccountsTest, AnActThatCannotBeAuditedDoesNotHappen) {
  const auto dropped = world_.store->writer().run_blocking<void>([](store::Transaction& transaction) {
    return transaction.connection().run_script("ALTER TABLE audit_log RENAME TO audit_log_gone");
  });
  ASSERT_TRUE(dropped);
  EXPECT_FALSE(create("dana@example.com"));
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM accounts"), 0);
}

TEST_F(AccountsTest, ARepeatedIdempotencyKeyHasOneEffectAndTheFirstAnswer) {
  Idempotency idempotency{world_.core()};
  const OnceTicket ticket{"owner POST /api/accounts", "k-1", "digest"};
  ASSERT_FALSE(*run(idempotency.begin(ticket)));
  EXPECT_EQ(run(idempotency.begin(ticket)).error().reason, "idempotency_key_in_use");
  Once<keys::Account> once{ticket, [](const keys::Account& made) { return StoredAnswer{201, made.email}; }};
  ASSERT_TRUE(run(accounts_.create(kOwner, {"dana@example.com", "", ""}, once)));
  idempotency.end(ticket);

  world_.reopen();  // over a restart
  Idempotency later{world_.core()};
  const auto repeated = run(later.begin(ticket));
  ASSERT_TRUE(repeated && *repeated);
  EXPECT_EQ((*repeated)->body, "dana@example.com");
  EXPECT_EQ((*repeated)->status, 201);
  OnceTicket other_body = ticket;
  other_body.body_digest = "another";
  EXPECT_EQ(run(later.begin(other_body)).error().reason, "idempotency_key_reused");

  world_.clock.advance(std::chrono::hours{24} + std::chrono::milliseconds{1});
  EXPECT_EQ(*run(later.forget_old()), 1);
  EXPECT_FALSE(*run(later.begin(ticket)));
}

TEST(IdempotencyKey, HasOneTo255PrintableCharacters) {
  EXPECT_TRUE(Idempotency::check("a"));
  EXPECT_TRUE(Idempotency::check(std::string(255, 'a')));
  for (const std::string& bad : {std::string{}, std::string(256, 'a'), std::string{"a b"}, std::string{"\x7f"}}) {
    EXPECT_EQ(Idempotency::check(bad).error().reason, "malformed_idempotency_key");
  }
}

}  // namespace
}  // namespace keyledger::service
