#include "providers/table/readers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/table/classify.h"

namespace keyledger::providers::table {
namespace {

using ::testing::ElementsAre;

json::Value value(const char* text) {
  return json::parse(text).value();
}

TEST(Readers, AListOfModelsIsSeenInEveryShapeInUse) {
  const struct {
    const char* body;
    const char* code;
    const char* models;
  } cases[] = {
      {R"({"object":"list","data":[{},{}]})", "ok", "2"},
      {R"({"data":[]})", "ok", "0"},
      {R"({"object":"list","data":null})", "ok", "0"},
      {R"({"models":[{}]})", "ok", "1"},
      {R"([{},{},{}])", "ok", "3"},
      {R"({"object":"error","message":"no"})", "unexpected_answer", ""},
      {R"({"data":{}})", "unexpected_answer", ""},
      {R"("list")", "unexpected_answer", ""},
      {R"(null)", "unexpected_answer", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    const Told told = read_models(value(c.body), {}, {});
    EXPECT_EQ(told.code, c.code);
    EXPECT_EQ(told.facts.empty() ? "" : told.facts.front().second, c.models);
  }
}

TEST(Readers, ABalanceKeepsItsDigitsItsSignAndItsCurrency) {
  const struct {
    const char* body;
    const char* code;
    std::vector<std::pair<std::string, std::int64_t>> want;
  } cases[] = {
      {R"({"is_available":true,"balance_infos":[{"currency":"CNY","total_balance":"110.00"}]})",
       "ok",
       {{"CNY", 110'000'000'000}}},
      {R"({"is_available":true,"balance_infos":[{"currency":"usd","total_balance":0.1},{"currency":"CNY","total_balance":"-3"}]})",
       "ok",
       {{"USD", 100'000'000}, {"CNY", -3'000'000'000}}},
      {R"({"is_available":false,"balance_infos":[{"currency":"USD","total_balance":"0.00"}]})",
       "insufficient_quota",
       {{"USD", 0}}},
      {R"({"is_available":true,"balance_infos":[{"currency":"yuan","total_balance":"1"},{"currency":"USD","total_balance":"1e400"},{"currency":"USD"},{"total_balance":"1"},5,null]})",
       "ok",
       {}},
      {R"({"is_available":true,"balance_infos":[{"currency":"USD","total_balance":"1"},{"currency":"USD","total_balance":"2"}]})",
       "ok",
       {{"USD", 1'000'000'000}}},
      {R"({"is_available":true})", "ok", {}},
      {R"({"is_available":"yes"})", "unexpected_answer", {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    const Told told = read_deepseek_balance(value(c.body), {}, {});
    EXPECT_EQ(told.code, c.code);
    ASSERT_EQ(told.readings.size(), c.want.size());
    for (std::size_t i = 0; i < c.want.size(); ++i) {
      EXPECT_EQ(told.readings[i].unit, c.want[i].first);
      EXPECT_EQ(told.readings[i].name, c.want[i].first == "USD" ? "balance_usd" : "balance_cny");
      EXPECT_EQ(told.readings[i].money_remaining->nanos, c.want[i].second);
    }
  }
}

TEST(Readers, CreditsWithANullLimitAreUnlimitedAndWithNoneUnknown) {
  const Told null_limit = read_tavily_usage(value(R"({"key":{"usage":1,"limit":null}})"), {}, {});
  ASSERT_EQ(null_limit.readings.size(), 1U);
  EXPECT_TRUE(null_limit.readings.front().unlimited);
  const Told no_limit = read_tavily_usage(value(R"({"key":{"usage":1}})"), {}, {});
  EXPECT_FALSE(no_limit.readings.front().unlimited);
  EXPECT_FALSE(no_limit.readings.front().limit);
  const Told odd = read_tavily_usage(value(R"({"key":{"usage":-1,"limit":"many"}})"), {}, {});
  EXPECT_FALSE(odd.readings.front().used || odd.readings.front().limit || odd.readings.front().remaining);
}

TEST(Readers, ADayIsReadFromTheFrontOfATime) {
  const struct {
    const char* json;
    bool read;
  } cases[] = {{R"("2026-11-21")", true},
               {R"("2026-11-21 00:00:00")", true},
               {R"("2026-11-21T00:00:00Z")", true},
               {R"("2026-11-2")", false},
               {R"("21.11.2026")", false},
               {R"("2026-02-30")", false},
               {R"(20261121)", false},
               {R"(null)", false}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.json);
    EXPECT_EQ(leading_day(value(c.json)).has_value(), c.read);
  }
}

TEST(Readers, ARangeHasItsFirstDayButNotItsEnd) {
  const FetchRequest range{.from = parse_day("2026-11-01").value(), .to = parse_day("2026-11-03").value()};
  EXPECT_FALSE(is_within(parse_day("2026-10-31").value(), range));
  EXPECT_TRUE(is_within(parse_day("2026-11-01").value(), range));
  EXPECT_TRUE(is_within(parse_day("2026-11-02").value(), range));
  EXPECT_FALSE(is_within(parse_day("2026-11-03").value(), range));
}

TEST(Classify, TheFirstLineThatFitsWinsAndTheStatusSpeaksWhereNoneDoes) {
  const std::vector<Refusal> refusals = {
      {.status = 403, .word = "suspended", .code = "key_disabled"},
      {.status = 403, .part = "too many", .code = "rate_limited"},
      {.status = 403, .code = "missing_scope"},
  };
  const struct {
    unsigned status;
    const char* body;
    const char* code;
  } cases[] = {
      {403, R"({"error":{"code":"SUSPENDED","message":"too many"}})", "key_disabled"},
      {403, R"({"error":{"message":"Too Many requests"}})", "rate_limited"},
      {403, R"({"error":{"message":"other"}})", "missing_scope"},
      {403, R"(null)", "missing_scope"},
      {401, R"({"error":{"code":"suspended"}})", "key_rejected"},
      {418, R"({})", "unexpected_answer"},
      {503, R"({})", "provider_error"},
      {404, R"({})", "endpoint_not_found"},
      {400, R"({})", "request_rejected"},
      {422, R"({})", "request_rejected"},
      {409, R"({})", "unexpected_answer"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    EXPECT_EQ(classify(refusals, c.status, {}, value(c.body)).code, c.code);
  }
}

TEST(Classify, GoogleSaysInTheBodyWhenToComeBack) {
  const struct {
    const char* delay;
    std::optional<int> seconds;
  } cases[] = {{R"("34s")", 34},  {R"("34.07s")", 35}, {R"("0s")", 0}, {R"("999999999s")", 86'400}, {R"("34")", {}},
               {R"("soon")", {}}, {R"("-1s")", {}},    {R"(34)", {}},  {R"("99999999999s")", {}}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.delay);
    const std::string body = std::string{R"({"error":{"details":[{"reason":"x"},{"retryDelay":)"} + c.delay + "}]}}";
    EXPECT_EQ(classify({}, 429, {}, value(body.c_str())).retry_after_seconds, c.seconds);
  }
}

TEST(Classify, ScopesAreTheWordsThatReadOrWrite) {
  EXPECT_THAT(scopes_in("missing the permission user_read to execute"), ElementsAre("user_read"));
  EXPECT_THAT(scopes_in("needs models_write, voices_read."), ElementsAre("models_write", "voices_read"));
  EXPECT_THAT(scopes_in("read or write"), ElementsAre());
  EXPECT_THAT(scopes_in(""), ElementsAre());
}

}  // namespace
}  // namespace keyledger::providers::table
