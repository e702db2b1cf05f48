// Every refusal that is known of these providers, as the whole provider answers a key test with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/table/recorded_testing.h"

namespace keyledger::providers::table {
namespace {

using keys::KeyType;
using keys::Verdict;
using testing::access_with;
using testing::provider_of;
using testing::reply;
using testing::ScriptedHttp;

const ManualClock& clock() {
  static const ManualClock kClock{parse_rfc3339("2026-11-21T12:00:00Z").value()};
  return kClock;
}

struct Case {
  const char* name;
  const char* provider;
  unsigned status;
  const char* body;
  const char* code;
  Verdict verdict;
  KeyType type = KeyType::standard;
};

constexpr Case kCases[] = {
    // Brave: section 3. Live answers have `error`, the documentation's examples `errors`.
    {"wrong key", "brave", 422,
     R"({"type":"ErrorResponse","error":{"id":"1","status":422,"code":"SUBSCRIPTION_TOKEN_INVALID","detail":"The provided subscription token is invalid.","meta":{"component":"authentication"}},"time":1773685964})",
     "key_rejected", Verdict::invalid},
    {"wrong key, as documented", "brave", 422,
     R"({"type":"ErrorResponse","errors":[{"id":"1","status":422,"code":"SUBSCRIPTION_TOKEN_INVALID","detail":"Invalid."}]})",
     "key_rejected", Verdict::invalid},
    {"missing header", "brave", 422,
     R"({"type":"ErrorResponse","error":{"status":422,"code":"VALIDATION","detail":"Unable to validate the request","meta":{"errors":[{"loc":["header","x-subscription-token"]}]}}})",
     "request_rejected", Verdict::unreachable},
    {"no subscription", "brave", 404,
     R"({"type":"ErrorResponse","error":{"status":404,"code":"SUBSCRIPTION_NOT_FOUND","detail":"No subscription"}})",
     "subscription_missing", Verdict::valid_but_restricted},
    {"too fast", "brave", 429,
     R"({"type":"ErrorResponse","error":{"status":429,"code":"RATE_LIMITED","detail":"Request rate limit exceeded for plan"}})",
     "rate_limited", Verdict::rate_limited},
    {"month used up", "brave", 429,
     R"({"type":"ErrorResponse","errors":[{"status":429,"code":"QUOTA_LIMITED","detail":"Quota limit exceeded"}]})",
     "quota_used_up", Verdict::valid_but_restricted},
    // xAI: section 4.1.
    {"wrong key as 400", "xai", 400,
     R"({"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***56. You can obtain an API key from https://console.x.ai."})",
     "key_rejected", Verdict::invalid},
    {"wrong key as 401", "xai", 401, R"({"code":"Unauthenticated","error":"Unauthorized"})", "key_rejected",
     Verdict::invalid},
    {"blocked", "xai", 403, R"({"code":"403","error":"This API key is blocked."})", "key_blocked", Verdict::invalid},
    {"no permission", "xai", 403, R"({"code":"403","error":"The caller does not have permission"})",
     "permission_denied", Verdict::valid_but_restricted},
    {"another 400", "xai", 400, R"({"code":"400","error":"Bad request"})", "request_rejected", Verdict::unreachable},
    {"wrong management key", "xai", 401, R"({"code":16,"message":"Invalid bearer token"})", "key_rejected",
     Verdict::invalid, KeyType::admin},
    // Gemini: section 4.2.
    {"wrong key", "gemini", 400,
     R"({"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}})",
     "key_rejected", Verdict::invalid},
    {"wrong key without details", "gemini", 400,
     R"({"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}})",
     "key_rejected", Verdict::invalid},
    {"two credentials", "gemini", 400,
     R"({"error":{"code":400,"message":"Multiple authentication credentials received. Please pass only one.","status":"INVALID_ARGUMENT"}})",
     "multiple_credentials", Verdict::unreachable},
    {"newer key on an older route", "gemini", 401,
     R"({"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED","details":[{"reason":"ACCESS_TOKEN_TYPE_UNSUPPORTED"}]}})",
     "key_type_unsupported", Verdict::valid_but_restricted},
    {"restricted, or the API is off", "gemini", 403,
     R"({"error":{"code":403,"message":"Requests to this API are blocked.","status":"PERMISSION_DENIED"}})",
     "api_not_enabled", Verdict::valid_but_restricted},
    {"region", "gemini", 400,
     R"({"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}})",
     "region_not_supported", Verdict::unreachable},
    {"used up", "gemini", 429,
     R"({"error":{"code":429,"message":"Resource has been exhausted","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"34s"}]}})",
     "rate_limited", Verdict::rate_limited},
    // Mistral, DeepSeek, Groq, Cohere: sections 4.3, 4.4, 4.6, 4.7.
    {"wrong key", "mistral", 401, R"({"message":"Unauthorized","request_id":"1"})", "key_rejected", Verdict::invalid},
    {"wrong key", "deepseek", 401,
     R"({"error":{"message":"Authentication Fails, Your api key is invalid","type":"authentication_error","param":null,"code":"invalid_request_error"}})",
     "key_rejected", Verdict::invalid},
    {"no money", "deepseek", 402,
     R"({"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}})",
     "insufficient_quota", Verdict::valid_but_restricted},
    {"wrong key", "groq", 401,
     R"({"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}})",
     "key_rejected", Verdict::invalid},
    {"too fast", "groq", 429,
     R"({"error":{"message":"Rate limit reached for model x. Please try again in 50.59s.","type":"tokens","code":"rate_limit_exceeded"}})",
     "rate_limited", Verdict::rate_limited},
    {"wrong key", "cohere", 401, R"({"message":"invalid api token"})", "key_rejected", Verdict::invalid},
    {"wrong key with status 200", "cohere", 200, R"({"valid":false})", "key_rejected", Verdict::invalid},
    // OpenRouter: section 4.5.
    {"wrong key", "openrouter", 401, R"({"error":{"code":401,"message":"User not found."}})", "key_rejected",
     Verdict::invalid},
    {"no credit", "openrouter", 402, R"({"error":{"code":402,"message":"Insufficient credits"}})", "insufficient_quota",
     Verdict::valid_but_restricted},
    {"forbidden", "openrouter", 403, R"({"error":{"code":403,"message":"Forbidden"}})", "permission_denied",
     Verdict::valid_but_restricted},
    {"request time-out", "openrouter", 408, R"({"error":{"code":408,"message":"Timeout"}})", "provider_error",
     Verdict::unreachable},
    {"too fast", "openrouter", 429, R"({"error":{"code":429,"message":"Slow down"}})", "rate_limited",
     Verdict::rate_limited},
    {"bad request", "openrouter", 400, R"({"error":{"code":400,"message":"x"}})", "request_rejected",
     Verdict::unreachable},
    {"too large", "openrouter", 413, R"({"error":{"code":413,"message":"x"}})", "unexpected_answer",
     Verdict::unreachable},
    {"broken", "openrouter", 500, R"({"error":{"code":500,"message":"x"}})", "provider_error", Verdict::unreachable},
    {"bad gateway", "openrouter", 502, "<html>", "provider_error", Verdict::unreachable},
    {"origin timed out", "openrouter", 524, "", "provider_error", Verdict::unreachable},
    {"overloaded", "openrouter", 529, R"({"error":{"code":529,"message":"x"}})", "provider_overloaded",
     Verdict::unreachable},
    // Perplexity: section 4.8.
    {"wrong key", "perplexity", 401,
     R"({"error":{"message":"Invalid API key provided","type":"invalid_api_key","code":401}})", "key_rejected",
     Verdict::invalid},
    // ElevenLabs: section 4.9. Both 401.
    {"wrong key", "elevenlabs", 401, R"({"detail":{"status":"invalid_api_key","message":"Invalid API key"}})",
     "key_rejected", Verdict::invalid},
    {"live key without the permission", "elevenlabs", 401,
     R"({"detail":{"status":"missing_permissions","message":"The API key you used is missing the permission user_read to execute this operation."}})",
     "missing_scope", Verdict::valid_but_restricted},
    // Tavily: section 4.10.
    {"wrong key", "tavily", 401, R"({"detail":{"error":"Unauthorized: missing or invalid API key."}})", "key_rejected",
     Verdict::invalid},
    {"too fast", "tavily", 429, R"({"detail":{"error":"Your request has been blocked due to excessive requests."}})",
     "rate_limited", Verdict::rate_limited},
    {"plan limit", "tavily", 432, R"({"detail":{"error":"This request exceeds your plan's set usage limit."}})",
     "quota_used_up", Verdict::valid_but_restricted},
    {"pay-as-you-go limit", "tavily", 433, R"({"detail":{"error":"This request exceeds the pay-as-you-go limit."}})",
     "spend_limit_reached", Verdict::valid_but_restricted},
    // SerpAPI: section 4.11.
    {"wrong key", "serpapi", 401,
     R"({"error":"Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key"})", "key_rejected",
     Verdict::invalid},
    {"hourly limit", "serpapi", 429, R"({"error":"You have exceeded the hourly throughput limit."})", "rate_limited",
     Verdict::rate_limited},
    {"no searches left as 429", "serpapi", 429, R"({"error":"Your account has run out of searches."})", "quota_used_up",
     Verdict::valid_but_restricted},
    {"no searches left, as the account tells", "serpapi", 200, R"({"account_id":"a","total_searches_left":0})",
     "quota_used_up", Verdict::valid_but_restricted},
    // GitHub: section 4.12.
    {"wrong key", "github", 401,
     R"({"message":"Bad credentials","documentation_url":"https://docs.github.com","status":"401"})", "key_rejected",
     Verdict::invalid},
    {"too fast as 403", "github", 403, R"({"message":"API rate limit exceeded for user ID 1."})", "rate_limited",
     Verdict::rate_limited},
    {"permission", "github", 403, R"({"message":"Resource not accessible by personal access token"})", "missing_scope",
     Verdict::valid_but_restricted},
    // Azure OpenAI: section 4.13, and any server that speaks like OpenAI.
    {"wrong key", "azure_openai", 401,
     R"({"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key."}})",
     "key_rejected", Verdict::invalid},
    {"wrong endpoint", "azure_openai", 404, R"({"error":{"code":"404","message":"Resource not found"}})",
     "endpoint_not_found", Verdict::unreachable},
    {"wrong key", "openai_compatible", 401, R"({"error":{"message":"no","code":"invalid_api_key"}})", "key_rejected",
     Verdict::invalid},
    {"plain text error", "openai_compatible", 401, "Unauthorized", "key_rejected", Verdict::invalid},
    {"no credit left", "openai_compatible", 429, R"({"error":{"message":"x","code":"insufficient_quota"}})",
     "insufficient_quota", Verdict::valid_but_restricted},
};

