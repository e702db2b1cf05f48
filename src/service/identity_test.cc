#include "service/identity.h"

#include <gtest/gtest.h>

#include "service/audit.h"
#include "service/testing.h"

namespace keyledger::service {
namespace {

using testing::kOwner;
using testing::run;
using testing::World;

class IdentityTest : public ::testing::Test {
 protected:
  IdentityTest() { password_ = identity_.ensure_owner()->value().copy(); }

  Result<NewSession> sign_in(const Secret& password, std::string address = "127.0.0.1") {
    return run(identity_.sign_in(password.copy(), std::move(address), "Browser"));
  }
  std::optional<Principal> who(const Secret& token) { return *run(identity_.from_session(token.copy(), "127.0.0.1")); }

  World world_{};
  SessionTimes times_{.idle = std::chrono::hours{1}, .absolute = std::chrono::hours{24}};
  Identity identity_{world_.core(), times_};
  Secret password_{};
};

TEST_F(IdentityTest, TheOwnersPasswordIsMadeOnce) {
  EXPECT_GE(password_.size(), 20U);
  EXPECT_FALSE(identity_.ensure_owner()->has_value());
}

TEST_F(IdentityTest, TheRightPasswordOpensASessionAndAWrongOneDoesNot) {
  const Result<NewSession> session = sign_in(password_);
  ASSERT_TRUE(session);
  EXPECT_TRUE(who(session->token));
  const Result<NewSession> refused = sign_in(Secret{"wrong"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "wrong_password");
}

TEST_F(IdentityTest, GuessingIsSlowedForTheAddressThatGuesses) {
  for (int i = 0; i < Throttle::kFree; ++i) (void)sign_in(Secret{"wrong"}, "10.0.0.1");
  const Result<NewSession> slowed = sign_in(password_, "10.0.0.1");
  ASSERT_FALSE(slowed);
  EXPECT_EQ(slowed.error().reason, "too_many_attempts");
  EXPECT_EQ(slowed.error().detail, "1");
  EXPECT_TRUE(sign_in(password_, "10.0.0.2"));
  world_.clock.advance(std::chrono::seconds{1});
  EXPECT_TRUE(sign_in(password_, "10.0.0.1"));
}

TEST_F(IdentityTest, ASessionEndsAfterItsIdleAndItsAbsoluteTime) {
  const Secret idle = sign_in(password_)->token.copy();
  world_.clock.advance(times_.idle - std::chrono::milliseconds{1});
  EXPECT_TRUE(who(idle));  // and is seen again by this
  world_.clock.advance(times_.idle);
  EXPECT_FALSE(who(idle));

  const Secret busy = sign_in(password_)->token.copy();
  for (int i = 0; i < 47; ++i) {
    world_.clock.advance(std::chrono::minutes{30});
    ASSERT_TRUE(who(busy)) << i;
  }
  world_.clock.advance(std::chrono::minutes{30});
  EXPECT_FALSE(who(busy));
}

TEST_F(IdentityTest, SigningOutEndsTheSessionOnTheServer) {
  const Secret token = sign_in(password_)->token.copy();
  ASSERT_TRUE(run(identity_.sign_out(*who(token))));
  EXPECT_FALSE(who(token));
}

TEST_F(IdentityTest, ANewPasswordEndsEveryOtherSession) {
  const Secret other = sign_in(password_)->token.copy();
  const Secret own = sign_in(password_)->token.copy();
  const Principal owner = *who(own);
  EXPECT_EQ(run(identity_.change_password(owner, password_.copy(), Secret{"short"})).error().reason, "weak_password");
  EXPECT_EQ(run(identity_.change_password(owner, Secret{"wrong"}, Secret{"a much better one"})).error().reason,
            "wrong_password");
  ASSERT_TRUE(run(identity_.change_password(owner, password_.copy(), Secret{"a much better one"})));
  EXPECT_FALSE(who(other));
  EXPECT_TRUE(who(own));
  EXPECT_FALSE(sign_in(password_));
  EXPECT_TRUE(sign_in(Secret{"a much better one"}));
}

TEST_F(IdentityTest, TheLocalCommandLineSetsAPasswordWithoutTheOldOne) {
  Principal local;
  local.actor.kind = ActorKind::local;
  ASSERT_TRUE(run(identity_.change_password(local, Secret{}, Secret{"a much better one"})));
  EXPECT_TRUE(sign_in(Secret{"a much better one"}));
}

TEST_F(IdentityTest, ATokenWorksUntilItIsRevoked) {
  const Result<NewToken> made = run(identity_.create_token(kOwner, "ci", {Scope::read}, {}));
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->token.reveal().starts_with("kla_"));
  EXPECT_EQ(made->token.size(), 47U);
  const std::optional<Principal> who = *run(identity_.from_token(made->token.copy(), "10.0.0.1"));
  ASSERT_TRUE(who);
  EXPECT_TRUE(who->may(Scope::read));
  EXPECT_FALSE(who->may(Scope::admin));
  ASSERT_TRUE(run(identity_.revoke_token(kOwner, made->info.id)));
  EXPECT_FALSE(*run(identity_.from_token(made->token.copy(), "10.0.0.1")));
  world_.clock.advance(std::chrono::hours{1});
  const Result<TokenInfo> again = run(identity_.revoke_token(kOwner, made->info.id));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again->revoked_at, testing::kStart);
}

TEST_F(IdentityTest, BadTokensAreRefusedWithTheirField) {
  const struct {
    const char* name;
    std::vector<Scope> scopes;
    const char* reason;
    const char* field;
  } cases[] = {
      {"", {Scope::read}, "missing_name", "name"},
      {"ci", {}, "no_scopes", "scopes"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.reason);
    const Result<NewToken> made = run(identity_.create_token(kOwner, c.name, c.scopes, {}));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().reason, c.reason);
    EXPECT_EQ(made.error().field, c.field);
  }
  EXPECT_EQ(run(identity_.revoke_token(kOwner, AdminTokenId{99})).error().reason, "unknown_token");
}

TEST_F(IdentityTest, NoTokenAndNoPasswordIsStoredInTheClear) {
  const Result<NewToken> made = run(identity_.create_token(kOwner, "ci", {Scope::read}, {}));
  const Secret session = sign_in(password_)->token.copy();
  const Secret* const secrets[] = {&made->token, &session, &password_};
  for (const Secret* secret : secrets) {
    const std::string text{secret->reveal()};
    EXPECT_EQ(world_.number("SELECT COUNT(*) FROM admin_tokens WHERE token_digest = '" + text + "'"), 0);
    EXPECT_EQ(world_.number("SELECT COUNT(*) FROM sessions WHERE token_digest = '" + text + "'"), 0);
    EXPECT_EQ(world_.number("SELECT COUNT(*) FROM settings WHERE value LIKE '%" + text + "%'"), 0);
  }
}

TEST_F(IdentityTest, ExpiredSessionsAreForgotten) {
  (void)sign_in(password_);
  EXPECT_EQ(*run(identity_.forget_old()), 0);
  world_.clock.advance(times_.idle);
  EXPECT_EQ(*run(identity_.forget_old()), 1);
}

}  // namespace
}  // namespace keyledger::service
