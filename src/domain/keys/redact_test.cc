#include "domain/keys/redact.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "base/utf8.h"

namespace keyledger::keys {
namespace {

// Not std::string(count, c) + "...": GCC 12 warns of an overflow that is not there when it knows both lengths.
std::string qs(std::size_t count) {
  std::string text;
  while (text.size() < count) text += 'q';
  return text;
}

TEST(Redact, TakesKeysOutAndLeavesTheWords) {
  const std::string hex64(64, 'c');
  const struct {
    std::string text, want;
  } cases[] = {
      {"", ""},
      {"invalid x-api-key", "invalid x-api-key"},
      {"Incorrect API key provided: sk-proj-abcd1234.", "Incorrect API key provided: ***."},
      {"Incorrect API key provided: sk-proj-****abcd. You can find it at https://platform.openai.com/account/api-keys.",
       "Incorrect API key provided: sk-proj-****abcd. You can find it at "
       "https://platform.openai.com/account/api-keys."},
      {"key " + hex64 + " is bad", "key *** is bad"},
      {"token=" + qs(31), "***"},  // with the = it is a run of 37
      {qs(31) + "1", "***"},
      {qs(30) + "1", qs(30) + "1"},
      {"\"AIzaSyA1234567\"", "\"***\""},
      {"gsk_12345678,gsk_1234567", "***,gsk_1234567"},  // seven characters are no key yet
      {"github_pat_abcdefgh", "***"},
      {"AQ.Ab123456", "***"},
      {"the task-scheduler asked disk-encryption", "the task-scheduler asked disk-encryption"},
      {"xsk-0123456789", "x***"},
      {"See https://platform.openai.com/docs/guides/error-codes/api-errors.",
       "See https://platform.openai.com/docs/guides/error-codes/api-errors."},
      {"No such path: /v1/organizations/analytics/usage", "No such path: /v1/organizations/analytics/usage"},
      {"UNSUPPORTED_COUNTRY_REGION_TERRITORY_CODE", "UNSUPPORTED_COUNTRY_REGION_TERRITORY_CODE"},
      {"two\nlines\x1b[31m", "two lines [31m"},
      {"caf\xc3\xa9 \xff", "caf\xc3\xa9 \xef\xbf\xbd"},
  };
  for (const auto& c : cases) EXPECT_EQ(redact(c.text), c.want);
}

TEST(Redact, CutsAtFiveHundredCharactersAndNeverInsideOne) {
  std::string words;
  while (words.size() < 2000) words += "\xc3\xa9\xe2\x82\xac ";
  const std::string cut = redact(words);
  EXPECT_EQ(utf8::count(cut), 500U);
  EXPECT_TRUE(words.starts_with(cut));
  EXPECT_EQ(redact(std::string(500, ' ')).size(), 500U);
  EXPECT_EQ(redact(std::string(501, ' ')).size(), 500U);
}

TEST(Redact, TheKeyThatWasUsedGoesWhateverItLooksLike) {
  EXPECT_EQ(redact("no: pass.word and pass.word!", Secret{"pass.word"}), "no: *** and ***!");
  EXPECT_EQ(redact("abcabc", Secret{"abc"}), "abcabc");  // too short to be told from words
  EXPECT_EQ(redact("unchanged", Secret{}), "unchanged");
}

/// Keys of every form, with random bodies.
std::vector<std::string> canaries(std::mt19937& random) {
  const auto body = [&](std::size_t count, std::string_view alphabet) {
    std::string text;
    while (text.size() < count) text += alphabet[random() % alphabet.size()];
    return text;
  };
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kSmall = "0123456789abcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view kAll = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view kUrl = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
  return {"sk-proj-" + body(74, kUrl) + "T3BlbkFJ" + body(74, kUrl),
          "sk-" + body(20, kAll) + "T3BlbkFJ" + body(20, kAll),
          "sk-ant-api03-" + body(93, kUrl) + "AA",
          "sk-or-v1-" + body(64, kHex),
          "sk-" + body(32, kSmall),
          "sk_" + body(48, kHex),
          "xai-" + body(80, kAll),
          "AIza" + body(35, kUrl),
          "AQ." + body(40, kUrl),
          "gsk_" + body(52, kAll),
          "pplx-" + body(48, kAll),
          "tvly-dev-" + body(32, kAll),
          "BSA" + body(28, kUrl),
          "ghp_" + body(36, kAll),
          "github_pat_" + body(82, kAll),
          "hf_" + body(34, kAll),
          "r8_" + body(37, kUrl),
          body(64, kHex),
          body(40, kAll),
          body(32, kAll)};
}

TEST(Redact, NoCanarySurvivesAnywhereInASentence) {
  const std::string_view sentences[] = {
      "@",         " @ ",        "key: @.",  "(@)",           "\"@\"",        "a@b",
      "@@",        "x=@&y=1",    "Bearer @", "/v1/@/usage",   "caf\xc3\xa9@", "@\xc3\xa9",
      "\n@\n",     "key:@,next", "'@'",      "{\"k\":\"@\"}", "prefix-@-x",   "\xff@\xff",
      "sk-proj-@", "....@....",  "***@***",  "%3D@%26",       "api_key=@",    "key@example.com@"};
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 20; ++round) {
    for (const std::string& key : canaries(random)) {
      for (const std::string_view sentence : sentences) {
        std::string text;
        for (const char c : sentence) text += c == '@' ? key : std::string(1, c);
        const std::string told = redact(text);
        // Not the key, and not the half of it either.
        EXPECT_EQ(told.find(key.substr(key.size() / 2)), std::string::npos) << sentence << " -> " << told;
        EXPECT_EQ(told.find(key.substr(0, key.size() / 2 + 8)), std::string::npos) << sentence << " -> " << told;
      }
    }
  }
}

TEST(Redact, LongInputDoesNotTakeLong) {
  std::string text;
  while (text.size() < kRedactedBytesMax) text += "ask-";
  const auto start = std::chrono::steady_clock::now();
  (void)redact(text);
  (void)redact(std::string(10 << 20, 'k'));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{5});  // a square would take minutes
}

}  // namespace
}  // namespace keyledger::keys
