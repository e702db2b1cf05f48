#include "providers/xai/xai.h"

#include <gtest/gtest.h>

#include "providers/table/recorded_testing.h"
#include "providers/xai/answers.h"

namespace keyledger::providers::xai {
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

constexpr const char* kValidation = "/auth/management-keys/validation";
constexpr const char* kUsage = "/v1/billing/teams/team%2F7/usage";

FetchRequest days(const char* from, const char* to) {
  return {.from = parse_day(from).value(), .to = parse_day(to).value()};
}

json::Value value(const char* text) {
  return json::parse(text).value();
}

TEST(Xai, AKeyIsAliveOnlyWhenNoneOfTheThreeFlagsIsSet) {
  const struct {
    const char* body;
    const char* code;
    const char* words;
  } cases[] = {
      {R"({"api_key_id":"k","team_blocked":false,"api_key_blocked":false,"api_key_disabled":false})", "ok", ""},
      {R"({"api_key_id":"k"})", "ok", ""},
      {R"({"api_key_id":"k","team_blocked":null})", "ok", ""},
      {R"({"api_key_id":"k","team_blocked":true})", "key_blocked", "team_blocked"},
      {R"({"api_key_id":"k","api_key_blocked":true})", "key_blocked", "api_key_blocked"},
      {R"({"api_key_id":"k","api_key_disabled":true})", "key_disabled", "api_key_disabled"},
      {R"({"object":"list"})", "unexpected_answer", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    const json::Value body = value(c.body);
    const table::Told told = read_key(body, {}, clock().now());
    EXPECT_EQ(told.code, c.code);
    EXPECT_EQ(told.provider_message, c.words);
  }
}

TEST(Xai, CentsAreTextWithCreditBelowZero) {
  const struct {
    const char* json;
    int sign;
    std::optional<std::int64_t> nanos;
  } cases[] = {
      {R"({"val":"-2317"})", -1, 23'170'000'000},
      {R"({"val":"2317"})", -1, -23'170'000'000},
      {R"({"val":-2317})", -1, 23'170'000'000},
      {R"({"val":"0.5"})", 1, 5'000'000},
      {R"({})", -1, 0},
      {R"({"val":null})", -1, 0},
      {R"("-1")", -1, 10'000'000},
      {R"(412)", 1, 4'120'000'000},
      {R"(null)", -1, std::nullopt},
      {R"({"val":"much"})", -1, std::nullopt},
      {R"({"val":[]})", -1, std::nullopt},
      {R"({"val":"99999999999999"})", -1, std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.json);
    const std::optional<Money> money = cents_of(value(c.json), c.sign);
    EXPECT_EQ(money.has_value(), c.nanos.has_value());
    if (money && c.nanos) {
      EXPECT_EQ(money->nanos, *c.nanos);
    }
  }
}

TEST(Xai, AManagementKeyReadsBalanceAndTheMonthOnTheOtherHost) {
  ScriptedHttp http;
  http.on(kValidation, reply(200, recorded_answer("xai/testdata/validation.json")));
  http.on("/v1/billing/teams/team%2F7/prepaid/balance", reply(200, recorded_answer("xai/testdata/balance.json")));
  http.on("/v1/billing/teams/team%2F7/postpaid/invoice/preview",
          reply(200, recorded_answer("xai/testdata/preview.json")));
  Access access = access_with("management", KeyType::admin);
  access.management_base = net::BaseUrl{.host = "management.test"};
  const Xai xai{&http, &clock()};
  const Provider::Readings readings = testing::run(xai.readings(std::move(access)));
  EXPECT_EQ(testing::render(readings), recorded_answer("xai/testdata/readings.txt"));
  EXPECT_TRUE(http.unexpected.empty());
  for (const testing::Seen& seen : http.seen) EXPECT_EQ(seen.host, "management.test");
}

TEST(Xai, TheBalanceIsToldEvenIfTheInvoiceIsNot) {
  ScriptedHttp http;
  http.on(kValidation, reply(200, recorded_answer("xai/testdata/validation.json")));
  http.on("/v1/billing/teams/team%2F7/prepaid/balance", reply(200, R"({"changes":[],"total":{}})"));
  http.on("/v1/billing/teams/team%2F7/postpaid/invoice/preview", reply(403, R"({"error":"no"})"));
  const Xai xai{&http, &clock()};
  const Provider::Readings readings = testing::run(xai.readings(access_with("management", KeyType::admin)));
  EXPECT_EQ(testing::render(readings),
            "reading balance USD money_remaining=0.000000000\nfinding permission_denied 403 'no'\n");
}

TEST(Xai, CostsAreDollarsByDayOfTheRangeAlone) {
  ScriptedHttp http;
  http.on(kValidation, reply(200, recorded_answer("xai/testdata/validation.json")));
  http.on(net::Method::post, kUsage, reply(200, recorded_answer("xai/testdata/usage.json")));
  const Xai xai{&http, &clock()};
  const Fetched fetched =
      testing::run(xai.fetch(access_with("management", KeyType::admin), days("2026-11-01", "2026-11-04")));
  EXPECT_EQ(testing::as_lines(fetched), recorded_answer("xai/testdata/usage.txt"));
  EXPECT_EQ(
      http.seen.back().body,
      R"({"analyticsRequest":{"timeRange":{"startTime":"2026-11-01 00:00:00","endTime":"2026-11-04 00:00:00",)"
      R"("timezone":"Etc/GMT"},"timeUnit":"TIME_UNIT_DAY","values":[{"name":"usd","aggregation":"AGGREGATION_SUM"}],)"
      R"("groupBy":[],"filters":[]}})");
}

TEST(Xai, CostsThatCannotBeTrustedAreNeitherStoredNorComplete) {
  const struct {
    const char* body;
    const char* code;
  } cases[] = {
      {R"({"timeSeries":[],"limitReached":true})", "answer_too_large"},
      {R"({"error":"x"})", "malformed_answer"},
      {R"({"timeSeries":[{"dataPoints":[{"timestamp":"yesterday","values":[1]}]}]})", "malformed_answer"},
      {R"({"timeSeries":[{"dataPoints":[{"timestamp":"2026-11-01T00:00:00Z","values":["much"]}]}]})",
       "malformed_answer"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    ScriptedHttp http;
    http.on(kValidation, reply(200, recorded_answer("xai/testdata/validation.json")));
    http.on(net::Method::post, kUsage, reply(200, c.body));
    const Xai xai{&http, &clock()};
    const Fetched fetched =
        testing::run(xai.fetch(access_with("management", KeyType::admin), days("2026-11-01", "2026-11-04")));
    EXPECT_TRUE(fetched.costs.empty());
    EXPECT_TRUE(fetched.complete.empty());
    ASSERT_EQ(fetched.findings.size(), 1U);
    EXPECT_EQ(fetched.findings.front().code, c.code);
  }
}

TEST(Xai, AnEmptyListMayBeLeftOut) {
  ScriptedHttp http;
  http.on(kValidation, reply(200, recorded_answer("xai/testdata/validation.json")));
  http.on(net::Method::post, kUsage, reply(200, R"({"limitReached":false})"));
  const Xai xai{&http, &clock()};
  const Fetched fetched =
      testing::run(xai.fetch(access_with("management", KeyType::admin), days("2026-11-01", "2026-11-04")));
  EXPECT_EQ(testing::as_lines(fetched), "complete costs\n");
}

TEST(Xai, AnInferenceKeyIsNotSentToTheManagementHost) {
  ScriptedHttp http;
  const Xai xai{&http, &clock()};
  EXPECT_TRUE(testing::run(xai.readings(access_with("k", KeyType::standard))).readings.empty());
  EXPECT_TRUE(testing::run(xai.discover(access_with("k", KeyType::standard))).identity.empty());
  const Fetched fetched =
      testing::run(xai.fetch(access_with("k", KeyType::standard), days("2026-11-01", "2026-11-04")));
  ASSERT_EQ(fetched.findings.size(), 1U);
  EXPECT_EQ(fetched.findings.front().code, "admin_key_needed");
  EXPECT_TRUE(http.seen.empty());
}

TEST(Xai, TheTeamIsTheIdentity) {
  ScriptedHttp http;
  http.on(kValidation, reply(200, recorded_answer("xai/testdata/validation.json")));
  const Xai xai{&http, &clock()};
  EXPECT_EQ(testing::run(xai.discover(access_with("k", KeyType::admin))).identity, "team/7");
}

TEST(Xai, AWrongManagementKeyStopsEverything) {
  ScriptedHttp http;
  http.on(kValidation, reply(401, R"({"code":16,"message":"Invalid bearer token"})"));
  const Xai xai{&http, &clock()};
  const Fetched fetched = testing::run(xai.fetch(access_with("k", KeyType::admin), days("2026-11-01", "2026-11-04")));
  EXPECT_EQ(testing::as_lines(fetched), "finding key_rejected 401\n");
  EXPECT_EQ(testing::run(xai.readings(access_with("k", KeyType::admin))).findings.size(), 1U);
  EXPECT_EQ(testing::run(xai.discover(access_with("k", KeyType::admin))).findings.size(), 1U);
}

}  // namespace
}  // namespace keyledger::providers::xai
