#include "providers/anthropic/reports.h"

#include <gtest/gtest.h>

#include "providers/anthropic/anthropic.h"
#include "providers/testing.h"
#include "providers/testing_rows.h"

namespace keyledger::providers::anthropic {
namespace {

using testing::as_lines;
using testing::at;
using testing::days;
using testing::recorded_answer;
using testing::reply;
using testing::ScriptedHttp;

const FetchRequest kTwoDays = days("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z");
const char* const kKey = "sk-ant-admin01-canary00000000000000000000000000000000AA";
const char* const kEmpty = R"({"data":[],"has_more":false,"next_page":null})";
const char* const kUsage = "/v1/organizations/analytics/usage";
const char* const kCost = "/v1/organizations/analytics/cost";
const char* const kLegacyUsage = "/v1/organizations/usage_report/messages";
const char* const kLegacyCost = "/v1/organizations/cost_report";
const char* const kNotFound = R"({"type":"error","error":{"type":"not_found_error","message":"Not found"}})";
const char* const kRejected =
    R"({"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}})";

using Read = void (*)(const json::Value&, Kind, Dataset&);

TEST(AnthropicReports, EachRecordedReportBecomesItsRows) {
  const struct {
    const char* name;
    Read read;
    Kind kind;
  } cases[] = {{"analytics_usage", &read_analytics_page, Kind::messages},
               {"analytics_cost", &read_analytics_page, Kind::cost},
               {"legacy_usage", &read_legacy_page, Kind::messages},
               {"legacy_cost", &read_legacy_page, Kind::cost}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string file = "anthropic/testdata/" + std::string{c.name};
    Dataset dataset{std::string{dataset_name(c.kind)}, kTwoDays};
    c.read(json::parse(recorded_answer(file + ".json")).value(), c.kind, dataset);
    Fetched fetched;
    dataset.finish(fetched, std::nullopt);
    EXPECT_EQ(as_lines(fetched), recorded_answer(file + ".out"));
  }
}

TEST(AnthropicReports, AnalyticsReachesBackAYearButNotBefore2026) {
  EXPECT_EQ(to_string(analytics_begin(at("2026-11-21T12:00:00Z"))), "2026-01-01");
  EXPECT_EQ(to_string(analytics_begin(at("2026-12-31T23:00:00Z"))), "2026-01-01");
  EXPECT_EQ(to_string(analytics_begin(at("2027-01-01T00:00:00Z"))), "2026-01-02");
  EXPECT_EQ(to_string(analytics_begin(at("2027-03-01T12:00:00Z"))), "2026-03-02");
}

class Reports : public ::testing::Test {
 protected:
  Fetched fetch(FetchRequest range = kTwoDays, keys::KeyType type = keys::KeyType::admin) {
    return testing::run(provider_->fetch(testing::access_with(kKey, type), range));
  }
  void script(const char* target, unsigned status, const std::string& body) { http_.on(target, reply(status, body)); }

  ManualClock clock_{at("2026-11-21T12:00:00Z")};
  ScriptedHttp http_{};
  Caller caller_{&http_, &clock_, 1};
  std::unique_ptr<Provider> provider_ = make_anthropic(&caller_);
};

TEST_F(Reports, AnalyticsIsAskedFirstAndIsEnough) {
  script(kUsage, 200, recorded_answer("anthropic/testdata/analytics_usage.json"));
  script(kCost, 200, recorded_answer("anthropic/testdata/analytics_cost.json"));
  const Fetched fetched = fetch();
  EXPECT_EQ(fetched.complete, (std::vector<std::string>{"messages", "cost"}));
  EXPECT_TRUE(fetched.findings.empty());
  ASSERT_EQ(http_.seen.size(), 2u);
  EXPECT_EQ(http_.seen[0].target,
            "/v1/organizations/analytics/usage?starting_at=2026-11-01T00%3A00%3A00Z&ending_at=2026-11-03T00%3A00%3A00Z"
            "&time_bucket_width=1d&order_by=time&order=asc&limit=1000&group_by%5B%5D=api_key_id&group_by%5B%5D=model"
            "&group_by%5B%5D=workspace_id&group_by%5B%5D=service_tier");
  EXPECT_TRUE(http_.seen[1].target.ends_with("&group_by%5B%5D=cost_type&group_by%5B%5D=token_type"));
  EXPECT_EQ(http_.seen[0].headers.find("anthropic-beta"), "analytics-usage-cost-2026-08-24");
  for (const testing::Seen& seen : http_.seen) EXPECT_EQ(seen.target.find("canary"), std::string::npos);
}

