#include "providers/perplexity/perplexity.h"

#include <gtest/gtest.h>

#include "providers/table/recorded_testing.h"

namespace keyledger::providers::perplexity {
namespace {

using testing::reply;
using testing::ScriptedHttp;

const ManualClock& clock() {
  static const ManualClock kClock{parse_rfc3339("2026-11-21T12:00:00Z").value()};
  return kClock;
}

TEST(Perplexity, AnEmptyCompletionTellsWhatTheListOfModelsMayNot) {
  const struct {
    const char* name;
    unsigned status;
    const char* body;
    const char* code;
  } cases[] = {
      {"the key was let in", 400, R"({"error":{"message":"model is missing","code":400}})", "ok"},
      {"the key was let in, as 422", 422, R"({"detail":[{"msg":"field required"}]})", "ok"},
      {"wrong key", 401, R"({"error":{"message":"Invalid API key","code":401}})", "key_rejected"},
      {"no credit", 402, R"({"error":{"message":"pay"}})", "billing_problem"},
      {"not allowed", 403, R"({"error":{"message":"no"}})", "permission_denied"},
      {"too fast", 429, R"({"error":{"message":"slow"}})", "rate_limited"},
      {"says nothing", 404, "", "ok"},
      {"says nothing either", 500, "", "ok"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ScriptedHttp http;
    http.on("/router/v1/models", reply(200, R"({"data":[{"id":"sonar"}]})"));
    http.on(net::Method::post, "/chat/completions", reply(c.status, c.body));
    const Perplexity provider{&http, &clock()};
    const KeyTest result = testing::run(provider.test(testing::access_with("pplx-k", keys::KeyType::standard)));
    EXPECT_EQ(result.finding.code, c.code);
    EXPECT_EQ(http.seen.at(1).body, "{}") << "a request that asks for nothing costs nothing";
  }
}

TEST(Perplexity, AListThatRefusesTheKeyIsBelievedAtOnce) {
  ScriptedHttp http;
  http.on("/router/v1/models", reply(401, R"({"error":{"message":"Invalid API key"}})"));
  const Perplexity provider{&http, &clock()};
  const KeyTest result = testing::run(provider.test(testing::access_with("pplx-k", keys::KeyType::standard)));
  EXPECT_EQ(result.verdict, keys::Verdict::invalid);
  EXPECT_EQ(http.seen.size(), 1U);
}

}  // namespace
}  // namespace keyledger::providers::perplexity
