#include <gtest/gtest.h>

#include "providers/serpapi/answers.h"
#include "providers/table/recorded_testing.h"

namespace keyledger::providers::serpapi {
namespace {

using testing::reply;
using testing::ScriptedHttp;

const ManualClock& clock() {
  static const ManualClock kClock{parse_rfc3339("2026-11-21T12:00:00Z").value()};
  return kClock;
}

constexpr const char* kCanary = "canary-serpapi-key-0123456789abcdef";

TEST(SerpApi, TheKeyThatTheAnswerRepeatsIsNowhere) {
  // Also where the provider has no reason to put it.
  const std::string key = kCanary;
  const std::string bodies[] = {
      testing::recorded_answer("serpapi/testdata/account.json"),
      R"({"account_id":")" + key + R"(","plan_name":"x )" + key + R"(","total_searches_left":0,"api_key":")" + key +
          R"("})",
      R"({"error":"Invalid API key )" + key + R"("})",
  };
  for (const std::string& body : bodies) {
    for (const unsigned status : {200U, 401U, 429U, 500U}) {
      SCOPED_TRACE(body);
      ScriptedHttp http;
      http.on("/account.json", reply(status, body));
      const std::unique_ptr<Provider> provider = testing::provider_of("serpapi", &http, &clock());
      const KeyTest result = testing::run(provider->test(testing::access_with(key, keys::KeyType::standard)));
      EXPECT_EQ(testing::render(result).find(kCanary), std::string::npos);
      const Provider::Readings readings =
          testing::run(provider->readings(testing::access_with(key, keys::KeyType::standard)));
      EXPECT_EQ(testing::render(readings).find(kCanary), std::string::npos);
      for (const testing::Seen& seen : http.seen) EXPECT_EQ(seen.target, "/account.json");
    }
  }
}

TEST(SerpApi, TheNewerNameOfTheHourlyCountGoesFirst) {
  const json::Value body =
      json::parse(R"({"account_id":"a","this_hour_searches":1,"last_hour_searches":2,"total_searches_left":5})")
          .value();
  const table::Told told = read_account(body, {}, clock().now());
  ASSERT_EQ(told.readings.size(), 2U);
  EXPECT_EQ(told.readings[1].used, 1);
}

TEST(SerpApi, OneSearchLeftIsEnough) {
  for (const auto& [left, code] : {std::pair{"0", "quota_used_up"}, {"1", "ok"}, {"null", "ok"}, {"-1", "ok"}}) {
    SCOPED_TRACE(left);
    const json::Value body =
        json::parse(std::string{R"({"account_id":"a","total_searches_left":)"} + left + "}").value();
    EXPECT_EQ(read_account(body, {}, clock().now()).code, code);
  }
}

}  // namespace
}  // namespace keyledger::providers::serpapi
