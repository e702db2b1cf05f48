#include "providers/anthropic/request.h"

#include <gtest/gtest.h>

#include "providers/testing.h"
#include "providers/testing_rows.h"

namespace keyledger::providers::anthropic {
namespace {

using keys::KeyType;
using testing::reply;
using testing::ScriptedHttp;

keys::Finding classified(unsigned status, std::string_view body) {
  return classify(status, net::Headers{}, json::parse(body).value_or(json::Value{}));
}

TEST(AnthropicErrors, EachDocumentedRefusalHasItsFinding) {
  const struct {
    unsigned status;
    const char* error;
    const char* code;
  } cases[] = {
      {400, R"({"type":"invalid_request_error","message":"starting_at: required"})", "request_rejected"},
      {400, R"({"type":"invalid_request_error","message":"You have reached your specified spend limit."})",
       "spend_limit_reached"},
      {400, R"({"type":"invalid_request_error","message":"x","details":{"error_code":"organization_on_hold"}})",
       "organization_on_hold"},
      {400,
       R"({"type":"invalid_request_error","message":"x","details":{"error_code":"organization_type_not_supported"}})",
       "no_organization"},
      {400, R"({"type":"invalid_request_error","message":"x","details":{"error_code":"brand_new"}})",
       "request_rejected"},
      {401, R"({"type":"authentication_error","message":"invalid x-api-key"})", "key_rejected"},
      {401, R"({"type":"authentication_error","message":"CORS requests are not allowed for this organization"})",
       "unexpected_answer"},
      {402, R"({"type":"billing_error","message":"x"})", "billing_problem"},
      {403, R"({"type":"permission_error","message":"x"})", "permission_denied"},
      {404, R"({"type":"not_found_error","message":"x"})", "endpoint_not_found"},
      {409, R"({"type":"conflict_error","message":"x"})", "provider_error"},
      {413, R"({"type":"request_too_large","message":"x"})", "request_rejected"},
      {429, R"({"type":"rate_limit_error","message":"x"})", "rate_limited"},
      {429, R"({"type":"rate_limit_error","message":"x","details":{"error_code":"ramp_limit_exceeded"}})",
       "rate_limited"},
      {429, R"({"type":"rate_limit_error","message":"x","details":{"error_code":"enforced_spend_limit_reached"}})",
       "spend_limit_reached"},
      {429, R"({"type":"rate_limit_error","message":"x","details":{"error_code":"contract_spend_limit_reached"}})",
       "spend_limit_reached"},
      {500, R"({"type":"api_error","message":"x"})", "provider_error"},
      {504, R"({"type":"timeout_error","message":"x"})", "provider_error"},
      {529, R"({"type":"overloaded_error","message":"Overloaded"})", "provider_overloaded"},
      {401, "null", "key_rejected"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.error);
    const keys::Finding finding =
        classified(c.status, R"({"type":"error","error":)" + std::string{c.error} + R"(,"request_id":"req_1"})");
    EXPECT_EQ(finding.code, c.code);
    EXPECT_EQ(keys::explain(finding.code).code, finding.code);  // the table has it
    EXPECT_EQ(finding.provider_status, static_cast<int>(c.status));
  }
}

TEST(AnthropicRequests, CarryVersionAndKeyInHeaders) {
  const Access access = testing::access_with("sk-ant-canary", KeyType::admin);
  const Call call = request(access, "/v1/x", kTestPatience, "some-beta");
  EXPECT_EQ(call.request.headers.find("anthropic-version"), "2023-06-01");
  EXPECT_EQ(call.request.headers.find("anthropic-beta"), "some-beta");
  EXPECT_EQ(call.request.secret_header, "x-api-key");
  EXPECT_EQ(call.request.secret.reveal(), "sk-ant-canary");
  EXPECT_EQ(request(access, "/v1/x", kTestPatience).request.headers.find("anthropic-beta"), std::nullopt);
}

TEST(AnthropicOrganization, ARefusalIsMadeExact) {
  const struct {
    const char* name;
    const char* code;
    KeyType type;
    unsigned models_status;
    const char* want;
    int calls;
  } cases[] = {
      {"a key of a workspace", "key_rejected", KeyType::standard, 200, "workspace_key", 1},
      {"a dead key", "key_rejected", KeyType::admin, 401, "key_rejected", 1},
      {"nobody knows", "key_rejected", KeyType::admin, 503, "provider_error", 2},
      {"an individual account", "endpoint_not_found", KeyType::standard, 200, "no_organization", 0},
      {"a key without the right", "permission_denied", KeyType::standard, 200, "admin_key_needed", 0},
      {"an admin key without the right", "permission_denied", KeyType::admin, 200, "permission_denied", 0},
      {"anything else", "provider_error", KeyType::standard, 200, "provider_error", 0},
  };
  ManualClock clock{testing::at("2026-11-21T12:00:00Z")};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ScriptedHttp http;
    http.on("/v1/models?limit=1", reply(c.models_status, "{}"));
    const Caller caller{&http, &clock, 1};
    const Access access = testing::access_with("sk-ant-canary", c.type);
    const keys::Finding finding =
        testing::run(of_organization(&caller, &access, keys::Finding{.code = c.code}, kTestPatience));
    EXPECT_EQ(finding.code, c.want);
    EXPECT_EQ(http.seen.size(), static_cast<std::size_t>(c.calls));
  }
}

}  // namespace
}  // namespace keyledger::providers::anthropic
