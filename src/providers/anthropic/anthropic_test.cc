#include "providers/anthropic/anthropic.h"

#include <gtest/gtest.h>

#include "providers/testing.h"
#include "providers/testing_rows.h"

namespace keyledger::providers {
namespace {

using keys::KeyType;
using keys::Verdict;
using testing::at;
using testing::recorded_answer;
using testing::reply;
using testing::ScriptedHttp;

const char* const kKey = "sk-ant-api03-canary000000000000000000000000000000000000AA";
const char* const kRejected =
    R"({"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}})";

class AnthropicKeys : public ::testing::Test {
 protected:
  KeyTest test(KeyType type) { return testing::run(provider_->test(testing::access_with(kKey, type))); }
  Discovery discover() { return testing::run(provider_->discover(testing::access_with(kKey, KeyType::admin))); }
  Provider::Readings read(KeyType type) { return testing::run(provider_->readings(testing::access_with(kKey, type))); }
  void script(const char* target, const std::string& name) {
    http_.on(target, reply(200, recorded_answer("anthropic/testdata/" + name + ".json")));
  }

  ManualClock clock_{at("2026-11-21T12:00:00Z")};
  ScriptedHttp http_{};
  Caller caller_{&http_, &clock_, 1};
  std::unique_ptr<Provider> provider_ = make_anthropic(&caller_);
};

TEST_F(AnthropicKeys, AnInferenceKeyIsTestedByTheListOfModels) {
  http_.on("/v1/models?limit=1", reply(200, recorded_answer("anthropic/testdata/models.json"),
                                       {{"anthropic-organization-id", "org-1"},
                                        {"anthropic-workspace-id", "wrkspc_1"},
                                        {"anthropic-ratelimit-requests-limit", "50"},
                                        {"anthropic-ratelimit-requests-remaining", "49"},
                                        {"anthropic-ratelimit-requests-reset", "2026-11-21T12:01:00Z"},
                                        {"anthropic-ratelimit-input-tokens-limit", "many"},
                                        {"anthropic-ratelimit-output-tokens-remaining", "8000"}}));
  const KeyTest result = test(KeyType::standard);
  EXPECT_EQ(result.verdict, Verdict::valid);
  EXPECT_EQ(result.facts.size(), 2u);
  ASSERT_EQ(result.readings.size(), 2u);
  EXPECT_EQ(result.readings[0].name, "rate_requests");
  EXPECT_EQ(result.readings[0].limit, 50);
  EXPECT_EQ(result.readings[0].remaining, 49);
  EXPECT_EQ(result.readings[0].resets_at, at("2026-11-21T12:01:00Z"));
  EXPECT_EQ(result.readings[1].name, "rate_output_tokens");
  EXPECT_EQ(result.readings[1].resets_at, std::nullopt);
}

TEST_F(AnthropicKeys, AWrongInferenceKeyIsInvalid) {
  http_.on("/v1/models", reply(401, kRejected));
  EXPECT_EQ(test(KeyType::standard).verdict, Verdict::invalid);
}

TEST_F(AnthropicKeys, AnAdminKeyIsTestedByItsOrganization) {
  script("/v1/organizations/me", "me");
  const KeyTest result = test(KeyType::admin);
  EXPECT_EQ(result.verdict, Verdict::valid);
  EXPECT_EQ(result.facts.at(0).second, "Example");
}

TEST_F(AnthropicKeys, AWorkspaceKeyHeldForAnAdminKeyIsAliveAndRestricted) {
  http_.on("/v1/organizations/me", reply(401, kRejected));
  script("/v1/models", "models");
  const KeyTest result = test(KeyType::admin);
  EXPECT_EQ(result.verdict, Verdict::valid_but_restricted);
  EXPECT_EQ(result.finding.code, "workspace_key");
}

TEST_F(AnthropicKeys, AnIndividualAccountHasNoOrganization) {
  http_.on("/v1/organizations/me",
           reply(404, R"({"type":"error","error":{"type":"not_found_error","message":"Not found"}})"));
  EXPECT_EQ(test(KeyType::admin).finding.code, "no_organization");
}

