#include "service/held_keys.h"

#include <gtest/gtest.h>

#include "service/accounts.h"
#include "service/testing.h"

namespace keyledger::service {
namespace {

using keys::KeyStatus;
using testing::kOwner;
using testing::run;
using testing::World;

std::string openai_key(const std::string& kind, char fill) {
  return "sk-" + kind + "-" + std::string(58, fill) + "T3Blbk" + "FJ" + std::string(58, fill);
}

class HeldKeysTest : public ::testing::Test {
 protected:
  HeldKeysTest() {
    check_invariant(keys_.prepare().has_value(), "the fingerprint key can be made");
    account_ = run(accounts_.create(kOwner, {"dana@example.com", "", ""}, {}))->id;
    admin_ = add(openai_key("admin", 'q'));
    project_ = add(openai_key("proj", 'a'));
  }
  ProviderKeyId add(std::string text) {
    NewKey key;
    key.name = "key";
    key.full_key = Secret{std::move(text)};
    key.account_id = account_;
    return run(keys_.create(kOwner, std::move(key), {}))->id;
  }
  void link(const std::vector<providers::RemoteKey>& remote) { ASSERT_TRUE(run(held_.apply_links(admin_, remote))); }
  KeyView key(ProviderKeyId id) { return *run(keys_.get(id)); }

  World world_{};
  providers::testing::ScriptedHttp http_{};
  providers::Registry registry_{&http_, &world_.clock};
  providers::Endpoints endpoints_ = *providers::Endpoints::make(&registry_, {});
  Accounts accounts_{world_.core()};
  ProviderKeys keys_{world_.core(), &endpoints_};
  HeldKeys held_{world_.core(), &keys_};
  AccountId account_{};
  ProviderKeyId admin_{}, project_{};
};

TEST_F(HeldKeysTest, AKeyThatTheProviderListsIsLinked) {
  link({{.id = "key_1", .redacted = "sk-proj-...aaaa", .project = "proj_1"},
        {.id = "key_2", .redacted = "sk-proj-...bbbb", .project = "proj_1"}});
  EXPECT_EQ(key(project_).remote_id, "key_1");
  EXPECT_EQ(key(project_).remote_project, "proj_1");
  EXPECT_EQ(key(project_).admin_key_id, admin_);
  EXPECT_EQ(key(project_).linked_by, keys::LinkedBy::provider);
}

TEST_F(HeldKeysTest, TwoThatFitAreLeftToThePerson) {
  link({{.id = "key_1", .redacted = "sk-proj-...aaaa"}, {.id = "key_2", .redacted = "sk-proj-...aaaa"}});
  EXPECT_EQ(key(project_).remote_id, "");
  EXPECT_FALSE(key(project_).admin_key_id);
}

TEST_F(HeldKeysTest, WhatAPersonUnlinkedStaysUnlinked) {
  KeyPatch unlink;
  unlink.change_link = true;
  ASSERT_TRUE(run(keys_.update(kOwner, project_, std::move(unlink))));
  link({{.id = "key_1", .redacted = "sk-proj-...aaaa"}});
  EXPECT_EQ(key(project_).remote_id, "key_1");
  EXPECT_FALSE(key(project_).admin_key_id);
}

TEST_F(HeldKeysTest, TheSameListTwiceIsNoNews) {
  link({{.id = "key_1", .redacted = "sk-proj-...aaaa"}});
  const std::int64_t lines = world_.number("SELECT COUNT(*) FROM audit_log");
  link({{.id = "key_1", .redacted = "sk-proj-...aaaa"}});
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log"), lines);
}

TEST_F(HeldKeysTest, TheWorstFindingIsTheStatus) {
  const struct {
    std::vector<const char*> codes;
    KeyStatus want;
  } cases[] = {
      {{}, KeyStatus::valid},
      {{"missing_scope"}, KeyStatus::valid_but_restricted},
      {{"missing_scope", "key_rejected", "rate_limited"}, KeyStatus::invalid},
      {{"unreachable_dns"}, KeyStatus::unreachable},
      {{"rate_limited"}, KeyStatus::rate_limited},
  };
  for (const auto& c : cases) {
    std::vector<keys::Finding> findings;
    for (const char* code : c.codes) findings.emplace_back().code = code;
    EXPECT_EQ(status_after(findings), c.want);
    ASSERT_TRUE(run(held_.note_findings(project_, findings)));
    EXPECT_EQ(key(project_).status, c.want);
  }
}

TEST_F(HeldKeysTest, TheListHasNamesAndTheLastTest) {
  http_.on("/models", providers::testing::reply(401, R"({"error":{"message":"no","code":"invalid_api_key"}})"));
  ASSERT_TRUE(run(keys_.test(kOwner, project_)));
  const auto held = run(held_.list());
  ASSERT_EQ(held->size(), 2U);
  EXPECT_EQ(held->front().account_name, "dana@example.com");
  EXPECT_FALSE(held->front().test_finding);
  ASSERT_TRUE(held->back().test_finding);
  EXPECT_EQ(held->back().test_finding->code, "key_rejected");
  EXPECT_TRUE(run(held_.access(project_)));
}

}  // namespace
}  // namespace keyledger::service
