#include "providers/openai/usage.h"

#include <gtest/gtest.h>

#include "providers/openai/openai.h"
#include "providers/testing.h"
#include "providers/testing_rows.h"

namespace keyledger::providers::openai {
namespace {

using testing::as_lines;
using testing::recorded_answer;
using testing::reply;
using testing::ScriptedHttp;

const FetchRequest kTwoDays = testing::days("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z");
const char* const kKey = "sk-admin-canary0000000000000000000000T3BlbkFJcanary000000000000000000";
const char* const kEmptyPage = R"({"object":"page","data":[],"has_more":false,"next_page":null})";

class Fetching : public ::testing::Test {
 protected:
  Fetching() { http_.on("/organization/", reply(200, kEmptyPage)); }

  Fetched fetch(FetchRequest range = kTwoDays, keys::KeyType type = keys::KeyType::admin) {
    Fetched fetched = testing::run(provider_->fetch(testing::access_with(kKey, type, "/v1"), range));
    return fetched;
  }
  bool complete(const Fetched& fetched, std::string_view name) const {
    return std::ranges::find(fetched.complete, name) != fetched.complete.end();
  }

  ManualClock clock_{testing::at("2026-11-21T12:00:00Z")};
  ScriptedHttp http_{};
  Caller caller_{&http_, &clock_, 1};
  std::unique_ptr<Provider> provider_ = make_openai(&caller_);
};

TEST(OpenAiReports, EachRecordedReportBecomesItsRows) {
  for (const Report& report : usage_reports()) {
    if (report.optional) continue;  // of the same shape as completions
    SCOPED_TRACE(report.name);
    const std::string file = "openai/testdata/" + std::string{report.name};
    Dataset dataset{std::string{report.name}, kTwoDays};
    read_usage_page(json::parse(recorded_answer(file + ".json")).value(), report, dataset);
    Fetched fetched;
    dataset.finish(fetched, std::nullopt);
    EXPECT_EQ(as_lines(fetched), recorded_answer(file + ".out"));
  }
}

TEST(OpenAiReports, RecordedCostsBecomeTheirRows) {
  Dataset dataset{"costs", kTwoDays};
  read_cost_page(json::parse(recorded_answer("openai/testdata/costs.json")).value(), dataset);
  Fetched fetched;
  dataset.finish(fetched, std::nullopt);
  EXPECT_EQ(as_lines(fetched), recorded_answer("openai/testdata/costs.out"));
}

TEST(OpenAiReports, ALineItemNamesItsModel) {
  EXPECT_EQ(model_of("gpt-6-astra, input_tokens"), "gpt-6-astra");
  EXPECT_EQ(model_of("ft:gpt-6-luna:acme::abc, output_tokens"), "ft:gpt-6-luna:acme::abc");
  EXPECT_EQ(model_of("Web search, high"), "");
  EXPECT_EQ(model_of("code interpreter"), "");
  EXPECT_EQ(model_of(""), "");
}

TEST_F(Fetching, AsksEveryReportOnceByDay) {
  const Fetched fetched = fetch();
  EXPECT_EQ(http_.seen.size(), 12u);
  EXPECT_EQ(fetched.complete.size(), 12u);
  EXPECT_TRUE(fetched.findings.empty());
  EXPECT_EQ(http_.seen.front().target,
            "/organization/usage/completions?start_time=1793491200&end_time=1793664000&bucket_width=1d&limit=31"
            "&group_by%5B%5D=model&group_by%5B%5D=api_key_id&group_by%5B%5D=project_id&group_by%5B%5D=batch"
            "&group_by%5B%5D=service_tier");
  EXPECT_EQ(http_.seen.back().target,
            "/organization/costs?start_time=1793491200&end_time=1793664000&bucket_width=1d&limit=31"
            "&group_by%5B%5D=line_item&group_by%5B%5D=project_id&group_by%5B%5D=api_key_id");
  for (const testing::Seen& seen : http_.seen) EXPECT_EQ(seen.target.find("canary"), std::string::npos);
}

TEST_F(Fetching, CostsHaveNoHours) {
  FetchRequest hours = kTwoDays;
  hours.width = usage::Width::hour;
  const Fetched fetched = fetch(hours);
  EXPECT_EQ(http_.seen.size(), 11u);
  EXPECT_NE(http_.seen.front().target.find("&bucket_width=1h&limit=168"), std::string::npos);
  EXPECT_FALSE(complete(fetched, "costs"));
}

TEST_F(Fetching, FollowsPagesToTheEnd) {
  const std::string bucket =
      R"({"start_time":1793491200,"results":[{"input_tokens":1,"num_model_requests":1,"model":"m"}]})";
  http_.on("/organization/usage/completions",
           reply(200, R"({"data":[)" + bucket + R"(],"has_more":true,"next_page":"page_A=="})"));
  http_.on("/organization/usage/completions",
           reply(200, R"({"data":[)" + bucket + R"(],"has_more":false,"next_page":null})"));
  const Fetched fetched = fetch();
  ASSERT_EQ(fetched.usage.size(), 1u);
  EXPECT_EQ(fetched.usage[0].counts.input_tokens, 2);
  EXPECT_TRUE(http_.seen.at(1).target.ends_with("&group_by%5B%5D=service_tier&page=page_A%3D%3D"));
  EXPECT_TRUE(complete(fetched, "completions"));
}

TEST_F(Fetching, PagesThatNeverEndAreNotComplete) {
  http_.on("/organization/usage/completions", reply(200, R"({"data":[],"has_more":true,"next_page":"again"})"));
  const Fetched fetched = fetch();
  EXPECT_FALSE(complete(fetched, "completions"));
  EXPECT_TRUE(complete(fetched, "embeddings"));
  EXPECT_EQ(as_lines(fetched).find("finding paging_never_ends 0\n") == std::string::npos, false);
  EXPECT_EQ(http_.count("/organization/usage/completions"), 2);
}

TEST_F(Fetching, AReportThatFailsDoesNotStopTheOthers) {
  http_.on("/organization/usage/embeddings", reply(500, R"({"error":{"message":"oops"}})"));
  http_.on("/organization/usage/images", reply(200, R"({"data":[{"start_time":17934912)"));
  http_.on("/organization/usage/moderations", reply(200, "<html>hello</html>"));
  const Fetched fetched = fetch();
  EXPECT_EQ(fetched.complete.size(), 9u);
  EXPECT_FALSE(complete(fetched, "embeddings"));
  EXPECT_FALSE(complete(fetched, "images"));
  EXPECT_FALSE(complete(fetched, "moderations"));
  EXPECT_TRUE(complete(fetched, "costs"));
  EXPECT_EQ(fetched.findings.size(), 2u);
}

TEST_F(Fetching, AFailureThatPassesIsNoProblem) {
  http_.on("/organization/costs", reply(529, "{}"));
  http_.on("/organization/costs", reply(500, "{}"));
  http_.on("/organization/costs", reply(200, recorded_answer("openai/testdata/costs.json")));
  const Fetched fetched = fetch();
  EXPECT_TRUE(complete(fetched, "costs"));
  EXPECT_TRUE(fetched.findings.empty());
  EXPECT_EQ(http_.pauses.size(), 2u);
}

TEST_F(Fetching, GroupsThatAreRefusedAreGivenUpFromTheEnd) {
  const std::string refusal = R"({"error":{"message":"Unsupported group_by","type":"invalid_request_error"}})";
  http_.on("/organization/costs", reply(400, refusal));
  http_.on("/organization/costs", reply(400, refusal));
  http_.on("/organization/costs", reply(200, kEmptyPage));
  const Fetched fetched = fetch();
  EXPECT_TRUE(complete(fetched, "costs"));
  EXPECT_TRUE(fetched.findings.empty());
  EXPECT_TRUE(http_.seen.back().target.ends_with("&limit=31&group_by%5B%5D=line_item"));
}

TEST_F(Fetching, AReportThatIsRefusedWithoutAnyGroupIsAProblem) {
  http_.on("/organization/costs", reply(400, R"({"error":{"message":"start_time is too old"}})"));
  const Fetched fetched = fetch();
  EXPECT_FALSE(complete(fetched, "costs"));
  EXPECT_EQ(fetched.findings.at(0).code, "request_rejected");
  EXPECT_EQ(http_.count("/organization/costs"), 4);
}

TEST_F(Fetching, AnUnknownNewReportIsNoProblem) {
  http_.on("/organization/usage/decisions", reply(404, R"({"error":{"message":"Unknown url"}})"));
  const Fetched fetched = fetch();
  EXPECT_EQ(fetched.complete.size(), 11u);
  EXPECT_TRUE(fetched.findings.empty());
}

TEST_F(Fetching, ADeadKeyIsAskedOnce) {
  http_.on("/organization/usage/completions", reply(401, R"({"error":{"message":"Incorrect API key provided: )" +
                                                             std::string{kKey} + R"(.","code":"invalid_api_key"}})"));
  const Fetched fetched = fetch();
  EXPECT_EQ(http_.seen.size(), 1u);
  ASSERT_EQ(fetched.findings.size(), 1u);
  EXPECT_EQ(fetched.findings[0].code, "key_rejected");
  EXPECT_EQ(fetched.findings[0].provider_message.find("canary"), std::string::npos);
  EXPECT_TRUE(fetched.complete.empty());
}

