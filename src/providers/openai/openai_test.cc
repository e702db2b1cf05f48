#include "providers/openai/openai.h"

#include <gtest/gtest.h>

#include "providers/testing.h"
#include "providers/testing_rows.h"

namespace keyledger::providers {
namespace {

using keys::KeyType;
using keys::Verdict;
using testing::recorded_answer;
using testing::reply;
using testing::ScriptedHttp;

const char* const kKey = "sk-proj-canary0000000000000000000000T3BlbkFJcanary0000000000000000000";
const char* const kScopes = R"({"error":"Insufficient permissions. Missing scopes: api.model.read. See the page."})";

class OpenAiKeys : public ::testing::Test {
 protected:
  KeyTest test(KeyType type) { return testing::run(provider_->test(testing::access_with(kKey, type, "/v1"))); }
  Discovery discover() { return testing::run(provider_->discover(testing::access_with(kKey, KeyType::admin))); }
  /// An organization of two projects, each with one key, and one admin key.
  void script_organization() {
    http_.on("/organization/projects?", reply(200, recorded_answer("openai/testdata/projects.json")));
    http_.on("/organization/projects/", reply(200, recorded_answer("openai/testdata/project_keys.json")));
    http_.on("/organization/admin_api_keys", reply(200, recorded_answer("openai/testdata/admin_keys.json")));
  }

  ManualClock clock_{testing::at("2026-11-21T12:00:00Z")};
  ScriptedHttp http_{};
  Caller caller_{&http_, &clock_, 1};
  std::unique_ptr<Provider> provider_ = make_openai(&caller_);
};

TEST_F(OpenAiKeys, AnInferenceKeyIsTestedByTheListOfModels) {
  http_.on("/models",
           reply(200, R"({"object":"list","data":[{"id":"a"},{"id":"b"}]})", {{"openai-organization", "acme"}}));
  for (const KeyType type : {KeyType::project, KeyType::service_account, KeyType::legacy, KeyType::standard}) {
    const KeyTest result = test(type);
    EXPECT_EQ(result.verdict, Verdict::valid);
    EXPECT_EQ(result.finding.code, "ok");
    ASSERT_EQ(result.facts.size(), 2u);
    EXPECT_EQ(result.facts[0].second, "2");
    EXPECT_EQ(result.facts[1].second, "acme");
  }
  EXPECT_TRUE(http_.unexpected.empty());
}

TEST_F(OpenAiKeys, ARestrictedKeyIsAliveWhateverTheStatus) {
  for (const unsigned status : {401u, 403u}) {
    ScriptedHttp http;
    http.on("/models", reply(status, kScopes));
    const Caller caller{&http, &clock_, 1};
    const std::unique_ptr<Provider> provider = make_openai(&caller);
    const KeyTest result = testing::run(provider->test(testing::access_with(kKey, KeyType::project)));
    EXPECT_EQ(result.verdict, Verdict::valid_but_restricted);
    EXPECT_EQ(result.finding.missing_scopes, std::vector<std::string>{"api.model.read"});
  }
}

TEST_F(OpenAiKeys, AWrongKeyIsInvalidAndItsTextIsNotRepeated) {
  http_.on("/models", reply(401, R"({"error":{"message":"Incorrect API key provided: )" + std::string{kKey} +
                                     R"(.","type":"invalid_request_error","code":"invalid_api_key"}})"));
  const KeyTest result = test(KeyType::project);
  EXPECT_EQ(result.verdict, Verdict::invalid);
  EXPECT_EQ(result.finding.code, "key_rejected");
  EXPECT_EQ(result.finding.provider_message.find("canary"), std::string::npos);
  EXPECT_EQ(http_.seen.at(0).target, "/models");
}

TEST_F(OpenAiKeys, AKeyWithoutCreditIsNeitherRepeatedNorInvalid) {
  http_.on("/models",
           reply(429, R"({"error":{"message":"You exceeded your current quota.","code":"insufficient_quota"}})"));
  const KeyTest result = test(KeyType::project);
  EXPECT_EQ(result.finding.code, "insufficient_quota");
  EXPECT_EQ(result.verdict, Verdict::valid_but_restricted);
  EXPECT_EQ(http_.seen.size(), 1u);
}

TEST_F(OpenAiKeys, ATestThatIsLimitedSaysUntilWhen) {
  http_.on("/models", reply(429, R"({"error":{"code":"rate_limit_exceeded"}})", {{"Retry-After", "42"}}));
  const KeyTest result = test(KeyType::project);
  EXPECT_EQ(result.verdict, Verdict::rate_limited);
  EXPECT_EQ(result.finding.retry_after_seconds, 42);
}

TEST_F(OpenAiKeys, AnUnreachableProviderIsNoVerdictOnTheKey) {
  http_.fail_on("/models", "dns_failed");
  EXPECT_EQ(test(KeyType::project).verdict, Verdict::unreachable);
}

TEST_F(OpenAiKeys, AnAdminKeyIsTestedByTheCosts) {
  http_.on("/organization/costs", reply(200, R"({"data":[]})"));
  EXPECT_EQ(test(KeyType::admin).verdict, Verdict::valid);
  // A day before 2026-11-21T12:00:00Z.
  EXPECT_EQ(http_.seen.at(0).target, "/organization/costs?start_time=1795176000&limit=1");
}

TEST_F(OpenAiKeys, AnAdminKeyWithoutTheScopeIsRestricted) {
  http_.on("/organization/costs", reply(403, R"({"error":"No. Missing scopes: api.usage.read."})"));
  const KeyTest result = test(KeyType::admin);
  EXPECT_EQ(result.verdict, Verdict::valid_but_restricted);
  EXPECT_EQ(result.finding.code, "missing_scope");
}

