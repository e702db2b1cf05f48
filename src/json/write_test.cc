#include "json/write.h"

#include <gtest/gtest.h>

namespace keyledger::json {
namespace {

BOOST_DEFINE_ENUM_CLASS(Colour, red, dark_green)

struct Base {
  std::int64_t id = 7;
};
BOOST_DESCRIBE_STRUCT(Base, (), (id))

struct Sample : Base {
  std::string name{};
  std::optional<std::int64_t> count{};
  std::vector<Colour> colours{};
  std::map<std::string, bool> flags{};
  Money cost{};
  Instant at{};
  Day day{};
  ProviderKeyId key{};
};
BOOST_DESCRIBE_STRUCT(Sample, (Base), (name, count, colours, flags, cost, at, day, key))

TEST(JsonWrite, AStructIsWrittenMemberByMember) {
  Sample sample;
  sample.name = "x";
  sample.colours = {Colour::red, Colour::dark_green};
  sample.flags = {{"a", true}, {"b", false}};
  sample.cost = {{}, 12'345'678'900};
  sample.at = from_millis(1795292045000);
  sample.day = day_of(sample.at);
  sample.key = ProviderKeyId{17};
  EXPECT_EQ(
      to_json(sample),
      R"({"id":7,"name":"x","count":null,"colours":["red","dark_green"],"flags":{"a":true,"b":false},)"
      R"("cost":{"amount":"12.345678900","currency":"USD"},"at":"2026-11-21T20:14:05Z","day":"2026-11-21","key":17})");
}

TEST(JsonWrite, EmptyContainersAndNestingHaveTheirCommas) {
  Writer out;
  out.begin_object();
  out.name("a").begin_array().end_array();
  out.name("b").begin_array().integer(1).begin_object().end_object().null().end_array();
  out.name("c").begin_object().name("d").boolean(false).name("e").raw("1e400").end_object();
  out.end_object();
  EXPECT_EQ(out.take(), R"({"a":[],"b":[1,{},null],"c":{"d":false,"e":1e400}})");
}

TEST(JsonWrite, TextIsEscaped) {
  const struct {
    std::string text;
    const char* want;
  } cases[] = {
      {"", R"("")"},
      {"\"\\/", R"("\"\\/")"},
      {"\n\r\t\b\f", R"("\n\r\t\u0008\u000c")"},
      {std::string("\0\x1f", 2), R"("\u0000\u001f")"},
      {"\x7f", "\"\x7f\""},
      {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x91", "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x91\""},
  };
  for (const auto& c : cases) EXPECT_EQ(to_json(c.text), c.want);
}

TEST(JsonWrite, InvalidUtf8BecomesTheReplacementCharacter) {
  const std::string mark = "\xef\xbf\xbd";
  const struct {
    std::string text, want;
  } cases[] = {
      {"\xff", mark},
      {"a\xc3", "a" + mark},
      {"\xc3(", mark + "("},
      {"\xed\xa0\x80", mark + mark + mark},  // a surrogate
      {"\xc0\xaf", mark + mark},             // overlong
      {"\xe2\x82", mark + mark},
  };
  for (const auto& c : cases) EXPECT_EQ(to_json(c.text), "\"" + c.want + "\"");
}

TEST(JsonWrite, WhatIsWrittenIsReadAgain) {
  std::string everything;
  for (int c = 0; c < 256; ++c) everything += static_cast<char>(c);
  const Result<Value> value = parse(to_json(everything));
  ASSERT_TRUE(value);
  EXPECT_TRUE(value->text()->starts_with(everything.substr(0, 128)));
  const std::string document = R"({"a":[1,-2.50,"x",null,true,{"b":[]}],"c":18446744073709551616})";
  const Result<Value> again = parse(document);
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(*again), document);
}

TEST(JsonWrite, IntegersOfEveryWidth) {
  EXPECT_EQ(to_json(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(to_json(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  EXPECT_EQ(to_json(static_cast<short>(-3)), "-3");
  EXPECT_EQ(to_json(true), "true");
}

}  // namespace
}  // namespace keyledger::json
