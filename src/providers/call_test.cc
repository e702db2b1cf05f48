#include "providers/call.h"

#include <gtest/gtest.h>

#include "providers/testing.h"
#include "providers/testing_rows.h"

namespace keyledger::providers {
namespace {

using std::chrono::milliseconds;
using testing::reply;
using testing::ScriptedHttp;

constexpr std::uint64_t kSeed = 7;
const char* const kKey = "canary-R4nd0mWordsThatNoPatternKnows";

class Calls : public ::testing::Test {
 protected:
  Answer get(Call call = {}) {
    call.request = bearer_request(net::BaseUrl{.host = "provider.test"}, "/thing", Secret{std::string{kKey}});
    return testing::run(caller_.send(std::move(call)));
  }
  milliseconds waited() const {
    milliseconds sum{0};
    for (const milliseconds pause : http_.pauses) sum += pause;
    return sum;
  }

  ManualClock clock_{testing::at("2026-11-21T12:00:00Z")};
  ScriptedHttp http_{};
  Caller caller_{&http_, &clock_, kSeed};
};

TEST_F(Calls, AJsonAnswerIsAnAnswer) {
  http_.on("/thing", reply(200, R"({"a":1})"));
  const Answer answer = get();
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer.json()["a"].integer(), 1);
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(http_.seen.at(0).secret, kKey);
  EXPECT_EQ(http_.seen.at(0).secret_prefix, "Bearer ");
}

TEST_F(Calls, TheConvenientGetSendsABearerToken) {
  http_.on("/thing", reply(200, "[]"));
  const Answer answer = testing::run(caller_.get(net::BaseUrl{}, "/thing", Secret{std::string{kKey}}));
  EXPECT_TRUE(answer.ok());
  EXPECT_EQ(http_.seen.at(0).secret_header, "Authorization");
}

TEST_F(Calls, WhatIsNoJsonIsNoAnswer) {
  const struct {
    const char* name;
    unsigned status;
    const char* body;
    const char* code;
  } cases[] = {
      {"a page with status 200", 200, "<html><body>Welcome</body></html>", "malformed_answer"},
      {"truncated JSON", 200, R"({"data":[{"id":"a"},{"i)", "malformed_answer"},
      {"nothing at all", 200, "", "malformed_answer"},
      {"a member twice", 200, R"({"a":1,"a":2})", "malformed_answer"},
      {"a redirect", 302, "", "unexpected_answer"},
      {"a redirect with JSON", 307, "{}", "unexpected_answer"},
      {"a page with an error", 403, "<html>Forbidden</html>", "permission_denied"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ScriptedHttp http;
    http.on("/thing", reply(c.status, c.body, {{"Location", "https://elsewhere.test/"}}));
    const Caller caller{&http, &clock_, kSeed};
    const Answer answer = testing::run(caller.get(net::BaseUrl{}, "/thing", Secret{std::string{kKey}}));
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.finding->code, c.code);
    EXPECT_EQ(answer.finding->provider_status, static_cast<int>(c.status));
    EXPECT_EQ(http.seen.size(), 1u);
  }
}

TEST_F(Calls, EveryFailureOfTheConnectionHasItsCode) {
  const struct {
    const char* reason;
    const char* code;
    std::size_t attempts;
  } cases[] = {
      {"dns_failed", "unreachable_dns", 4},          {"connection_refused", "unreachable_refused", 4},
      {"tls_failed", "unreachable_tls", 1},          {"timeout", "unreachable_timeout", 4},
      {"connection_failed", "unreachable", 4},       {"response_too_large", "answer_too_large", 1},
      {"malformed_response", "malformed_answer", 1}, {"private_address", "private_address", 1},
      {"something_new", "unreachable", 4},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.reason);
    ScriptedHttp http;
    http.fail_on("/thing", c.reason);
    const Caller caller{&http, &clock_, kSeed};
    const Answer answer = testing::run(caller.get(net::BaseUrl{}, "/thing", Secret{std::string{kKey}}));
    EXPECT_EQ(answer.finding.value().code, c.code);
    EXPECT_EQ(answer.finding->provider_status, 0);
    EXPECT_EQ(http.seen.size(), c.attempts);
  }
}

TEST_F(Calls, AKeyTestDoesNotWaitForASecondTimeout) {
  http_.fail_on("/thing", "timeout");
  EXPECT_EQ(get({.patience = kTestPatience}).finding.value().code, "unreachable_timeout");
  EXPECT_EQ(http_.count("/thing"), 1);
}

TEST_F(Calls, WhatMayHaveBeenSeenIsNotSentTwiceWhenThatDoesHarm) {
  http_.fail_on("/thing", "timeout");
  EXPECT_EQ(get({.repeat = Repeat::unsafe}).finding.value().code, "unreachable_timeout");
  EXPECT_EQ(http_.seen.size(), 1u);
}