TEST(Refusals, EachHasItsFindingAndVerdict) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(std::string{c.provider} + ": " + c.name);
    ScriptedHttp http;
    http.on(net::Method::get, "/", reply(c.status, c.body));
    http.on(net::Method::post, "/", reply(c.status, c.body));
    const std::unique_ptr<Provider> provider = provider_of(c.provider, &http, &clock());
    ASSERT_NE(provider, nullptr);
    const KeyTest result = testing::run(provider->test(access_with("the-key-that-was-sent", c.type)));
    EXPECT_EQ(result.finding.code, c.code);
    EXPECT_EQ(result.verdict, c.verdict);
    EXPECT_EQ(result.finding.provider_status, static_cast<int>(c.status));
    EXPECT_EQ(keys::explain(result.finding.code).code, c.code) << "the code is not in the table of findings";
  }
}

TEST(Refusals, AGoodStatusWithAnotherAnswerIsNoProofOfAKey) {
  for (const std::unique_ptr<Provider>& each : make_others(nullptr, nullptr)) {
    const std::string id = each->description().id;
    const struct {
      const char* body;
      const char* code;
    } cases[] = {{"{}", "unexpected_answer"},           {"null", "unexpected_answer"},
                 {"\"ok\"", "unexpected_answer"},       {"{\"error\":\"no\"}", "unexpected_answer"},
                 {"<html></html>", "malformed_answer"}, {"{\"data\":", "malformed_answer"}};
    for (const auto& c : cases) {
      SCOPED_TRACE(id + ": " + c.body);
      ScriptedHttp http;
      http.on(net::Method::get, "/", reply(200, c.body));
      http.on(net::Method::post, "/", reply(200, c.body));
      const KeyTest result = testing::run(provider_of(id, &http, &clock())->test(access_with("k", KeyType::standard)));
      EXPECT_EQ(result.finding.code, c.code);
      EXPECT_NE(result.verdict, Verdict::valid);
      EXPECT_NE(result.verdict, Verdict::invalid);
    }
  }
}