TEST_F(Reports, TheOlderReportsAnswerWhereAnalyticsIsRefused) {
  for (const unsigned status : {400u, 401u, 403u, 404u}) {
    SCOPED_TRACE(status);
    ScriptedHttp http;
    http.on("/v1/organizations/analytics", reply(status, kNotFound));
    http.on(kLegacyUsage, reply(200, recorded_answer("anthropic/testdata/legacy_usage.json")));
    http.on(kLegacyCost, reply(200, recorded_answer("anthropic/testdata/legacy_cost.json")));
    const Caller caller{&http, &clock_, 1};
    const std::unique_ptr<Provider> provider = make_anthropic(&caller);
    const Fetched fetched = testing::run(provider->fetch(testing::access_with(kKey, keys::KeyType::admin), kTwoDays));
    EXPECT_EQ(fetched.complete, (std::vector<std::string>{"messages", "cost"}));
    EXPECT_TRUE(fetched.findings.empty());
    EXPECT_EQ(http.seen.size(), 4u);
    EXPECT_EQ(http.seen.at(1).headers.find("anthropic-beta"), std::nullopt);
  }
}

TEST_F(Reports, WhatAnalyticsGaveBeforeItRefusedIsNotCountedTwice) {
  script(kUsage, 200, R"({"data":[{"starting_at":"2026-11-01T00:00:00Z","group":{},"usage":{"requests":99}}],
                          "has_more":true,"next_page":"p2"})");
  script(kUsage, 403, kNotFound);
  script(kLegacyUsage, 200, recorded_answer("anthropic/testdata/legacy_usage.json"));
  script(kCost, 200, kEmpty);
  const Fetched fetched = fetch();
  ASSERT_EQ(fetched.usage.size(), 2u);
  for (const usage::UsageRow& row : fetched.usage) EXPECT_EQ(row.counts.requests, std::nullopt);
}

TEST_F(Reports, AFailureThatMayPassDoesNotBringBackTheOlderReports) {
  script(kUsage, 529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})");
  script(kCost, 200, kEmpty);
  const Fetched fetched = fetch();
  EXPECT_EQ(fetched.complete, std::vector<std::string>{"cost"});
  EXPECT_EQ(fetched.findings.at(0).code, "provider_overloaded");
  EXPECT_EQ(http_.count(kLegacyUsage), 0);
  EXPECT_EQ(http_.count(kUsage), 4);
}

TEST_F(Reports, WhatAnalyticsDoesNotReachComesFromTheOlderReports) {
  script(kUsage, 200, kEmpty);
  script(kCost, 200, kEmpty);
  script(kLegacyUsage, 200, kEmpty);
  script(kLegacyCost, 200, kEmpty);
  const Fetched fetched = fetch(days("2025-12-20T00:00:00Z", "2026-01-10T00:00:00Z"));
  EXPECT_EQ(fetched.complete, (std::vector<std::string>{"messages", "cost"}));
  ASSERT_EQ(http_.seen.size(), 4u);
  EXPECT_NE(http_.seen[0].target.find("starting_at=2026-01-01T00%3A00%3A00Z&ending_at=2026-01-10T"), std::string::npos);
  EXPECT_NE(http_.seen[1].target.find("starting_at=2025-12-20T00%3A00%3A00Z&ending_at=2026-01-01T"), std::string::npos);
  EXPECT_NE(http_.seen[1].target.find("&bucket_width=1d&limit=31&"), std::string::npos);
}

TEST_F(Reports, ARangeBeforeAnalyticsAsksOnlyTheOlderReports) {
  script(kLegacyUsage, 200, kEmpty);
  script(kLegacyCost, 200, kEmpty);
  (void)fetch(days("2025-11-01T00:00:00Z", "2025-12-02T00:00:00Z"));
  EXPECT_EQ(http_.seen.size(), 2u);
  EXPECT_TRUE(http_.unexpected.empty());
}