TEST_F(Fetching, AnUnreachableProviderIsAskedOnceWithPatience) {
  http_.fail_on("/organization/usage/completions", "connection_refused");
  const Fetched fetched = fetch();
  EXPECT_EQ(http_.seen.size(), 4u);
  EXPECT_EQ(fetched.findings.at(0).code, "unreachable_refused");
}

TEST_F(Fetching, OneMissingScopeIsOneProblem) {
  http_.on("/organization/usage", reply(403, R"({"error":"No. Missing scopes: api.usage.read. See the page."})"));
  const Fetched fetched = fetch();
  ASSERT_EQ(fetched.findings.size(), 1u);
  EXPECT_EQ(fetched.findings[0].code, "missing_scope");
  EXPECT_EQ(fetched.complete, std::vector<std::string>{"costs"});
}

TEST_F(Fetching, AProjectKeyNeedsAnAdminKeyBesideIt) {
  http_.on("/organization/", reply(403, R"({"error":"No. Missing scopes: api.usage.read."})"));
  ScriptedHttp http;
  http.on("/organization/", reply(401, R"({"error":"No. Missing scopes: api.usage.read."})"));
  const Caller caller{&http, &clock_, 1};
  const std::unique_ptr<Provider> provider = make_openai(&caller);
  const Fetched fetched = testing::run(provider->fetch(testing::access_with(kKey, keys::KeyType::project), kTwoDays));
  EXPECT_EQ(fetched.findings.at(0).code, "admin_key_needed");
  EXPECT_EQ(http.seen.size(), 1u);
}

