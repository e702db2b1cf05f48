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

TEST_F(AccountsTest, PagesAreInTheOrderOfIdsAndSearchedWithoutCase) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(create("user" + std::to_string(i) + "@example.com"));
  const auto first = run(accounts_.list(AccountId{}, 2, ""));
  ASSERT_EQ(first->size(), 3U);  // one more than the limit: there is another page
  const auto second = run(accounts_.list((*first)[1].id, 3, ""));
  ASSERT_EQ(second->size(), 3U);
  EXPECT_EQ(second->back().email, "user4@example.com");
  EXPECT_EQ(run(accounts_.list(AccountId{}, 50, "USER3"))->size(), 1U);
  EXPECT_EQ(run(accounts_.list(AccountId{}, 50, "%"))->size(), 0U);
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