TEST(Refusals, AProviderThatCannotBeReachedSaysNothingAboutTheKey) {
  for (const std::unique_ptr<Provider>& each : make_others(nullptr, nullptr)) {
    const std::string id = each->description().id;
    SCOPED_TRACE(id);
    ScriptedHttp http;
    http.fail_on("/", "dns_failed");
    http.fail_on("/", "dns_failed", net::Method::post);
    const KeyTest result = testing::run(provider_of(id, &http, &clock())->test(access_with("k", KeyType::standard)));
    EXPECT_EQ(result.verdict, Verdict::unreachable);
  }
}

TEST(Refusals, AKeyRepeatedByTheProviderReachesNobody) {
  const std::string canary = "canary-0123456789";
  const std::string echo = R"({"error":{"message":"bad key )" + canary + R"(!","code":")" + canary + R"("}})";
  for (const std::unique_ptr<Provider>& each : make_others(nullptr, nullptr)) {
    const std::string id = each->description().id;
    for (const unsigned status : {400U, 401U, 403U, 422U, 429U, 500U}) {
      SCOPED_TRACE(id);
      ScriptedHttp http;
      http.on(net::Method::get, "/", reply(status, echo));
      http.on(net::Method::post, "/", reply(status, echo));
      const KeyTest result =
          testing::run(provider_of(id, &http, &clock())->test(access_with(canary, KeyType::standard)));
      EXPECT_EQ(testing::render(result).find(canary), std::string::npos);
    }
  }
}