TEST_F(Reports, ALongRangeIsCutIntoPiecesOf31Days) {
  script(kUsage, 200, kEmpty);
  script(kCost, 200, kEmpty);
  (void)fetch(days("2026-09-01T00:00:00Z", "2026-10-02T00:00:00Z"));
  EXPECT_EQ(http_.count(kUsage), 1);
  (void)fetch(days("2026-09-01T00:00:00Z", "2026-10-03T00:00:00Z"));
  EXPECT_EQ(http_.count(kUsage), 3);
}

TEST_F(Reports, HoursHaveNoCost) {
  script(kUsage, 200, kEmpty);
  FetchRequest hours = kTwoDays;
  hours.width = usage::Width::hour;
  EXPECT_EQ(fetch(hours).complete, std::vector<std::string>{"messages"});
  EXPECT_NE(http_.seen.at(0).target.find("&time_bucket_width=1h&"), std::string::npos);
  EXPECT_EQ(http_.seen.size(), 1u);
}

TEST_F(Reports, AKeyOfAWorkspaceIsToldFromADeadOne) {
  script("/v1/organizations", 401, kRejected);
  script("/v1/models", 200, recorded_answer("anthropic/testdata/models.json"));
  const Fetched fetched = fetch(kTwoDays, keys::KeyType::standard);
  ASSERT_EQ(fetched.findings.size(), 1u);
  EXPECT_EQ(fetched.findings[0].code, "workspace_key");
  EXPECT_EQ(http_.count("/v1/models"), 1);
  EXPECT_TRUE(fetched.complete.empty());
}

TEST_F(Reports, ADeadKeyIsDead) {
  script("/v1/", 401, kRejected);
  EXPECT_EQ(fetch().findings.at(0).code, "key_rejected");
}

TEST_F(Reports, AnIndividualAccountIsToldSo) {
  script("/v1/organizations", 404, kNotFound);
  const Fetched fetched = fetch(kTwoDays, keys::KeyType::standard);
  ASSERT_EQ(fetched.findings.size(), 1u);
  EXPECT_EQ(fetched.findings[0].code, "no_organization");
}

TEST_F(Reports, PagesThatNeverEndAreNotComplete) {
  script(kUsage, 200, R"({"data":[],"has_more":true,"next_page":"again"})");
  script(kCost, 200, kEmpty);
  const Fetched fetched = fetch();
  EXPECT_EQ(fetched.complete, std::vector<std::string>{"cost"});
  EXPECT_EQ(fetched.findings.at(0).code, "paging_never_ends");
}

TEST_F(Reports, AMonthlyCapIsNotRepeated) {
  script("/v1/organizations", 429,
         R"({"type":"error","error":{"type":"rate_limit_error","message":"cap",
             "details":{"error_code":"enforced_spend_limit_reached"}}})");
  const Fetched fetched = fetch();
  EXPECT_EQ(fetched.findings.at(0).code, "spend_limit_reached");
  EXPECT_EQ(http_.count(kUsage), 1);
  EXPECT_TRUE(http_.pauses.empty());
}

TEST_F(Reports, OddAnswersNeverFailAndNeverCountWrong) {
  const struct {
    const char* name;
    const char* page;
    bool complete;
    bool told;
  } cases[] = {
      {"null data", R"({"data":null})", false, true},
      {"no start", R"({"data":[{"usage":{}}]})", false, true},
      {"outside", R"({"data":[{"starting_at":"2026-11-03T00:00:00Z","usage":{}}]})", false, true},
      {"negative", R"({"data":[{"starting_at":"2026-11-01T00:00:00Z","usage":{"output_tokens":-5}}]})", true, true},
      {"nulls", R"({"data":[{"starting_at":"2026-11-01T00:00:00Z","group":null,"usage":null,"x":[]}]})", true, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ScriptedHttp http;
    http.on(kUsage, reply(200, c.page));
    http.on(kCost, reply(200, kEmpty));
    const Caller caller{&http, &clock_, 1};
    const std::unique_ptr<Provider> provider = make_anthropic(&caller);
    const Fetched fetched = testing::run(provider->fetch(testing::access_with(kKey, keys::KeyType::admin), kTwoDays));
    EXPECT_EQ(fetched.complete.size(), c.complete ? 2u : 1u);
    EXPECT_EQ(!fetched.findings.empty(), c.told);
  }
}

}  // namespace
}  // namespace keyledger::providers::anthropic
