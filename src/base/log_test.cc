#include "base/log.h"

#include <gtest/gtest.h>

#include <limits>

namespace keyledger::log {
namespace {

std::string text_of(std::initializer_list<Field> fields) {
  return render(Format::text, "info", "Something happened", fields);
}
std::string json_of(std::initializer_list<Field> fields) {
  return render(Format::json, "info", "Something happened", fields);
}

TEST(LogTest, TextHasLevelEventAndFields) {
  EXPECT_EQ(text_of({}), "info  Something happened");
  EXPECT_EQ(render(Format::text, "error", "It failed", {{"code", "seal_broken"}, {"count", 3}, {"share", 0.5}}),
            "error It failed code=seal_broken count=3 share=0.5");
}

TEST(LogTest, JsonIsOneObject) {
  EXPECT_EQ(json_of({}), R"({"level":"info","event":"Something happened"})");
  EXPECT_EQ(json_of({{"code", "seal_broken"}, {"count", -3}, {"done", true}}),
            R"({"level":"info","event":"Something happened","code":"seal_broken","count":-3,"done":true})");
}

TEST(LogTest, ATextThatCouldBeMisreadIsQuoted) {
  EXPECT_EQ(text_of({{"name", ""}}), "info  Something happened name=\"\"");
  EXPECT_EQ(text_of({{"name", "two words"}}), "info  Something happened name=\"two words\"");
  EXPECT_EQ(text_of({{"name", "a=b"}}), "info  Something happened name=\"a=b\"");
  EXPECT_EQ(text_of({{"name", "a\"b\\c"}}), "info  Something happened name=\"a\\\"b\\\\c\"");
  EXPECT_EQ(text_of({{"name", "caf\xc3\xa9"}}), "info  Something happened name=caf\xc3\xa9");
}

TEST(LogTest, ControlCharactersNeverReachTheTerminal) {
  const struct {
    std::string value;
    const char* shown;
  } cases[] = {
      {"a\nb", "\"a\\u000ab\""},
      {"a\rb", "\"a\\u000db\""},
      {"a\tb", "\"a\\u0009b\""},
      {std::string("a\0b", 3), "\"a\\u0000b\""},
      {"\x1b[2J", "\"\\u001b[2J\""},
      {"\x7f", "\"\\u007f\""},
      {"\xc2\x9b"
       "2J",
       "\"\\u009b2J\""},  // the same as ESC [ in eight bits
      {"a\xe2\x80\xa8"
       "b",
       "\"a\\u2028b\""},  // a line separator
      {"a\xff"
       "b",
       "\"a\\ufffdb\""},  // no UTF-8
  };
  for (const auto& c : cases) {
    EXPECT_EQ(text_of({{"value", c.value}}), std::string("info  Something happened value=") + c.shown);
    EXPECT_EQ(json_of({{"value", c.value}}),
              std::string(R"({"level":"info","event":"Something happened","value":)") + c.shown + "}");
  }
}

TEST(LogTest, AValueCannotForgeALineOrAField) {
  const std::string forged = "x\n2026-11-21T20:14:05Z error Owner signed in name=eve";
  EXPECT_EQ(text_of({{"name", forged}}).find('\n'), std::string::npos);
  EXPECT_EQ(json_of({{"name", forged}}).find('\n'), std::string::npos);
  EXPECT_EQ(json_of({{"name", "\",\"level\":\"error"}}),
            R"({"level":"info","event":"Something happened","name":"\",\"level\":\"error"})");
  EXPECT_EQ(text_of({{"name", "x level=error"}}), "info  Something happened name=\"x level=error\"");
}

TEST(LogTest, WhatIsNoJsonNumberIsQuoted) {
  EXPECT_EQ(json_of({{"c", '\n'}}), R"({"level":"info","event":"Something happened","c":"\u000a"})");
  EXPECT_EQ(json_of({{"x", std::numeric_limits<double>::infinity()}}),
            R"({"level":"info","event":"Something happened","x":"inf"})");
  EXPECT_EQ(json_of({{"x", std::numeric_limits<double>::quiet_NaN()}}),
            R"({"level":"info","event":"Something happened","x":"nan"})");
  EXPECT_EQ(json_of({{"x", std::numeric_limits<std::int64_t>::min()}}),
            R"({"level":"info","event":"Something happened","x":-9223372036854775808})");
}

TEST(LogTest, FormatsAndLevelsAreReadByTheirNames) {
  EXPECT_EQ(parse_format("text").value_or(Format::json), Format::text);
  EXPECT_EQ(parse_format("json").value_or(Format::text), Format::json);
  EXPECT_EQ(parse_level("debug").value_or(Level::error), Level::debug);
  EXPECT_EQ(parse_level("info").value_or(Level::error), Level::info);
  EXPECT_EQ(parse_level("warn").value_or(Level::error), Level::warn);
  EXPECT_EQ(parse_level("error").value_or(Level::info), Level::error);
  for (const char* word : {"", "JSON", "xml", "text "}) {
    EXPECT_EQ(parse_format(word).error().code, Code::invalid_argument) << word;
  }
  for (const char* word : {"", "INFO", "trace", "warning"}) {
    EXPECT_EQ(parse_level(word).error().code, Code::invalid_argument) << word;
  }
}

TEST(LogTest, LinesGoToStandardErrorFromTheLevelThatWasSet) {
  testing::internal::CaptureStderr();
  configure(Format::json, Level::warn);
  info("Not said");
  warn("Said {} %s", {{"name", "{}"}});  // braces are text here, not a format
  configure(Format::text, Level::info);
  debug("Not said");
  info("Said too");
  configure(Format::text, Level::error);
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_EQ(written.find("Not said"), std::string::npos) << written;
  EXPECT_NE(written.find(R"(Z","level":"warn","event":"Said {} %s","name":"{}"})"
                         "\n"),
            std::string::npos)
      << written;
  EXPECT_NE(written.find("Z info  Said too\n"), std::string::npos) << written;
}

}  // namespace
}  // namespace keyledger::log