TEST_F(OpenAiKeys, AnAdminKeyThatMayOnlyListKeysIsRestricted) {
  http_.on("/organization/costs", reply(403, R"({"error":{"message":"Forbidden"}})"));
  http_.on("/organization/admin_api_keys", reply(200, recorded_answer("openai/testdata/admin_keys.json")));
  const KeyTest result = test(KeyType::admin);
  EXPECT_EQ(result.verdict, Verdict::valid_but_restricted);
  EXPECT_EQ(result.finding.code, "missing_scope");
  EXPECT_EQ(result.finding.missing_scopes, std::vector<std::string>{"api.usage.read"});
}

TEST_F(OpenAiKeys, AnAdminKeyThatBothRefuseIsInvalid) {
  http_.on("/organization/costs", reply(403, R"({"error":{"message":"Forbidden"}})"));
  http_.on("/organization/admin_api_keys", reply(401, R"({"error":{"message":"no","code":"invalid_api_key"}})"));
  EXPECT_EQ(test(KeyType::admin).verdict, Verdict::invalid);
}

TEST_F(OpenAiKeys, AnOrganizationShowsItsProjectsAndKeys) {
  script_organization();
  const Discovery found = discover();
  EXPECT_TRUE(found.findings.empty());
  EXPECT_EQ(found.identity, "proj_old");  // the oldest, though it is archived
  ASSERT_EQ(found.projects.size(), 2u);
  EXPECT_EQ(found.projects[0].name, "Project example");
  EXPECT_EQ(found.projects[1].status, "archived");
  ASSERT_EQ(found.keys.size(), 3u);
  EXPECT_EQ(found.keys[0].redacted, "sk-admin...def");
  EXPECT_EQ(found.keys[0].project, "");
  EXPECT_EQ(found.keys[0].status, "expired");
  EXPECT_EQ(found.keys[1].project, "proj_abc");
  EXPECT_EQ(found.keys[1].redacted.size(), 164u);
  EXPECT_EQ(found.keys[1].status, "active");
  EXPECT_EQ(http_.seen.at(0).target, "/organization/projects?limit=100&include_archived=true");
  EXPECT_EQ(http_.seen.back().target, "/organization/projects/proj_old/api_keys?limit=100&owner_project_access=any");
}

TEST_F(OpenAiKeys, ListsAreReadToTheirLastPage) {
  http_.on("/organization/projects?",
           reply(200, R"({"data":[{"id":"p1","created_at":5}],"has_more":true,"last_id":null})"));
  http_.on("/organization/projects?", reply(200, R"({"data":[{"id":"p2","created_at":4}],"has_more":false})"));
  http_.on("/organization/", reply(200, R"({"data":[],"has_more":false})"));
  const Discovery found = discover();
  EXPECT_EQ(found.identity, "p2");
  EXPECT_TRUE(http_.seen.at(1).target.ends_with("&after=p1"));
}

TEST_F(OpenAiKeys, HalfAListNamesNoOrganization) {
  http_.on("/organization/projects?", reply(200, R"({"data":[{"id":"p1"}],"has_more":true,"last_id":"p1"})"));
  http_.on("/organization/", reply(200, R"({"data":[],"has_more":false})"));
  const Discovery found = discover();
  EXPECT_EQ(found.identity, "");
  EXPECT_EQ(found.findings.at(0).code, "paging_never_ends");
}

TEST_F(OpenAiKeys, AnArchivedProjectMayKeepItsKeysToItself) {
  script_organization();
  http_.on("/organization/projects/proj_old", reply(404, R"({"error":{"message":"archived"}})"));
  EXPECT_TRUE(discover().findings.empty());
}

TEST_F(OpenAiKeys, AKeyWithoutTheScopeIsToldOnce) {
  script_organization();
  http_.on("/organization/projects/proj_", reply(403, R"({"error":"No. Missing scopes: api.management.read."})"));
  const Discovery found = discover();
  ASSERT_EQ(found.findings.size(), 1u);
  EXPECT_EQ(found.findings[0].code, "missing_scope");
  EXPECT_EQ(http_.count("/organization/projects/proj_"), 1);
  EXPECT_EQ(found.identity, "proj_old");
}

TEST_F(OpenAiKeys, NullsAndUnknownMembersNeverFailAList) {
  http_.on("/organization/projects?", reply(200, R"({"data":[null,{"id":null},{"id":"p","name":null,"new":{}}],
      "has_more":null,"last_id":"p"})"));
  http_.on("/organization/",
           reply(200, R"({"data":[{"id":null,"redacted_value":null,"expires_at":"x"}],"has_more":false})"));
  const Discovery found = discover();
  ASSERT_EQ(found.projects.size(), 1u);
  EXPECT_EQ(found.identity, "p");
}

TEST_F(OpenAiKeys, TheSpendLimitIsAReading) {
  http_.on("/organization/spend_limit", reply(200, recorded_answer("openai/testdata/spend_limit.json")));
  const Provider::Readings found = testing::run(provider_->readings(testing::access_with(kKey, KeyType::admin)));
  ASSERT_EQ(found.readings.size(), 1u);
  EXPECT_EQ(found.readings[0].limit, 100);
  EXPECT_EQ(found.readings[0].unit, "USD");
}

TEST_F(OpenAiKeys, NoSpendLimitIsNoProblem) {
  const Provider::Readings found = testing::run(provider_->readings(testing::access_with(kKey, KeyType::admin)));
  EXPECT_TRUE(found.readings.empty());
  EXPECT_TRUE(found.findings.empty());
}

}  // namespace
}  // namespace keyledger::providers