TEST_F(Fetching, ARateLimitThatIsTooLongIsToldWithItsEnd) {
  http_.on("/organization/usage/completions",
           reply(429, R"({"error":{"code":"rate_limit_exceeded"}})", {{"Retry-After", "3600"}}));
  const Fetched fetched = fetch();
  EXPECT_EQ(fetched.findings.at(0).code, "rate_limited");
  EXPECT_EQ(fetched.findings.at(0).retry_after_seconds, 3600);
  EXPECT_EQ(http_.seen.size(), 1u);
}

TEST_F(Fetching, NoCreditIsNotRepeated) {
  http_.on("/organization/costs", reply(429, R"({"error":{"code":"insufficient_quota"}})", {{"Retry-After", "1"}}));
  const Fetched fetched = fetch();
  EXPECT_EQ(http_.count("/organization/costs"), 1);
  EXPECT_EQ(fetched.findings.at(0).code, "insufficient_quota");
}

TEST_F(Fetching, OddAnswersNeverFailAndNeverCountWrong) {
  const struct {
    const char* name;
    const char* page;
    bool complete;
    const char* finding;
  } cases[] = {
      {"null data", R"({"data":null,"has_more":false})", false, "malformed_answer"},
      {"a list instead", "[]", false, "malformed_answer"},
      {"null results", R"({"data":[{"start_time":1793491200,"results":null}],"has_more":false})", true, ""},
      {"null bucket", R"({"data":[null],"has_more":false})", true, ""},
      {"no start", R"({"data":[{"results":[{"input_tokens":1}]}],"has_more":false})", false, "malformed_answer"},
      {"another year", R"({"data":[{"start_time":1730419200,"results":[{"input_tokens":1}]}]})", false,
       "malformed_answer"},
      {"negative", R"({"data":[{"start_time":1793491200,"results":[{"input_tokens":-1}]}]})", true, "malformed_answer"},
      {"unknown words", R"({"data":[{"start_time":1793491200,"results":[{"object":"new","service_tier":"hyper",
        "x":{"y":1}}]}],"has_more":false,"z":1})",
       true, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ScriptedHttp http;
    http.on("/organization/", reply(200, kEmptyPage));
    http.on("/organization/usage/completions", reply(200, c.page));
    const Caller caller{&http, &clock_, 1};
    const std::unique_ptr<Provider> provider = make_openai(&caller);
    const Fetched fetched = testing::run(provider->fetch(testing::access_with(kKey, keys::KeyType::admin), kTwoDays));
    EXPECT_EQ(complete(fetched, "completions"), c.complete);
    EXPECT_EQ(fetched.findings.empty() ? "" : fetched.findings[0].code, c.finding);
  }
}

TEST_F(Fetching, AnAmountThatCannotBeReadLeavesTheCostsIncomplete) {
  for (const char* amount : {R"({"value":"1,50","currency":"usd"})", R"({"value":1e400,"currency":"usd"})",
                             R"({"value":true,"currency":"usd"})", R"({"value":"1","currency":"dollars"})"}) {
    SCOPED_TRACE(amount);
    ScriptedHttp http;
    http.on("/organization/", reply(200, kEmptyPage));
    http.on("/organization/costs",
            reply(200, R"({"data":[{"start_time":1793491200,"results":[{"amount":)" + std::string{amount} + "}]}]}"));
    const Caller caller{&http, &clock_, 1};
    const std::unique_ptr<Provider> provider = make_openai(&caller);
    const Fetched fetched = testing::run(provider->fetch(testing::access_with(kKey, keys::KeyType::admin), kTwoDays));
    EXPECT_FALSE(complete(fetched, "costs"));
    EXPECT_EQ(fetched.findings.at(0).code, "malformed_answer");
  }
}

}  // namespace
}  // namespace keyledger::providers::openai
