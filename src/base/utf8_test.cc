#include "base/utf8.h"

#include <gtest/gtest.h>

namespace keyledger::utf8 {
namespace {

TEST(Utf8, KnowsValidSequencesFromInvalidOnes) {
  const struct {
    std::string_view text;
    std::size_t length;
  } cases[] = {
      {"", 0},
      {"a", 1},
      {"ab", 1},
      {"\x7f", 1},
      {"\x80", 0},              // a continuation alone
      {"\xc1\xbf", 0},          // overlong
      {"\xc2\x80", 2},          // U+0080
      {"\xdf\xbf", 2},          // U+07FF
      {"\xc2", 0},              // cut off
      {"\xc2\x41", 0},          // no continuation
      {"\xe0\x9f\xbf", 0},      // overlong
      {"\xe0\xa0\x80", 3},      // U+0800
      {"\xed\x9f\xbf", 3},      // U+D7FF
      {"\xed\xa0\x80", 0},      // a surrogate
      {"\xee\x80\x80", 3},      // U+E000
      {"\xef\xbf\xbf", 3},      // U+FFFF
      {"\xf0\x8f\xbf\xbf", 0},  // overlong
      {"\xf0\x90\x80\x80", 4},  // U+10000
      {"\xf4\x8f\xbf\xbf", 4},  // U+10FFFF
      {"\xf4\x90\x80\x80", 0},  // past the last
      {"\xf5\x80\x80\x80", 0},
      {"\xf0\x90\x80", 0},
      {"\xff", 0},
  };
  for (const auto& c : cases) EXPECT_EQ(sequence_length(c.text), c.length) << testing::PrintToString(c.text);
}

TEST(Utf8, NamesTheCharacter) {
  EXPECT_EQ(code_point("A"), U'A');
  EXPECT_EQ(code_point("\xc3\xa9"), U'\u00e9');
  EXPECT_EQ(code_point("\xe2\x82\xac"), U'\u20ac');
  EXPECT_EQ(code_point("\xf0\x9f\x94\x91"), U'\U0001f511');
  EXPECT_EQ(code_point(""), U'\0');
}

TEST(Utf8, ControlsAreWhatSteersOrBreaksLines) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"\0"sv, "\n"sv, "\x1b"sv, "\x1f"sv, "\x7f"sv, "\xc2\x80"sv, "\xc2\x9b"sv,
                                      "\xc2\x9f"sv, "\xe2\x80\xa8"sv, "\xe2\x80\xa9"sv}) {
    EXPECT_TRUE(is_control(text)) << testing::PrintToString(text);
  }
  for (const std::string_view text : {""sv, " "sv, "~"sv, "\xc2\xa0"sv, "\xe2\x80\xa7"sv, "\xe2\x80\xaa"sv}) {
    EXPECT_FALSE(is_control(text)) << testing::PrintToString(text);
  }
}

TEST(Utf8, CountsCharactersAndStrayBytes) {
  EXPECT_EQ(count(""), 0U);
  EXPECT_EQ(count("caf\xc3\xa9"), 4U);
  EXPECT_EQ(count("\xff\xe2\x82"), 3U);
}

}  // namespace
}  // namespace keyledger::utf8
