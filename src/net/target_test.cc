#include "net/target.h"

#include <gtest/gtest.h>

namespace keyledger::net {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

TEST(Target, IsDecodedOnce) {
  const struct {
    const char* name;
    std::string target;
    std::string path;
    Query query;
  } cases[] = {
      {"root", "/", "/", {}},
      {"plain", "/api/keys", "/api/keys", {}},
      {"query in order, names repeated", "/a?x=1&y=2&x=3", "/a", {{"x", "1"}, {"y", "2"}, {"x", "3"}}},
      {"without a value", "/a?x&y=", "/a", {{"x", ""}, {"y", ""}}},
      {"empty pairs are nothing", "/a?&&x=1&", "/a", {{"x", "1"}}},
      {"an empty query", "/a?", "/a", {}},
      {"a plus is a blank in the query only", "/a+b?c+d=e+f", "/a+b", {{"c d", "e f"}}},
      {"percent signs in both", "/a%20b?c%3d=%26%2B", "/a b", {{"c=", "&+"}}},
      {"decoded once, not twice", "/a%2541?b=%2541", "/a%41", {{"b", "%41"}}},
      {"a question mark in the query", "/a?b=c?d", "/a", {{"b", "c?d"}}},
      {"an equals sign in a value", "/a?b=c=d", "/a", {{"b", "c=d"}}},
      {"letters of either case", "/%c3%A4?q=%E2%82%ac", "/ä", {{"q", "€"}}},
      {"an encoded slash in the query", "/a?b=%2Fc%5C..", "/a", {{"b", "/c\\.."}}},
      {"dots within a segment", "/a..b/.well-known/...", "/a..b/.well-known/...", {}},
      {"empty segments", "//a//b/", "//a//b/", {}},
      {"a line feed in the query", "/a?b=c%0Ad", "/a", {{"b", "c\nd"}}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto target = parse_target(c.target);
    ASSERT_TRUE(target.has_value()) << target.error().detail;
    EXPECT_EQ(target->path, c.path);
    EXPECT_EQ(target->query, c.query);
  }
}

TEST(Target, RefusesWhatTwoReadersCouldUnderstandDifferently) {
  const struct {
    const char* name;
    std::string target;
  } cases[] = {
      {"empty", ""},
      {"no slash", "a"},
      {"asterisk", "*"},
      {"a dot segment", "/a/./b"},
      {"a double dot segment", "/a/../b"},
      {"at the end", "/a/.."},
      {"at the beginning", "/.."},
      {"encoded dots", "/a/%2e%2e/b"},
      {"half encoded dots", "/a/.%2E/b"},
      {"an encoded single dot", "/%2e"},
      {"an encoded slash", "/a%2fb"},
      {"an encoded slash, upper case", "/a%2Fb"},
      {"an encoded backslash", "/a%5cb"},
      {"a backslash", "/a\\b"},
      {"a backslash in the query", "/a?b=\\"},
      {"a fragment", "/a#b"},
      {"an encoded zero in the path", "/a%00b"},
      {"an encoded zero in the query", "/a?b=%00"},
      {"an encoded zero in a name", "/a?%00=b"},
      {"an encoded line feed in the path", "/a%0ab"},
      {"an encoded DEL in the path", "/a%7f"},
      {"a percent sign at the end", "/a%"},
      {"a percent sign and one digit", "/a%4"},
      {"a percent sign and no digits", "/a%zz"},
      {"a percent sign in the query", "/a?b=%4g"},
      {"raw bytes beyond ASCII", "/\xc3\xa4"},
      {"raw bytes beyond ASCII in the query", "/a?\xc3\xa4"},
      {"a blank", "/a b"},
      {"a tab", "/a\tb"},
      {"not UTF-8", "/%ff"},
      {"an overlong slash", "/%c0%af"},
      {"a surrogate", "/a?b=%ed%a0%80"},
      {"beyond Unicode", "/%f4%90%80%80"},
      {"a cut sequence", "/a?b=%e2%82"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto target = parse_target(c.target);
    ASSERT_FALSE(target.has_value());
    EXPECT_EQ(target.error().status, 400U);
    EXPECT_EQ(target.error().code, "malformed_target");
  }
}

TEST(PercentEncoding, IsUndoneByDecoding) {
  std::string all;
  for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
  std::string encoded = "/?q=";
  append_percent_encoded(encoded, all);
  const auto target = parse_target(encoded);
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->query, (Query{{"q", all}}));
  std::string kept;
  append_percent_encoded(kept, "aZ09-._~");
  EXPECT_EQ(kept, "aZ09-._~");
}

}  // namespace
}  // namespace keyledger::net