TEST_F(Calls, WhatWasNeverSentIsSentAgainInAnyCase) {
  http_.fail_on("/thing", "connection_refused");
  http_.on("/thing", reply(200, "{}"));
  EXPECT_TRUE(get({.repeat = Repeat::unsafe}).ok());
}

TEST_F(Calls, FailuresThatPassAreOvercome) {
  for (const unsigned status : {408u, 409u, 429u, 500u, 502u, 503u, 504u, 529u}) {
    SCOPED_TRACE(status);
    ScriptedHttp http;
    http.on("/thing", reply(status, R"({"error":{"message":"later"}})"));
    http.on("/thing", reply(200, "{}"));
    const Caller caller{&http, &clock_, kSeed};
    const Answer answer = testing::run(caller.get(net::BaseUrl{}, "/thing", Secret{std::string{kKey}}));
    EXPECT_TRUE(answer.ok());
    EXPECT_EQ(http.pauses.size(), 1u);
  }
}

TEST_F(Calls, RefusalsThatStayAreNotRepeated) {
  for (const unsigned status : {400u, 401u, 402u, 403u, 404u, 413u, 422u, 501u}) {
    SCOPED_TRACE(status);
    ScriptedHttp http;
    http.on("/thing", reply(status, "{}"));
    const Caller caller{&http, &clock_, kSeed};
    const Answer answer = testing::run(caller.get(net::BaseUrl{}, "/thing", Secret{std::string{kKey}}));
    EXPECT_FALSE(answer.ok());
    EXPECT_EQ(http.seen.size(), 1u);
  }
}

