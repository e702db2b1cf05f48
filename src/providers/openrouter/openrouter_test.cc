#include "providers/openrouter/openrouter.h"

#include <gtest/gtest.h>

#include "providers/openrouter/answers.h"
#include "providers/table/recorded_testing.h"

namespace keyledger::providers::openrouter {
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

json::Value value(const std::string& text) {
  return json::parse(text).value();
}

TEST(OpenRouter, AManagementKeyAlsoReadsTheBalance) {
  ScriptedHttp http;
  http.on("/key", reply(200, recorded_answer("openrouter/testdata/management_key.json")));
  http.on("/credits", reply(200, recorded_answer("openrouter/testdata/credits.json")));
  const OpenRouter provider{&http, &clock()};
  EXPECT_EQ(testing::render(testing::run(provider.readings(access_with("k", KeyType::admin)))),
            recorded_answer("openrouter/testdata/readings.txt"));
}

TEST(OpenRouter, AnOrdinaryKeyIsNotAskedForTheBalance) {
  ScriptedHttp http;
  http.on("/key", reply(200, recorded_answer("openrouter/testdata/key.json")));
  const OpenRouter provider{&http, &clock()};
  EXPECT_EQ(testing::run(provider.readings(access_with("k", KeyType::standard))).readings.size(), 4U);
  EXPECT_EQ(http.seen.size(), 1U);
}

TEST(OpenRouter, AKeyThatHasSpentItsLimitIsTold) {
  const struct {
    const char* left;
    const char* code;
  } cases[] = {{"0", "spend_limit_reached"}, {"-0.5", "spend_limit_reached"}, {"0.01", "ok"}, {"null", "ok"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.left);
    const json::Value body = value(std::string{R"({"data":{"limit":10,"limit_remaining":)"} + c.left + "}}");
    EXPECT_EQ(read_key(body, {}, clock().now()).code, c.code);
  }
}

TEST(OpenRouter, TheBalanceNeedsBothNumbersWithinReason) {
  const struct {
    const char* data;
    std::optional<std::int64_t> nanos;
  } cases[] = {
      {R"({"total_credits":"5","total_usage":"7.25"})", -2'250'000'000},
      {R"({"total_credits":5})", std::nullopt},
      {R"({"total_credits":5,"total_usage":null})", std::nullopt},
      {R"({"total_credits":9000000000,"total_usage":-9000000000})", std::nullopt},
      {R"([])", std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.data);
    const table::Told told = read_credits(value(std::string{R"({"data":)"} + c.data + "}"), {}, clock().now());
    EXPECT_EQ(told.readings.size(), c.nanos ? 1U : 0U);
    if (c.nanos) {
      EXPECT_EQ(told.readings.front().money_remaining->nanos, *c.nanos);
    }
    EXPECT_EQ(told.code, c.nanos ? "ok" : "unexpected_answer");
  }
}

TEST(OpenRouter, ActivityBecomesOneRowADayAndModel) {
  ScriptedHttp http;
  http.on("/activity", reply(200, recorded_answer("openrouter/testdata/activity.json")));
  const OpenRouter provider{&http, &clock()};
  const Fetched fetched =
      testing::run(provider.fetch(access_with("k", KeyType::admin), days("2026-11-19", "2026-11-21")));
  EXPECT_EQ(testing::as_lines(fetched), recorded_answer("openrouter/testdata/activity.txt"));
}

TEST(OpenRouter, ActivityThatCannotBeReadReplacesNothing) {
  const struct {
    const char* body;
  } cases[] = {{R"({"data":{}})"},
               {R"({"data":[{"model":"m","usage":1}]})"},
               {R"({"data":[{"date":"2026-11-31","model":"m","usage":1}]})"},
               {R"({"data":[{"date":"2026-11-19","model":"m","usage":"much"}]})"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    ScriptedHttp http;
    http.on("/activity", reply(200, c.body));
    const OpenRouter provider{&http, &clock()};
    const Fetched fetched =
        testing::run(provider.fetch(access_with("k", KeyType::admin), days("2026-11-19", "2026-11-21")));
    EXPECT_EQ(testing::as_lines(fetched), "finding malformed_answer 200\n");
  }
}

TEST(OpenRouter, AnOrdinaryKeyIsToldThatAManagementKeyIsNeeded) {
  ScriptedHttp http;
  http.on("/activity", reply(403, R"({"error":{"code":403,"message":"Only management keys can fetch activity"}})"));
  http.on("/key", reply(200, recorded_answer("openrouter/testdata/key.json")));
  const OpenRouter provider{&http, &clock()};
  const Fetched fetched =
      testing::run(provider.fetch(access_with("k", KeyType::standard), days("2026-11-19", "2026-11-21")));
  ASSERT_EQ(fetched.findings.size(), 1U);
  EXPECT_EQ(fetched.findings.front().code, "admin_key_needed");
  const Discovery discovery = testing::run(provider.discover(access_with("k", KeyType::standard)));
  ASSERT_EQ(discovery.findings.size(), 1U);
  EXPECT_EQ(discovery.findings.front().code, "admin_key_needed");
  EXPECT_EQ(http.count("/keys"), 0);
}

TEST(OpenRouter, DaysBeforeTheLastThirtyAreSaidToBeUnknownAndNotEmpty) {
  ScriptedHttp http;
  http.on("/activity", reply(200, R"({"data":[]})"));
  const OpenRouter provider{&http, &clock()};
  const Fetched before =
      testing::run(provider.fetch(access_with("k", KeyType::admin), days("2026-10-21", "2026-11-21")));
  EXPECT_EQ(testing::as_lines(before), "finding truncated_history 0\n");
  EXPECT_TRUE(http.seen.empty());
  const Fetched within =
      testing::run(provider.fetch(access_with("k", KeyType::admin), days("2026-10-22", "2026-11-21")));
  EXPECT_EQ(within.complete.size(), 1U);
}

TEST(OpenRouter, TheKeysOfTheAccountComeWithTheirDigests) {
  ScriptedHttp http;
  http.on("/key", reply(200, recorded_answer("openrouter/testdata/management_key.json")));
  http.on("/keys", reply(200, recorded_answer("openrouter/testdata/keys.json")));
  const OpenRouter provider{&http, &clock()};
  EXPECT_EQ(testing::render(testing::run(provider.discover(access_with("k", KeyType::admin)))),
            recorded_answer("openrouter/testdata/keys.txt"));
}

/// A page of keys whose ids begin with `prefix`.
std::string page(const std::string& prefix, std::size_t count) {
  std::string items;
  for (std::size_t i = 0; i < count; ++i) {
    items += fmt::format(R"({}{{"hash":"{}{}"}})", i == 0 ? "" : ",", prefix, i);
  }
  return R"({"data":[)" + items + "]}";
}

TEST(OpenRouter, KeysAreReadPageByPageToTheEnd) {
  ScriptedHttp http;
  http.on("/key", reply(200, recorded_answer("openrouter/testdata/management_key.json")));
  http.on("/keys?offset=0&", reply(200, page("a", kKeysPerPage)));
  http.on("/keys?offset=100&", reply(200, page("b", kKeysPerPage)));
  http.on("/keys?offset=200&", reply(200, page("c", 1)));
  const OpenRouter provider{&http, &clock()};
  const Discovery discovery = testing::run(provider.discover(access_with("k", KeyType::admin)));
  EXPECT_EQ(discovery.keys.size(), 201U);
  EXPECT_TRUE(discovery.findings.empty());
  EXPECT_TRUE(http.unexpected.empty());
}

TEST(OpenRouter, AListThatRepeatsItselfEnds) {
  ScriptedHttp http;
  http.on("/key", reply(200, recorded_answer("openrouter/testdata/management_key.json")));
  http.on("/keys", reply(200, page("a", kKeysPerPage)));
  const OpenRouter provider{&http, &clock()};
  testing::run(provider.discover(access_with("k", KeyType::admin)));
  EXPECT_EQ(http.count("/keys"), 2);
}

}  // namespace
}  // namespace keyledger::providers::openrouter
