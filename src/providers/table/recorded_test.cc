// Recorded pairs of key tests: an answer in NAME.json, what the person is told in NAME.txt.
#include <gtest/gtest.h>

#include <set>

#include "providers/table/recorded_testing.h"

namespace keyledger::providers::table {
namespace {

using keys::KeyType;
using testing::access_with;
using testing::provider_of;
using testing::recorded_answer;
using testing::reply;
using testing::ScriptedHttp;

using Fields = std::vector<std::pair<std::string, std::string>>;

const ManualClock& clock() {
  static const ManualClock kClock{parse_rfc3339("2026-11-21T12:00:00Z").value()};
  return kClock;
}

const struct {
  const char* provider;
  const char* pair;
  const char* target;
  KeyType type = KeyType::standard;
  unsigned status = 200;
  Fields headers{};
  net::Method method = net::Method::get;
} kPairs[] = {
    {.provider = "brave",
     .pair = "brave/testdata/search",
     .target = "/v1/web/search?q=test&count=1",
     .headers = {{"X-RateLimit-Limit", "1, 15000"},
                 {"X-RateLimit-Policy", "1;w=1, 15000;w=2592000"},
                 {"X-RateLimit-Remaining", "1, 1000"},
                 {"X-RateLimit-Reset", "1, 1419704"}}},
    {.provider = "brave",
     .pair = "brave/testdata/rate_limited",
     .target = "/v1/web/search?q=test&count=1",
     .status = 429},
    {.provider = "xai", .pair = "xai/testdata/api_key", .target = "/api-key"},
    {.provider = "xai",
     .pair = "xai/testdata/validation",
     .target = "/auth/management-keys/validation",
     .type = KeyType::admin},
    {.provider = "gemini", .pair = "table/testdata/gemini_models", .target = "/v1beta/models?pageSize=1"},
    {.provider = "mistral", .pair = "table/testdata/mistral_models", .target = "/models"},
    {.provider = "deepseek", .pair = "table/testdata/deepseek_balance", .target = "/user/balance"},
    {.provider = "openrouter", .pair = "openrouter/testdata/key", .target = "/key"},
    {.provider = "openrouter", .pair = "openrouter/testdata/management_key", .target = "/key"},
    {.provider = "groq", .pair = "table/testdata/groq_models", .target = "/models"},
    {.provider = "cohere",
     .pair = "table/testdata/cohere_check",
     .target = "/v1/check-api-key",
     .method = net::Method::post},
    {.provider = "elevenlabs", .pair = "elevenlabs/testdata/subscription", .target = "/v1/user/subscription"},
    {.provider = "tavily", .pair = "table/testdata/tavily_usage", .target = "/usage"},
    {.provider = "serpapi", .pair = "serpapi/testdata/account", .target = "/account.json"},
    {.provider = "github",
     .pair = "github/testdata/user",
     .target = "/user",
     .headers = {{"x-oauth-scopes", "repo, user"},
                 {"github-authentication-token-expiration", "2027-01-01 00:00:00 UTC"},
                 {"x-ratelimit-limit", "5000"},
                 {"x-ratelimit-used", "7"},
                 {"x-ratelimit-reset", "1798761600"}}},
    {.provider = "azure_openai", .pair = "table/testdata/azure_openai_models", .target = "/openai/v1/models"},
    {.provider = "openai_compatible", .pair = "table/testdata/openai_compatible_models", .target = "/models"},
};

TEST(Recorded, EachKeyTestTellsWhatIsWrittenBesideIt) {
  for (const auto& pair : kPairs) {
    SCOPED_TRACE(pair.pair);
    ScriptedHttp http;
    const std::string stem = pair.pair;
    http.on(pair.method, pair.target, reply(pair.status, recorded_answer(stem + ".json"), pair.headers));
    const std::unique_ptr<Provider> provider = provider_of(pair.provider, &http, &clock());
    const KeyTest result = testing::run(provider->test(access_with("canary-serpapi-key-0123456789abcdef", pair.type)));
    EXPECT_EQ(testing::render(result), recorded_answer(stem + ".txt"));
    EXPECT_TRUE(http.unexpected.empty());
    std::set<std::string> names;
    for (const usage::Reading& reading : result.readings) {
      EXPECT_TRUE(names.insert(reading.name).second) << "a reading is stored under its name: " << reading.name;
    }
  }
}

TEST(Recorded, ReadingsAreThoseOfTheKeyTestWhereItIsFree) {
  for (const auto& pair : kPairs) {
    ScriptedHttp http;
    const std::string stem = pair.pair;
    http.on(pair.method, pair.target, reply(pair.status, recorded_answer(stem + ".json"), pair.headers));
    const std::unique_ptr<Provider> provider = provider_of(pair.provider, &http, &clock());
    SCOPED_TRACE(pair.pair);
    if (provider->description().id == "github" || !provider->description().reads_readings) continue;
    if (stem.find("management") != std::string::npos || pair.type == KeyType::admin) continue;  // these ask for more
    const Provider::Readings readings = testing::run(provider->readings(access_with("key", pair.type)));
    const KeyTest test = testing::run(provider->test(access_with("key", pair.type)));
    EXPECT_EQ(testing::render_all(readings.readings), testing::render_all(test.readings));
    EXPECT_TRUE(readings.findings.empty());
  }
}

TEST(Recorded, NoReadingsAreAskedForWhereTheyWouldCostOrThereAreNone) {
  for (const std::unique_ptr<Provider>& each : make_others(nullptr, nullptr)) {
    if (each->description().reads_readings) continue;
    const std::string id = each->description().id;
    SCOPED_TRACE(id);
    ScriptedHttp http;
    const Provider::Readings readings =
        testing::run(provider_of(id, &http, &clock())->readings(access_with("key", KeyType::standard)));
    EXPECT_TRUE(readings.readings.empty() && readings.findings.empty());
    EXPECT_TRUE(http.seen.empty());
  }
}

TEST(Recorded, EveryDescriptionSaysWhereItIsAndBelongsToOneProvider) {
  std::set<std::string> ids;
  for (const std::unique_ptr<Provider>& each : make_others(nullptr, nullptr)) {
    const Description& description = each->description();
    SCOPED_TRACE(description.id);
    EXPECT_TRUE(ids.insert(description.id).second);
    EXPECT_FALSE(description.name.empty());
    const bool own_address = description.id != "azure_openai" && description.id != "openai_compatible";
    EXPECT_EQ(!description.base_url.empty(), own_address);
    EXPECT_TRUE(description.base_url.empty() || description.base_url.starts_with("https://"));
    EXPECT_FALSE(description.base_url.ends_with('/'));
    EXPECT_EQ(description.test_costs, description.id == "brave");
  }
}

}  // namespace
}  // namespace keyledger::providers::table
