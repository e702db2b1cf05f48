#include "providers/brave/brave.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/table/recorded_testing.h"

namespace keyledger::providers::brave {
namespace {

using testing::access_with;
using testing::recorded_answer;
using testing::reply;
using testing::ScriptedHttp;

const ManualClock& clock() {
  static const ManualClock kClock{parse_rfc3339("2026-11-21T12:00:00Z").value()};
  return kClock;
}

constexpr const char* kSearch = "/v1/web/search";
constexpr const char* kInvalid =
    R"({"error":{"status":422,"code":"SUBSCRIPTION_TOKEN_INVALID","detail":"Invalid","meta":{"component":"authentication"}}})";

KeyTest test_with(const ScriptedHttp& http) {
  const Brave brave{&http, &clock()};
  return testing::run(brave.test(access_with("BSA-key", keys::KeyType::standard)));
}

std::vector<std::pair<std::string, std::string>> quota_headers() {
  return {{"X-RateLimit-Policy", "1;w=1, 2000;w=2592000"},
          {"X-RateLimit-Limit", "1, 2000"},
          {"X-RateLimit-Remaining", "0, 1990"},
          {"X-RateLimit-Reset", "1, 600"}};
}

TEST(Brave, AKeyCalledWrongTwiceIsDead) {
  ScriptedHttp http;
  http.on(kSearch, reply(422, kInvalid));
  const KeyTest result = test_with(http);
  EXPECT_EQ(result.verdict, keys::Verdict::invalid);
  EXPECT_EQ(http.count(kSearch), 2);
  ASSERT_EQ(http.pauses.size(), 1U);
  EXPECT_GE(http.pauses.front(), std::chrono::seconds{1}) << "the smallest plan answers once a second";
}

TEST(Brave, AKeyCalledWrongOnceAndWorkingOnRepeatIsValid) {
  ScriptedHttp http;
  http.on(kSearch, reply(422, kInvalid));
  http.on(kSearch, reply(200, recorded_answer("brave/testdata/search.json"), quota_headers()));
  const KeyTest result = test_with(http);
  EXPECT_EQ(result.verdict, keys::Verdict::valid);
  ASSERT_EQ(result.readings.size(), 2U);
  EXPECT_EQ(result.readings.front().remaining, 1990);
}

TEST(Brave, AKeyThatCannotBeAskedAgainIsNotCalledDead) {
  ScriptedHttp http;
  http.on(kSearch, reply(422, kInvalid));
  http.fail_on(kSearch, "connection_failed");
  EXPECT_EQ(test_with(http).verdict, keys::Verdict::unreachable);
}

TEST(Brave, AGoodKeyCostsOneSearchAndNoMore) {
  ScriptedHttp http;
  http.on(kSearch, reply(200, recorded_answer("brave/testdata/search.json")));
  EXPECT_EQ(test_with(http).verdict, keys::Verdict::valid);
  EXPECT_EQ(http.seen.size(), 1U);
}

TEST(Brave, ABrokenConnectionIsNotRepeatedSinceTheSearchMayHaveBeenBilled) {
  ScriptedHttp http;
  http.fail_on(kSearch, "connection_failed");
  EXPECT_EQ(test_with(http).verdict, keys::Verdict::unreachable);
  EXPECT_EQ(http.seen.size(), 1U);
}

TEST(Brave, ARateLimitedKeyTellsItsRealUseAndWhenToComeBack) {
  ScriptedHttp http;
  http.on(kSearch, reply(429, recorded_answer("brave/testdata/rate_limited.json"), quota_headers()));
  const KeyTest result = test_with(http);
  EXPECT_EQ(result.verdict, keys::Verdict::rate_limited);
  EXPECT_EQ(result.finding.retry_after_seconds, 1);
  ASSERT_EQ(result.readings.size(), 2U);
  EXPECT_EQ(result.readings.front().name, "month_quota");
  EXPECT_EQ(result.readings.front().used, 15) << "meta.quota_current, not limit less remaining";
  EXPECT_EQ(result.readings.front().limit, 2000);
}

TEST(Brave, AnUsedUpMonthWaitsForTheMonth) {
  ScriptedHttp http;
  http.on(kSearch, reply(429, R"({"error":{"status":429,"code":"QUOTA_LIMITED"}})", quota_headers()));
  const KeyTest result = test_with(http);
  EXPECT_EQ(result.finding.code, "quota_used_up");
  EXPECT_EQ(result.finding.retry_after_seconds, 600);
  EXPECT_EQ(http.seen.size(), 1U) << "no repetition helps before the month is over";
}

TEST(Brave, TheMetaOfTheDocumentedErrorListIsReadToo) {
  Answer answer;
  answer.body = json::parse(R"({"errors":[{"meta":{"quota_limit":0,"quota_current":7}}]})").value();
  const std::vector<usage::Reading> readings = quota_of(answer, clock().now());
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_EQ(readings.front().used, 7);
  EXPECT_TRUE(readings.front().unlimited);
}

TEST(Brave, AnOddMetaIsNoReading) {
  for (const char* body : {"{}", R"({"error":{"meta":null}})", R"({"error":{"meta":{"quota_current":-1}}})",
                           R"({"error":{"meta":{"quota_current":"many"}}})", R"({"errors":[]})"}) {
    SCOPED_TRACE(body);
    Answer answer;
    answer.body = json::parse(body).value();
    EXPECT_TRUE(quota_of(answer, clock().now()).empty());
  }
}

}  // namespace
}  // namespace keyledger::providers::brave
