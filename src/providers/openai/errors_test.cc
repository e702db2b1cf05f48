#include "providers/openai/errors.h"

#include <gtest/gtest.h>

namespace keyledger::providers::openai {
namespace {

keys::Finding classified(unsigned status, std::string_view body) {
  return classify(status, net::Headers{}, json::parse(body).value_or(json::Value{}));
}

TEST(OpenAiErrors, EachDocumentedRefusalHasItsFinding) {
  const struct {
    unsigned status;
    const char* body;
    const char* code;
  } cases[] = {
      {400, R"({"error":{"message":"Invalid group_by","type":"invalid_request_error","param":null,"code":null}})",
       "request_rejected"},
      {401,
       R"({"error":{"message":"Incorrect API key provided: sk-proj-****abcd. You can find your API key at the page.",
           "type":"invalid_request_error","param":null,"code":"invalid_api_key"}})",
       "key_rejected"},
      {401,
       R"({"error":{"message":"You have insufficient permissions for this operation. Missing scopes: api.usage.read. Check the role."}})",
       "missing_scope"},
      {403,
       R"({"error":{"message":"You have insufficient permissions for this operation. Missing scopes: api.usage.read. Check the role."}})",
       "missing_scope"},
      {401, R"({"error":"You have insufficient permissions for this operation. Missing scopes: api.usage.read."})",
       "missing_scope"},
      {403, R"({"error":"You have insufficient permissions for this operation. Missing scopes: api.usage.read."})",
       "missing_scope"},
      {403, R"({"error":{"message":"Country not supported","code":"unsupported_country_region_territory"}})",
       "region_not_supported"},
      {403, R"({"error":{"message":"must be made with a session key"}})", "permission_denied"},
      {404, R"({"error":{"message":"The model does not exist","code":"model_not_found"}})", "model_not_found"},
      {404, R"({"error":{"message":"Invalid URL"}})", "endpoint_not_found"},
      {429, R"({"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}})",
       "rate_limited"},
      {429, R"({"error":{"message":"Rate limit reached","type":"tokens","code":"rate_limit_exceeded"}})",
       "rate_limited"},
      {429,
       R"({"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}})",
       "insufficient_quota"},
      {429, R"({"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":null}})",
       "insufficient_quota"},
      {500, R"({"error":{"message":"The server had an error","type":"server_error"}})", "provider_error"},
      {503, R"({"error":{"message":"Overloaded","type":"server_error"}})", "provider_error"},
      {401, "null", "key_rejected"},
      {418, R"({"error":{"message":null,"type":null,"code":12}})", "unexpected_answer"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    const keys::Finding finding = classified(c.status, c.body);
    EXPECT_EQ(finding.code, c.code);
    EXPECT_EQ(keys::explain(finding.code).code, finding.code);  // the table has it
    EXPECT_EQ(finding.provider_status, static_cast<int>(c.status));
    if (finding.code == "missing_scope") {
      EXPECT_EQ(finding.missing_scopes, std::vector<std::string>{"api.usage.read"});
    }
  }
}

TEST(OpenAiErrors, OnlyAnAdminKeyCanBeGivenTheScope) {
  keys::Finding scope{.code = "missing_scope", .missing_scopes = {"api.usage.read"}};
  EXPECT_EQ(of_organization(scope, keys::KeyType::admin).code, "missing_scope");
  for (const keys::KeyType type : {keys::KeyType::project, keys::KeyType::service_account, keys::KeyType::legacy}) {
    EXPECT_EQ(of_organization(scope, type).code, "admin_key_needed");
  }
  EXPECT_EQ(of_organization({.code = "permission_denied"}, keys::KeyType::legacy).code, "admin_key_needed");
  EXPECT_EQ(of_organization({.code = "key_rejected"}, keys::KeyType::project).code, "key_rejected");
}

}  // namespace
}  // namespace keyledger::providers::openai