TEST(Refusals, TheKeyTravelsInTheOneRightPlace) {
  const struct {
    const char *provider, *header, *prefix, *query;
  } cases[] = {
      {"brave", "X-Subscription-Token", "", ""},
      {"xai", "Authorization", "Bearer ", ""},
      {"gemini", "x-goog-api-key", "", ""},
      {"mistral", "Authorization", "Bearer ", ""},
      {"deepseek", "Authorization", "Bearer ", ""},
      {"openrouter", "Authorization", "Bearer ", ""},
      {"groq", "Authorization", "Bearer ", ""},
      {"cohere", "Authorization", "Bearer ", ""},
      {"perplexity", "Authorization", "Bearer ", ""},
      {"elevenlabs", "xi-api-key", "", ""},
      {"tavily", "Authorization", "Bearer ", ""},
      {"serpapi", "", "", "api_key"},
      {"github", "Authorization", "Bearer ", ""},
      {"azure_openai", "api-key", "", ""},
      {"openai_compatible", "Authorization", "Bearer ", ""},
  };
  EXPECT_EQ(std::size(cases), make_others(nullptr, nullptr).size());
  for (const auto& c : cases) {
    SCOPED_TRACE(c.provider);
    ScriptedHttp http;
    http.on("/", reply(200, "{}"));
    http.on(net::Method::post, "/", reply(200, "{}"));
    testing::run(provider_of(c.provider, &http, &clock())->test(access_with("canary", KeyType::standard)));
    ASSERT_FALSE(http.seen.empty());
    for (const testing::Seen& seen : http.seen) {
      EXPECT_EQ(seen.secret_header, c.header);
      EXPECT_EQ(seen.secret_prefix, c.prefix);
      EXPECT_EQ(seen.secret_query, c.query);
      EXPECT_EQ(seen.secret, "canary");
      EXPECT_EQ(seen.target.find("canary"), std::string::npos);
      EXPECT_EQ(seen.body.find("canary"), std::string::npos);
      for (const auto& [name, value] : seen.headers.fields()) EXPECT_EQ(value.find("canary"), std::string::npos);
      EXPECT_FALSE(seen.headers.find("Authorization"));
    }
  }
}

}  // namespace
}  // namespace keyledger::providers::table
