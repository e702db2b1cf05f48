#include "json/value.h"

#include <gtest/gtest.h>

#include <chrono>

#include "json/write.h"

namespace keyledger::json {
namespace {

using namespace std::string_view_literals;

std::string nested(std::size_t depth, char open, char close) {
  return std::string(depth, open) + std::string(depth, close);
}

/// "ok", or the reason of the refusal.
std::string outcome(std::string_view text) {
  const Result<Value> value = parse(text);
  if (value) return "ok";
  EXPECT_EQ(value.error().code, Code::invalid_argument);
  EXPECT_FALSE(value.error().message.empty());
  return value.error().reason;
}

TEST(JsonParse, AcceptsWhatRfc8259Allows) {
  for (const std::string_view text : {"null"sv,
                                      "true"sv,
                                      "false"sv,
                                      "0"sv,
                                      "-0"sv,
                                      "-0.0"sv,
                                      "1"sv,
                                      "123e45"sv,
                                      "1E+2"sv,
                                      "1e-2"sv,
                                      "0e1"sv,
                                      "0.5"sv,
                                      "20e1"sv,
                                      "-1"sv,
                                      "1.000000000005"sv,
                                      "\"\""sv,
                                      "\"a\""sv,
                                      "\" \""sv,
                                      "\"\\u0041\""sv,
                                      "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""sv,
                                      "\"\\uD834\\uDd1e\""sv,
                                      "\"\\u0000\""sv,
                                      "\"\x7f\""sv,
                                      "\"\xc3\xa9\""sv,
                                      "\"\xf4\x8f\xbf\xbf\""sv,
                                      "\"\xe2\x80\xa8\""sv,
                                      "\"\\uFFFF\""sv,
                                      "[]"sv,
                                      "[null, 1, \"1\", {}]"sv,
                                      "[[]   ]"sv,
                                      "[\"\"]"sv,
                                      "[1\n]"sv,
                                      "{}"sv,
                                      "{\"\":0}"sv,
                                      "{\"a\":[]}"sv,
                                      "{\"a\":\"b\",\"c\":\"d\"}"sv,
                                      "{\"a\":{\"a\":1}}"sv,
                                      " \t\r\n{} \t\r\n"sv,
                                      "{\"foo\\u0000bar\": 42}"sv,
                                      "-9223372036854775808"sv,
                                      "123123123123123123123123123123"sv,
                                      "1e400"sv,
                                      "-1e-400"sv}) {
    EXPECT_EQ(outcome(text), "ok") << text;
  }
}

TEST(JsonParse, RefusesWhatRfc8259DoesNot) {
  for (const std::string_view text : {""sv,
                                      " "sv,
                                      "nul"sv,
                                      "nulll"sv,
                                      "True"sv,
                                      "NaN"sv,
                                      "Infinity"sv,
                                      "-Infinity"sv,
                                      "+1"sv,
                                      "01"sv,
                                      "-01"sv,
                                      "1."sv,
                                      ".5"sv,
                                      "-"sv,
                                      "-.5"sv,
                                      "1e"sv,
                                      "1e+"sv,
                                      "0e"sv,
                                      "0x1"sv,
                                      "1_000"sv,
                                      "1a"sv,
                                      "2.e3"sv,
                                      "--1"sv,
                                      "-\xef\xbc\x91"sv,
                                      "["sv,
                                      "]"sv,
                                      "[1"sv,
                                      "[1,"sv,
                                      "[1,]"sv,
                                      "[,1]"sv,
                                      "[1,,2]"sv,
                                      "[1 2]"sv,
                                      "[1:2]"sv,
                                      "[]]"sv,
                                      "[*]"sv,
                                      "{"sv,
                                      "}"sv,
                                      "{\"a\"}"sv,
                                      "{\"a\":}"sv,
                                      "{\"a\":1,}"sv,
                                      "{,}"sv,
                                      "{\"a\" 1}"sv,
                                      "{a:1}"sv,
                                      "{'a':1}"sv,
                                      "{1:1}"sv,
                                      "{\"a\":1 \"b\":2}"sv,
                                      "{\"a\":1}#"sv,
                                      "{\"a\":1}/**/"sv,
                                      "/* */ 1"sv,
                                      "// \n1"sv,
                                      "{}{}"sv,
                                      "{} x"sv,
                                      "1 2"sv,
                                      "\"a"sv,
                                      "\"a\"b"sv,
                                      "'a'"sv,
                                      "\"\\x41\""sv,
                                      "\"\\\""sv,
                                      "\"\\u00\""sv,
                                      "\"\\u00zz\""sv,
                                      "\"\\U0041\""sv,
                                      "\"\n\""sv,
                                      "\"\t\""sv,
                                      "\"\0\""sv,
                                      "\"\x1f\""sv,
                                      "\xef\xbb\xbf{}"sv,
                                      "\xff\xfe{\0}\0"sv,
                                      "\0"sv,
                                      "{}\0"sv,
                                      "\xc2\xa0{}"sv,
                                      "\f1"sv,
                                      "[\xe2\x81\xa0]"sv}) {
    EXPECT_EQ(outcome(text), "malformed_json") << testing::PrintToString(text);
  }
}

TEST(JsonParse, RefusesLoneSurrogatesAndInvalidUtf8) {
  for (const std::string_view text :
       {"\"\\uD800\""sv, "\"\\uDC00\""sv, "\"\\uD800\\uD800\""sv, "\"\\uDC00\\uD800\""sv, "\"\\uD800x\""sv,
        "\"\\uD800\\n\""sv, "\"\\uD834\\u0041\""sv, "\"\xff\""sv, "\"\xc3\""sv, "\"\xc3(\""sv, "\"\xc0\xaf\""sv,
        "\"\xe0\x80\xaf\""sv, "\"\xed\xa0\x80\""sv, "\"\xf4\x90\x80\x80\""sv, "\"\x80\""sv, "{\"\xff\":1}"sv,
        "{\"\\uDEAD\":1}"sv}) {
    EXPECT_EQ(outcome(text), "malformed_json") << testing::PrintToString(text);
  }
}

TEST(JsonParse, NestsThirtyTwoDeepAndNoDeeper) {
  EXPECT_EQ(outcome(nested(32, '[', ']')), "ok");
  EXPECT_EQ(outcome(nested(33, '[', ']')), "malformed_json");
  std::string objects = "1";
  for (int i = 0; i < 32; ++i) objects = "{\"a\":" + objects + "}";
  EXPECT_EQ(outcome(objects), "ok");
  EXPECT_EQ(outcome("{\"a\":" + objects + "}"), "malformed_json");
  EXPECT_EQ(outcome("[" + objects + "]"), "malformed_json");
  EXPECT_EQ(outcome(std::string(100'000, '[')), "malformed_json");
}

TEST(JsonParse, RefusesAMemberThatIsGivenTwice) {
  for (const std::string_view text : {"{\"a\":1,\"a\":1}"sv, "{\"a\":1,\"b\":2,\"a\":3}"sv, "{\"a\":1,\"\\u0061\":2}"sv,
                                      "[{\"x\":{\"a\":null,\"a\":null}}]"sv}) {
    const Result<Value> value = parse(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().reason, "duplicate_field");
    EXPECT_EQ(value.error().field, "a");
  }
  EXPECT_EQ(outcome("{\"\":1,\"\":2}"), "duplicate_field");
  EXPECT_EQ(outcome("[{\"a\":1},{\"a\":1}]"), "ok");
  EXPECT_EQ(outcome("{\"a\":{\"a\":1},\"A\":2}"), "ok");
}

TEST(JsonParse, RefusesADocumentOverItsLimit) {
  const Result<Value> value = parse("[1,2]", Limits{.bytes_max = 4});
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Code::too_large);
  EXPECT_TRUE(parse("[1,2]", Limits{.bytes_max = 5}));
}

TEST(JsonParse, LargeDocumentsTakeNoLongTime) {
  const auto start = std::chrono::steady_clock::now();
  const std::string plain = "{\"a\":\"" + std::string(10 << 20, 'x') + "\"}";
  const Result<Value> value = parse(plain);
  ASSERT_TRUE(value);
  EXPECT_EQ((*value)["a"].text()->size(), 10U << 20);
  std::string escaped = "\"";
  while (escaped.size() < 6 << 20) escaped += "\\u0041\\n";
  EXPECT_EQ(outcome(escaped + "\""), "ok");
  std::string members = "{";
  for (int i = 0; i < 50'000; ++i) members += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  EXPECT_EQ(outcome(members + "\"k0\":0}"), "duplicate_field");
  // A guard against a square, which would take minutes, in a build with sanitizers on a busy machine.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{20});
}

TEST(JsonNumber, KeepsItsDigits) {
  for (const char* text : {"1e400", "18446744073709551616", "0.001589850000000000000000000000", "-0", "1.0", "1E3",
                           "123456789012345678901234567890.123456789"}) {
    const Result<Value> value = parse(std::string("[") + text + "]");
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(value->items()[0].decimal(), text);
    EXPECT_EQ(to_json(*value), std::string("[") + text + "]");
  }
}

TEST(JsonNumber, IsWholeOnlyWhereItFits64Bits) {
  const struct {
    const char* text;
    std::optional<std::int64_t> want;
  } cases[] = {
      {"0", 0},
      {"-0", 0},
      {"1.0", 1},
      {"-1.000", -1},
      {"1e3", 1000},
      {"1E+3", 1000},
      {"1e0", 1},
      {"5.0e2", 500},
      {"9223372036854775807", 9223372036854775807},
      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
      {"1e18", 1'000'000'000'000'000'000},
      {"9223372036854775808", std::nullopt},  // 2^63
      {"-9223372036854775809", std::nullopt},
      {"18446744073709551616", std::nullopt},  // 2^64
      {"1e19", std::nullopt},
      {"10e18", std::nullopt},
      {"1e400", std::nullopt},
      {"1.5", std::nullopt},
      {"1e-1", std::nullopt},
      {"0.1", std::nullopt},
      {"1e99999999999999999999", std::nullopt},
  };
  for (const auto& c : cases) EXPECT_EQ(integer_of(c.text), c.want) << c.text;
  // What only a string can hold.
  for (const char* text : {"", " 1", "1 ", "+1", "1.", "1.e2", "1e", "1e+", "1e+-0", "x", "1x", "0x1", "--1", "1.0x"}) {
    EXPECT_EQ(integer_of(text), std::nullopt) << text;
  }
}

TEST(JsonValue, LenientAccessNeverFails) {
  const Result<Value> parsed = parse(R"({"a":{"b":[1,"2",2.5]},"n":null,"t":true,"s":"x"})");
  ASSERT_TRUE(parsed);
  const Value& value = *parsed;
  EXPECT_EQ(value["a"]["b"].items().size(), 3U);
  EXPECT_EQ(value["a"]["b"].items()[0].integer(), 1);
  EXPECT_EQ(value["a"]["b"].items()[1].integer(), 2);
  EXPECT_EQ(value["a"]["b"].items()[2].integer(), std::nullopt);
  EXPECT_EQ(value["a"]["b"].items()[2].decimal(), "2.5");
  EXPECT_EQ(value["s"].text(), "x");
  EXPECT_EQ(value["t"].text(), std::nullopt);
  EXPECT_TRUE(*value["t"].boolean());
  EXPECT_TRUE(value["n"].is_null());
  EXPECT_TRUE(value["missing"]["deeper"]["still"].is_null());
  EXPECT_TRUE(value["s"].items().empty());
  EXPECT_EQ(value["s"].integer(), std::nullopt);
  EXPECT_EQ(value["n"].decimal(), std::nullopt);
}

TEST(JsonValue, NamesItsKind) {
  const Result<Value> value = parse(R"([null,true,1,"",[],{}])");
  ASSERT_TRUE(value);
  std::vector<std::string_view> kinds;
  for (const Value& item : value->items()) kinds.push_back(item.kind());
  EXPECT_EQ(kinds, (std::vector{"null"sv, "true or false"sv, "a number"sv, "a string"sv, "a list"sv, "an object"sv}));
}

TEST(JsonValue, CopiesAreIndependent) {
  Value first{std::string("text")};
  Value second = first;
  *second.string() = "other";
  EXPECT_EQ(first.text(), "text");
  const Value third = std::move(second);
  EXPECT_EQ(third.text(), "other");
}

}  // namespace
}  // namespace keyledger::json