TEST_F(Calls, FourAttemptsAreEnough) {
  http_.on("/thing", reply(503, R"({"error":{"message":"busy"}})"));
  const Answer answer = get();
  EXPECT_EQ(answer.finding.value().code, "provider_error");
  EXPECT_EQ(answer.finding->provider_message, "busy");
  EXPECT_EQ(http_.seen.size(), 4u);
  ASSERT_EQ(http_.pauses.size(), 3u);
  // 1, 2 and 4 seconds, each less up to a half.
  EXPECT_LE(http_.pauses[0], milliseconds{1'000});
  EXPECT_GT(http_.pauses[0], milliseconds{500});
  EXPECT_LE(http_.pauses[2], milliseconds{4'000});
  EXPECT_GT(http_.pauses[2], milliseconds{2'000});
}

TEST_F(Calls, ASeedMakesTheBackOffRepeatable) {
  http_.on("/thing", reply(500, "{}"));
  (void)get();
  const Caller same{&http_, &clock_, kSeed};
  (void)testing::run(same.get(net::BaseUrl{}, "/thing", Secret{std::string{kKey}}));
  ASSERT_EQ(http_.pauses.size(), 6u);
  EXPECT_TRUE(std::equal(http_.pauses.begin(), http_.pauses.begin() + 3, http_.pauses.begin() + 3));
}

TEST_F(Calls, RetryAfterIsObeyed) {
  http_.on("/thing", reply(429, "{}", {{"Retry-After", "20"}}));
  http_.on("/thing", reply(503, "{}", {{"Retry-After", "Sat, 21 Nov 2026 12:00:30 GMT"}}));
  http_.on("/thing", reply(429, "{}", {{"retry-after-ms", "250"}, {"Retry-After", "9"}}));
  http_.on("/thing", reply(200, "{}"));
  EXPECT_TRUE(get().ok());
  EXPECT_EQ(http_.pauses, (std::vector<milliseconds>{milliseconds{20'000}, milliseconds{30'000}, milliseconds{250}}));
}

TEST_F(Calls, AWaitWithinTheBudgetIsWaitedAndOneOverItIsToldAtOnce) {
  http_.on("/thing", reply(429, "{}", {{"Retry-After", "60"}}));
  http_.on("/thing", reply(200, "{}"));
  EXPECT_TRUE(get().ok());

  ScriptedHttp longer;
  longer.on("/thing", reply(429, "{}", {{"Retry-After", "61"}}));
  const Caller caller{&longer, &clock_, kSeed};
  const Answer answer = testing::run(caller.get(net::BaseUrl{}, "/thing", Secret{std::string{kKey}}));
  EXPECT_EQ(answer.finding.value().code, "rate_limited");
  EXPECT_EQ(answer.finding->retry_after_seconds, 61);
  EXPECT_TRUE(longer.pauses.empty());
}

TEST_F(Calls, AllPausesTogetherStayWithinTheBudget) {
  http_.on("/thing", reply(429, "{}", {{"Retry-After", "25"}}));
  EXPECT_EQ(get().finding.value().retry_after_seconds, 25);
  EXPECT_EQ(waited(), milliseconds{50'000});
}

TEST_F(Calls, AKeyTestIsRepeatedOnceAndBriefly) {
  http_.on("/thing", reply(500, "{}"));
  (void)get({.patience = kTestPatience});
  EXPECT_EQ(http_.seen.size(), 2u);

  ScriptedHttp limited;
  limited.on("/thing", reply(429, "{}", {{"Retry-After", "6"}}));
  const Caller caller{&limited, &clock_, kSeed};
  Call call{.request = bearer_request(net::BaseUrl{}, "/thing", Secret{std::string{kKey}}), .patience = kTestPatience};
  const Answer answer = testing::run(caller.send(std::move(call)));
  EXPECT_EQ(answer.finding.value().retry_after_seconds, 6);
  EXPECT_EQ(limited.seen.size(), 1u);
}

TEST_F(Calls, TheProvidersAdviceOnRepeatingWins) {
  http_.on("/thing", reply(500, "{}", {{"x-should-retry", "false"}}));
  EXPECT_FALSE(get().ok());
  EXPECT_EQ(http_.seen.size(), 1u);

  ScriptedHttp willing;
  willing.on("/thing", reply(425, "{}", {{"x-should-retry", "true"}}));
  willing.on("/thing", reply(200, "{}"));
  const Caller caller{&willing, &clock_, kSeed};
  EXPECT_TRUE(testing::run(caller.get(net::BaseUrl{}, "/thing", Secret{std::string{kKey}})).ok());
}

TEST_F(Calls, NoFindingHoldsTheKeyThatTheProviderRepeats) {
  http_.on("/thing", reply(401, R"({"error":{"message":"Wrong key )" + std::string{kKey} + R"(; see the page."}})"));
  const Answer answer = get({.classify = [](unsigned, const net::Headers&, const json::Value& body) {
    return keys::Finding{
        .code = "key_rejected", .provider_message = error_message(body), .missing_scopes = {std::string{kKey}}};
  }});
  EXPECT_EQ(answer.finding.value().provider_message.find(kKey), std::string::npos);
  EXPECT_NE(answer.finding->provider_message.find("Wrong key"), std::string::npos);
  EXPECT_EQ(answer.finding->missing_scopes.at(0).find(kKey), std::string::npos);
  EXPECT_EQ(http_.seen.at(0).target.find(kKey), std::string::npos);
}

TEST_F(Calls, LongWordsAreShortened) {
  std::string words;
  for (int i = 0; i < 400; ++i) words += "müde ";
  http_.on("/thing", reply(400, R"({"message":")" + words + R"("})"));
  const std::string kept = get().finding.value().provider_message;
  EXPECT_GE(kept.size(), 400u);
  EXPECT_LE(kept.size(), 1'000u);
}

TEST(ErrorMessage, IsFoundInEveryShapeInUse) {
  const struct {
    const char* body;
    const char* want;
  } cases[] = {
      {R"({"error":{"message":"a","type":"b"}})", "a"},
      {R"({"error":"a"})", "a"},
      {R"({"message":"a"})", "a"},
      {R"({"detail":"a"})", "a"},
      {R"({"detail":{"message":"a"}})", "a"},
      {R"({"detail":[{"msg":"a"}]})", "a"},
      {R"({"detail":{"error":"a"}})", "a"},
      {R"([{"error":{"message":"a"}}])", "a"},
      {R"({"code":"x","error":"a"})", "a"},
      {R"({"error_description":"a"})", "a"},
      {R"({"errors":[{"message":"a"}]})", "a"},
      {R"("a")", "a"},
      {R"({"error":{"message":null}})", ""},
      {R"({"error":null})", ""},
      {R"([])", ""},
      {R"(12)", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    EXPECT_EQ(error_message(json::parse(c.body).value()), c.want);
  }
}

TEST(KeyTests, AKeyWithoutAFindingIsValid) {
  EXPECT_EQ(key_test(std::nullopt).verdict, keys::Verdict::valid);
  EXPECT_EQ(key_test(std::nullopt).finding.code, "ok");
  EXPECT_EQ(key_test(keys::Finding{.code = "key_rejected"}).verdict, keys::Verdict::invalid);
  EXPECT_EQ(key_test(keys::Finding{.code = "rate_limited"}).verdict, keys::Verdict::rate_limited);
}

TEST(PercentEncoding, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encoded("aZ09-_.~"), "aZ09-_.~");
  EXPECT_EQ(percent_encoded("page_A=&b/\xC3\xBC "), "page_A%3D%26b%2F%C3%BC%20");
}

}  // namespace
}  // namespace keyledger::providers
