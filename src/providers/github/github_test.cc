#include "providers/github/github.h"

#include <gtest/gtest.h>

#include "providers/github/answers.h"
#include "providers/table/recorded_testing.h"

namespace keyledger::providers::github {
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

FetchRequest days(const char* from, const char* to) {
  return {.from = parse_day(from).value(), .to = parse_day(to).value()};
}

Fetched fetch_with(const ScriptedHttp& http, const FetchRequest& range) {
  const GitHub provider{&http, &clock()};
  return testing::run(provider.fetch(access_with("ghp_k", KeyType::standard), range));
}

constexpr const char* kOctober = "/users/octo-cat/settings/billing/usage?year=2026&month=10";
constexpr const char* kNovember = "/users/octo-cat/settings/billing/usage?year=2026&month=11";

TEST(GitHub, EveryRequestNamesTheVersionOfTheInterface) {
  ScriptedHttp http;
  http.on("/user", reply(200, recorded_answer("github/testdata/user.json")));
  const GitHub provider{&http, &clock()};
  testing::run(provider.test(access_with("ghp_k", KeyType::standard)));
  const net::Headers& headers = http.seen.at(0).headers;
  EXPECT_EQ(headers.find("x-github-api-version"), "2022-11-28");
  EXPECT_EQ(headers.find("accept"), "application/vnd.github+json");
  EXPECT_EQ(headers.count("accept"), 1U);
}

TEST(GitHub, TheBillIsReadMonthByMonthForTheDaysOfTheRange) {
  ScriptedHttp http;
  http.on("/user", reply(200, recorded_answer("github/testdata/user.json")));
  http.on(kOctober, reply(200, recorded_answer("github/testdata/billing_october.json")));
  http.on(kNovember, reply(200, recorded_answer("github/testdata/billing_november.json")));
  EXPECT_EQ(testing::as_lines(fetch_with(http, days("2026-10-31", "2026-11-02"))),
            recorded_answer("github/testdata/billing.txt"));
  EXPECT_TRUE(http.unexpected.empty());
}

TEST(GitHub, WithoutThePermissionTheFindingNamesIt) {
  for (const unsigned status : {403U, 404U}) {
    SCOPED_TRACE(status);
    ScriptedHttp http;
    http.on("/user", reply(200, recorded_answer("github/testdata/user.json")));
    http.on("/users/", reply(status, R"({"message":"Not Found"})"));
    EXPECT_EQ(testing::render_all(fetch_with(http, days("2026-11-01", "2026-11-02")).findings),
              fmt::format("finding missing_scope {} 'Not Found' scope=Plan: read\n", status));
  }
}

TEST(GitHub, ARateLimitOnTheBillIsNoMissingPermission) {
  ScriptedHttp http;
  http.on("/user", reply(200, recorded_answer("github/testdata/user.json")));
  http.on("/users/", reply(403, R"({"message":"You have exceeded a secondary rate limit."})"));
  const Fetched fetched = fetch_with(http, days("2026-11-01", "2026-11-02"));
  ASSERT_EQ(fetched.findings.size(), 1U);
  EXPECT_EQ(fetched.findings.front().code, "rate_limited");
}

TEST(GitHub, AMonthThatFailsLeavesTheWholeRangeAsItWas) {
  ScriptedHttp http;
  http.on("/user", reply(200, recorded_answer("github/testdata/user.json")));
  http.on(kOctober, reply(200, recorded_answer("github/testdata/billing_october.json")));
  http.on(kNovember, reply(200, R"({"message":"moved"})"));
  const Fetched fetched = fetch_with(http, days("2026-10-31", "2026-11-02"));
  EXPECT_TRUE(fetched.costs.empty() && fetched.complete.empty());
  ASSERT_EQ(fetched.findings.size(), 1U);
  EXPECT_EQ(fetched.findings.front().code, "malformed_answer");
}

TEST(GitHub, AnUnreadableItemMakesTheBillIncomplete) {
  for (const char* item :
       {R"({"netAmount":1})", R"({"date":"soon","netAmount":1})", R"({"date":"2026-11-01","netAmount":"much"})", "5"}) {
    SCOPED_TRACE(item);
    ScriptedHttp http;
    http.on("/user", reply(200, recorded_answer("github/testdata/user.json")));
    http.on(kNovember, reply(200, std::string{R"({"usageItems":[)"} + item + "]}"));
    EXPECT_EQ(testing::as_lines(fetch_with(http, days("2026-11-01", "2026-11-02"))), "finding malformed_answer 200\n");
  }
}

TEST(GitHub, AWrongTokenIsToldOnceAndTheBillNotAskedFor) {
  ScriptedHttp http;
  http.on("/user", reply(401, R"({"message":"Bad credentials"})"));
  EXPECT_EQ(testing::as_lines(fetch_with(http, days("2026-11-01", "2026-11-02"))), "finding key_rejected 401\n");
  EXPECT_EQ(http.seen.size(), 1U);
}

TEST(GitHub, AClassicTokenWithoutScopesIsToldApartFromOneThatHasNoSuchThing) {
  const json::Value body = json::parse(R"({"login":"a"})").value();
  net::Headers headers;
  EXPECT_EQ(read_user(body, headers, clock().now()).facts.size(), 1U);
  headers.add("X-OAuth-Scopes", "");
  const table::Told told = read_user(body, headers, clock().now());
  ASSERT_EQ(told.facts.size(), 2U);
  EXPECT_EQ(told.facts.back(), (std::pair<std::string, std::string>{"scopes", "none"}));
}

TEST(GitHub, TheRateLimitIsAFreeReading) {
  ScriptedHttp http;
  http.on("/rate_limit", reply(200, recorded_answer("github/testdata/rate_limit.json")));
  const GitHub provider{&http, &clock()};
  EXPECT_EQ(testing::render(testing::run(provider.readings(access_with("k", KeyType::standard)))),
            recorded_answer("github/testdata/rate_limit.txt"));
}

TEST(GitHub, ThePersonIsTheIdentity) {
  ScriptedHttp http;
  http.on("/user", reply(200, recorded_answer("github/testdata/user.json")));
  const GitHub provider{&http, &clock()};
  EXPECT_EQ(testing::run(provider.discover(access_with("k", KeyType::standard))).identity, "octo-cat");
}

TEST(GitHub, TheMonthsOfARangeEndBeforeItsEnd) {
  const struct {
    const char *from, *to;
    std::size_t months;
  } cases[] = {{"2026-11-01", "2026-11-01", 0}, {"2026-11-01", "2026-11-02", 1}, {"2026-10-31", "2026-11-01", 1},
               {"2026-10-31", "2026-11-02", 2}, {"2025-12-31", "2026-01-02", 2}, {"2026-11-02", "2026-11-01", 0},
               {"1926-11-01", "2026-11-01", 25}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.from);
    EXPECT_EQ(months_of(days(c.from, c.to)).size(), c.months);
  }
}

}  // namespace
}  // namespace keyledger::providers::github
