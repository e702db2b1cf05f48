#include "providers/elevenlabs/elevenlabs.h"

#include <gtest/gtest.h>

#include "providers/elevenlabs/answers.h"
#include "providers/table/recorded_testing.h"

namespace keyledger::providers::elevenlabs {
namespace {

using keys::KeyType;
using testing::access_with;
using testing::recorded_answer;
using testing::reply;
using testing::ScriptedHttp;

const ManualClock& clock() {
  static const ManualClock kClock{parse_rfc3339("2026-11-21T12:00:00Z").value()};
  return kClock;
}

const FetchRequest kRange{.from = parse_day("2026-11-18").value(), .to = parse_day("2026-11-21").value()};
// The times of the range in milliseconds, the end being the last moment of it.
constexpr const char* kCredits =
    "/v1/usage/character-stats?start_unix=1794960000000&end_unix=1795219199999&aggregation_interval=day&metric=credits";
constexpr const char* kRequests =
    "/v1/usage/character-stats?start_unix=1794960000000&end_unix=1795219199999&aggregation_interval=day"
    "&metric=request_count";

Fetched fetch_with(const ScriptedHttp& http) {
  const ElevenLabs provider{&http, &clock()};
  return testing::run(provider.fetch(access_with("sk_k", KeyType::standard), kRange));
}

TEST(ElevenLabs, CreditsAndRequestsBecomeOneRowADay) {
  ScriptedHttp http;
  http.on(kCredits, reply(200, recorded_answer("elevenlabs/testdata/credits.json")));
  http.on(kRequests, reply(200, recorded_answer("elevenlabs/testdata/requests.json")));
  EXPECT_EQ(testing::as_lines(fetch_with(http)), recorded_answer("elevenlabs/testdata/stats.txt"));
}

TEST(ElevenLabs, RequestsAreUnknownWhereThatMetricIsRefused) {
  ScriptedHttp http;
  http.on(kCredits, reply(200, recorded_answer("elevenlabs/testdata/credits.json")));
  http.on(kRequests, reply(422, R"({"detail":[{"msg":"unknown metric"}]})"));
  const Fetched fetched = fetch_with(http);
  ASSERT_EQ(fetched.usage.size(), 2U);
  EXPECT_FALSE(fetched.usage.front().counts.requests);
  EXPECT_EQ(fetched.complete.size(), 1U);
  EXPECT_TRUE(fetched.findings.empty());
}

TEST(ElevenLabs, AFailureOfEitherMetricReplacesNothing) {
  ScriptedHttp http;
  http.on(kCredits, reply(200, recorded_answer("elevenlabs/testdata/credits.json")));
  http.on(kRequests, reply(503, "{}"));
  EXPECT_EQ(testing::as_lines(fetch_with(http)), "finding provider_error 503\n");
  ScriptedHttp forbidden;
  forbidden.on(kCredits, reply(401, R"({"detail":{"status":"missing_permissions","message":"missing user_read."}})"));
  const Fetched refused = fetch_with(forbidden);
  EXPECT_TRUE(refused.complete.empty());
  EXPECT_EQ(testing::render_all(refused.findings), "finding missing_scope 401 'missing user_read.' scope=user_read\n");
}

TEST(ElevenLabs, StatisticsAreReadOnlyWhenTimesAndValuesFit) {
  const struct {
    const char* body;
    std::optional<std::int64_t> sum;
  } cases[] = {
      {R"({"time":[1794960000000],"usage":{"All":[5]}})", 5},
      {R"({"time":[1794960000000],"usage":{"All":[5],"voice":[5]}})", 5},
      {R"({"time":[1794960000000],"usage":{"a":[2],"b":[3]}})", 5},
      {R"({"time":[1794960000000,1794967200000],"usage":{"All":[2,3]}})", 5},
      {R"({"time":[1794960000000],"usage":{"All":[null]}})", 0},
      {R"({"time":[1794960000000],"usage":{"All":[4.5]}})", 5},
      {R"({"time":[1794960000000],"usage":{"All":[4.499999999]}})", 4},
      {R"({"time":[1794873600000],"usage":{"All":[5]}})", 0},
      {R"({"time":[],"usage":{}})", 0},
      {R"({"time":[1794960000000],"usage":{"All":[5,6]}})", std::nullopt},
      {R"({"time":[1794960000000],"usage":{"All":[-1]}})", std::nullopt},
      {R"({"time":[1794960000000],"usage":{"All":["x"]}})", std::nullopt},
      {R"({"time":[1794960000000],"usage":{"All":[1000000000001]}})", std::nullopt},
      {R"({"time":["now"],"usage":{"All":[5]}})", std::nullopt},
      {R"({"time":[1794960000000],"usage":{"All":5}})", std::nullopt},
      {R"({"time":[1794960000000]})", std::nullopt},
      {R"({"usage":{"All":[5]}})", std::nullopt},
      {R"([])", std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    const std::optional<Series> series = read_stats(json::parse(c.body).value(), kRange);
    ASSERT_EQ(series.has_value(), c.sum.has_value());
    std::int64_t sum = 0;
    if (series) {
      for (const auto& [day, count] : *series) sum += count;
    }
    EXPECT_EQ(sum, c.sum.value_or(0));
  }
}

TEST(ElevenLabs, UnreadableStatisticsAreTold) {
  ScriptedHttp http;
  http.on("/v1/usage/character-stats", reply(200, R"({"time":5})"));
  EXPECT_EQ(testing::as_lines(fetch_with(http)), "finding malformed_answer 200\n");
}

TEST(ElevenLabs, APastDueSubscriptionNeedsPayment) {
  const json::Value body = json::parse(R"({"tier":"creator","status":"past_due"})").value();
  EXPECT_EQ(read_subscription(body, {}, clock().now()).code, "billing_problem");
}

TEST(ElevenLabs, TheUserIsTheIdentityAndItsAbsenceNoProblem) {
  ScriptedHttp http;
  http.on("/v1/user", reply(200, R"({"user_id":"u-1"})"));
  const ElevenLabs provider{&http, &clock()};
  EXPECT_EQ(testing::run(provider.discover(access_with("k", KeyType::standard))).identity, "u-1");
  ScriptedHttp forbidden;
  forbidden.on("/v1/user", reply(401, R"({"detail":{"status":"missing_permissions"}})"));
  const ElevenLabs other{&forbidden, &clock()};
  const Discovery discovery = testing::run(other.discover(access_with("k", KeyType::standard)));
  EXPECT_TRUE(discovery.identity.empty() && discovery.findings.empty());
}

}  // namespace
}  // namespace keyledger::providers::elevenlabs