TEST_F(AnthropicKeys, AnOrganizationShowsItsWorkspacesAndKeys) {
  script("/v1/organizations/me", "me");
  script("/v1/organizations/workspaces", "workspaces");
  script("/v1/organizations/api_keys", "api_keys");
  const Discovery found = discover();
  EXPECT_TRUE(found.findings.empty());
  EXPECT_EQ(found.identity, "12345678-1234-5678-1234-567812345678");
  EXPECT_EQ(found.organization, "Example");
  ASSERT_EQ(found.projects.size(), 2u);
  EXPECT_EQ(found.projects[0].status, "active");
  EXPECT_EQ(found.projects[1].status, "archived");
  ASSERT_EQ(found.keys.size(), 2u);
  EXPECT_EQ(found.keys[0].redacted, "sk-ant-api03-R2D...igAA");
  EXPECT_EQ(found.keys[0].project, "wrkspc_01JwQvzr7rXLA5AGx3HKfFUJ");
  EXPECT_EQ(found.keys[1].project, "wrkspc_02");
  EXPECT_EQ(found.keys[1].redacted, "");
  EXPECT_EQ(found.keys[1].status, "archived");
}

TEST_F(AnthropicKeys, ListsAreReadToTheirLastPageAndNoFurther) {
  script("/v1/organizations/me", "me");
  http_.on("/v1/organizations/workspaces", reply(200, R"({"data":[{"id":"w1"}],"has_more":true,"last_id":"w1"})"));
  http_.on("/v1/organizations/workspaces", reply(200, R"({"data":[{"id":"w2"}],"has_more":true,"last_id":"w1"})"));
  http_.on("/v1/organizations/api_keys", reply(500, "{}"));
  const Discovery found = discover();
  EXPECT_EQ(found.projects.size(), 2u);
  ASSERT_EQ(found.findings.size(), 2u);
  EXPECT_EQ(found.findings[0].code, "paging_never_ends");
  EXPECT_EQ(found.findings[1].code, "provider_error");
  EXPECT_EQ(http_.count("/v1/organizations/workspaces"), 2);
}

TEST_F(AnthropicKeys, SpendLimitsAreReadings) {
  script("/v1/organizations/spend_limits", "spend_limits");
  const Provider::Readings found = read(KeyType::admin);
  ASSERT_EQ(found.readings.size(), 1u);
  EXPECT_EQ(found.readings[0].name, "spend_limit_monthly");
  EXPECT_EQ(found.readings[0].limit, 500);
}

TEST_F(AnthropicKeys, LimitsThatAreOffOrSomeoneElsesAreNoReadings) {
  http_.on("/v1/organizations/spend_limits", reply(200, R"({"data":[
      {"amount":null,"scope":{"type":"organization"}},
      {"amount":"5","scope":{"type":"workspace"}},
      {"amount":"5","is_enabled":false,"scope":{"type":"organization"}},
      {"amount":"1234","currency":"eur","period":null,"scope":{"type":"usage_tier"}}],"next_page":null})"));
  const Provider::Readings found = read(KeyType::admin);
  ASSERT_EQ(found.readings.size(), 1u);
  EXPECT_EQ(found.readings[0].name, "tier_limit");
  EXPECT_EQ(found.readings[0].unit, "EUR cents");
}

TEST_F(AnthropicKeys, AKeyThatMayNotReadSpendLimitsHasNoProblem) {
  http_.on("/v1/organizations/spend_limits", reply(403, "{}"));
  EXPECT_TRUE(read(KeyType::admin).findings.empty());
}

TEST_F(AnthropicKeys, RateLimitsAreReadFromTheHeadersOfTheListOfModels) {
  http_.on("/v1/models", reply(200, "{}", {{"anthropic-ratelimit-tokens-limit", "80000"}}));
  EXPECT_EQ(read(KeyType::standard).readings.at(0).limit, 80'000);
}

}  // namespace
}  // namespace keyledger::providers
