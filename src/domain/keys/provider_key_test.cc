#include "domain/keys/provider_key.h"

#include <gtest/gtest.h>

#include <chrono>

namespace keyledger::keys {
namespace {

// All keys here are made up; they only have the form of real ones.
const std::string kAnchor = "T3BlbkFJ";

std::string a(std::size_t count) {
  return std::string(count, 'a');
}
std::string x9(std::size_t count) {  // letters of both cases, digits, and what base64url adds
  std::string text;
  while (text.size() < count) text += "aB3-_z9Q";
  return text.substr(0, count);
}

struct Form {
  std::string key, provider;
  KeyType type;
  bool certain;
};

void expect_detected(const Form& form) {
  SCOPED_TRACE(form.key);
  const Detection found = detect(Secret{std::string{form.key}});
  EXPECT_EQ(found.provider, form.provider);
  EXPECT_EQ(found.type, form.type);
  EXPECT_EQ(found.certain, form.certain);
}

TEST(Detect, KnowsOpenAiKeysByPrefixAnchorAndLength) {
  using enum KeyType;
  for (const Form& form :
       std::vector<Form>{{"sk-proj-" + x9(74) + kAnchor + x9(74), "openai", project, true},
                         {"sk-proj-" + x9(58) + kAnchor + x9(58), "openai", project, true},
                         {"sk-proj-" + x9(73) + kAnchor + x9(74), "openai", project, false},
                         {"sk-proj-" + x9(73) + kAnchor + x9(73), "openai", project, false},
                         {"sk-proj-" + x9(74) + "T3BlbkFj" + x9(74), "openai", project, false},
                         {"sk-proj-" + x9(74) + kAnchor + x9(73) + "!", "openai", project, false},
                         {"sk-proj-", "openai", project, false},
                         {"sk-svcacct-" + x9(74) + kAnchor + x9(74), "openai", service_account, true},
                         {"sk-svcacct-" + x9(58) + kAnchor + x9(58), "openai", service_account, true},
                         {"sk-service-" + x9(20) + kAnchor + x9(20), "openai", service_account, false},
                         {"sk-admin-" + x9(58) + kAnchor + x9(58), "openai", admin, true},
                         {"sk-admin-" + x9(74) + kAnchor + x9(74), "openai", admin, true},
                         {"sk-admin-x", "openai", admin, false},
                         {"sk-" + a(20) + kAnchor + a(20), "openai", legacy, true},
                         {"sk-" + a(19) + "-" + kAnchor + a(20), "openai", legacy, false},
                         {"sk-" + a(21) + kAnchor + a(20), "openai", legacy, false},
                         {"sk-something-new", "openai", legacy, false},
                         {"sk-", "openai", legacy, false}}) {
    expect_detected(form);
  }
}

TEST(Detect, KnowsAnthropicKeysWithinTheWidthOfTheirBody) {
  using enum KeyType;
  for (const Form& form : std::vector<Form>{{"sk-ant-api03-" + x9(93) + "AA", "anthropic", standard, true},
                                            {"sk-ant-api01-" + x9(90) + "AA", "anthropic", standard, true},
                                            {"sk-ant-api01-" + x9(128) + "AA", "anthropic", standard, true},
                                            {"sk-ant-api03-" + x9(89) + "AA", "anthropic", standard, false},
                                            {"sk-ant-api03-" + x9(129) + "AA", "anthropic", standard, false},
                                            {"sk-ant-api03-" + x9(93) + "AB", "anthropic", standard, false},
                                            {"sk-ant-api-" + x9(93) + "AA", "anthropic", standard, false},
                                            {"sk-ant-admin01-" + x9(93) + "AA", "anthropic", admin, true},
                                            {"sk-ant-admin", "anthropic", admin, false},
                                            {"sk-ant-oat01-" + x9(93) + "AA", "anthropic", standard, false},
                                            {"sk-ant-", "anthropic", standard, false}}) {
    expect_detected(form);
  }
}

TEST(Detect, KnowsTheOtherProvidersByTheirPrefixes) {
  const std::string hex = "0123456789abcdef";
  const std::string hex48 = hex + hex + hex;
  for (const auto& [key, provider] :
       std::vector<std::pair<std::string, std::string>>{{"sk-or-v1-" + hex48 + hex, "openrouter"},
                                                        {"sk_" + hex48, "elevenlabs"},
                                                        {"xai-" + a(79) + "_", "xai"},
                                                        {"AIzaSy" + x9(33), "gemini"},
                                                        {"AQ.Ab" + x9(18), "gemini"},
                                                        {"gsk_" + a(52), "groq"},
                                                        {"pplx-" + a(48), "perplexity"},
                                                        {"tvly-dev-" + a(32), "tavily"},
                                                        {"tvly-prod-" + a(32), "tavily"},
                                                        {"tvly-" + a(20), "tavily"},
                                                        {"BSA" + x9(28), "brave"},
                                                        {"ghp_" + a(36), "github"},
                                                        {"gho_" + a(36), "github"},
                                                        {"ghu_" + a(36), "github"},
                                                        {"ghs_" + a(36), "github"},
                                                        {"ghr_" + a(36), "github"},
                                                        {"github_pat_" + a(81) + "_", "github"},
                                                        {"hf_" + a(34), "huggingface"},
                                                        {"api_org_" + a(34), "huggingface"},
                                                        {"r8_" + a(37), "replicate"}}) {
    expect_detected({key, provider, KeyType::standard, true});
    // One character more or less, and one that does not belong, leave the prefix only.
    if (provider != "tavily" && provider != "gemini") expect_detected({key + "a", provider, KeyType::standard, false});
    expect_detected({key.substr(0, key.size() - 1) + "~", provider, KeyType::standard, false});
  }
}

TEST(Detect, BothSidesOfALengthRangeAreKept) {
  for (const auto& [key, certain] : std::vector<std::pair<std::string, bool>>{{"tvly-" + a(19), false},
                                                                              {"tvly-" + a(20), true},
                                                                              {"tvly-" + a(100), true},
                                                                              {"tvly-" + a(101), false},
                                                                              {"tvly-dev-" + a(15), false},
                                                                              {"tvly-dev-" + a(96), true},
                                                                              {"tvly-dev-" + a(97), false}}) {
    expect_detected({key, "tavily", KeyType::standard, certain});
  }
  expect_detected({"AQ." + a(19), "gemini", KeyType::standard, false});
  expect_detected({"AQ." + a(20), "gemini", KeyType::standard, true});
}

TEST(Detect, ABareSkWithThirtyTwoSmallCharactersIsLikelyDeepSeek) {
  expect_detected({"sk-" + a(31) + "0", "deepseek", KeyType::standard, false});
  expect_detected({"sk-" + a(33), "openai", KeyType::legacy, false});
  expect_detected({"sk-" + a(31), "openai", KeyType::legacy, false});
  expect_detected({"sk-" + a(31) + "A", "openai", KeyType::legacy, false});
}

TEST(Detect, SixtyFourHexDigitsAreLikelySerpApi) {
  expect_detected({a(64), "serpapi", KeyType::standard, false});
  expect_detected({a(63), "", KeyType::standard, false});
  expect_detected({a(63) + "g", "", KeyType::standard, false});
}

TEST(Detect, KeysWithoutAMarkStayWithTheirOwner) {
  // Mistral and older Azure and ElevenLabs keys, Cohere keys, nothing, prose, a prefix in the middle, another case.
  for (const std::string& key : {std::string(32, 'k'), std::string(32, 'a'), std::string(40, 'k'), std::string{},
                                 std::string{"hello"}, std::string{" sk-proj-x"}, std::string{"SK-PROJ-x"}}) {
    expect_detected({key, "", KeyType::standard, false});
  }
}

TEST(Detect, ATextThatIsTooLongIsNoKey) {
  expect_detected({"sk-proj-" + a(kKeyBytesMax - 8), "openai", KeyType::project, false});
  expect_detected({"sk-proj-" + a(kKeyBytesMax - 7), "", KeyType::standard, false});
}

TEST(Mask, ShowsThePrefixAndTheLastFour) {
  for (const auto& [key, want] :
       std::vector<std::pair<std::string, std::string>>{{"sk-proj-" + a(120) + "abcd", "sk-proj-...abcd"},
                                                        {"sk-ant-api03-" + a(91) + "igAA", "sk-ant-api03-...igAA"},
                                                        {"sk-ant-admin01-" + a(91) + "igAA", "sk-ant-admin01-...igAA"},
                                                        {"sk-ant-oat01-" + a(91) + "igAA", "sk-ant-...igAA"},
                                                        {"sk-or-v1-" + a(60) + "0123", "sk-or-v1-...0123"},
                                                        {"sk-" + a(28) + "wxyz", "sk-...wxyz"},
                                                        {"tvly-dev-" + a(28) + "wxyz", "tvly-dev-...wxyz"},
                                                        {"BSA" + a(24) + "wxyz", "BSA...wxyz"},
                                                        {"AQ.Ab" + a(24) + "wxyz", "AQ....wxyz"},
                                                        {a(60) + "beef", "...beef"},
                                                        {"unknown-form-wxyz", "...wxyz"}}) {
    EXPECT_EQ(mask(Secret{std::string{key}}), want);
  }
}

TEST(Mask, NeverShowsMoreThanItHides) {
  for (const auto& [key, want] :
       std::vector<std::pair<std::string, std::string>>{{"", "..."},
                                                        {"12345678901", "..."},
                                                        {"123456789012", "...9012"},
                                                        {"sk-proj-abcd", "sk-proj-..."},
                                                        {"sk-proj-12345678901", "sk-proj-..."},
                                                        {"sk-proj-123456789012", "sk-proj-...9012"},
                                                        {"sk-ant-admin01-abcd", "sk-ant-admin01-..."},
                                                        {"key-with-\xc3\xa9-inside", "..."}}) {
    EXPECT_EQ(mask(Secret{std::string{key}}), want);
  }
}

TEST(Clean, TakesOffWhatPeoplePasteAroundAKey) {
  for (const char* pasted :
       {"made-up-key", " made-up-key\r\n", "\tmade-up-key", "\"made-up-key\"", "'made-up-key'", "`made-up-key`",
        "Bearer made-up-key", "bearer   made-up-key", "Authorization: Bearer made-up-key", "OPENAI_API_KEY=made-up-key",
        "export OPENAI_API_KEY=\"made-up-key\"", " export BRAVE_KEY='made-up-key' ", "GITHUB_TOKEN=made-up-key",
        "\"Bearer made-up-key\"", "API_KEY=\" Bearer 'made-up-key' \""}) {
    const Result<Secret> key = clean(Secret{pasted});
    ASSERT_TRUE(key) << pasted;
    EXPECT_EQ(key->reveal(), "made-up-key") << pasted;
  }
}

TEST(Clean, LeavesWhatBelongsToAKey) {
  for (const char* text :
       {"abc=", "abc==", "KEY=", "KEY==", "aKEY=b", "MADE=up", "\"half", "Bearer", "a'b", "exported"}) {
    const Result<Secret> key = clean(Secret{text});
    ASSERT_TRUE(key) << text;
    EXPECT_EQ(key->reveal(), text);
  }
}

TEST(Clean, SaysWhatIsWrongWithoutSayingTheKey) {
  const struct {
    std::string pasted;
    const char* told;
  } cases[] = {
      {"", "empty"},
      {" \r\n", "empty"},
      {"\"\"", "empty"},
      {"Bearer  ", "Bearer"},  // a word alone is taken for a key: nobody can know
      {"canary key", "a blank at character 7"},
      {"canary\tkey", "a blank at character 7"},
      {"canary\nkey", "a line break at character 7"},
      {std::string("canary\0key", 10), "a control character (U+0000) at character 7"},
      {"canary\x7fkey", "a control character (U+007F)"},
      {"canary\xe2\x80\x93key", "a typographic dash (U+2013) at character 7"},
      {"\xe2\x80\x9c"
       "canary\xe2\x80\x9d",
       "a typographic quotation mark (U+201C) at character 1"},
      {"canary\xe2\x80\x8bkey", "an invisible space (U+200B)"},
      {"canary\xc2\xa0key", "an invisible space (U+00A0)"},
      {"\xef\xbb\xbf"
       "canary",
       "an invisible space (U+FEFF)"},
      {"canary\xc3\xa9", "a character outside ASCII (U+00E9)"},
      {"canary\xff", "a byte that is no text"},
      {std::string(513, 'k'), "513 characters"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.told);
    const Result<Secret> key = clean(Secret{std::string{c.pasted}});
    if (key) {
      EXPECT_EQ(key->reveal(), c.told);
      continue;
    }
    EXPECT_EQ(key.error().code, Code::invalid_argument);
    EXPECT_EQ(key.error().reason, "malformed_key");
    EXPECT_EQ(key.error().field, "full_key");
    EXPECT_NE(key.error().message.find(c.told), std::string::npos) << key.error().message;
    EXPECT_EQ(key.error().message.find("canary"), std::string::npos) << key.error().message;
  }
  EXPECT_TRUE(clean(Secret{std::string(512, 'k')}));
}

TEST(MatchesRedacted, ComparesWhatStandsAroundTheGap) {
  const std::string key = "sk-proj-0123456789abcdefghijklmnopqrwxyz";
  const struct {
    std::string redacted;
    bool want;
  } cases[] = {
      {"sk-proj-...wxyz", true},
      {"sk-...xyz", true},
      {"sk-p\xe2\x80\xa6wxyz", true},
      {"...wxyz", true},
      {"sk-proj-..." + std::string(3, '*') + "wxyz", true},
      {"sk-proj-" + std::string(key.size() - 12, '*') + "wxyz", true},
      {"sk-proj-" + std::string(key.size() - 11, '*') + "wxyz", false},  // one too many
      {"sk-proj-" + std::string(key.size() - 13, '*') + "wxyz", false},
      {"sk-proj-*" + std::string(key.size() - 14, '.') + "*wxyz", true},  // not asterisks alone: no length
      {"sk-proj-...wxy", false},
      {"sk-admin...wxyz", false},
      {"sk-proj-...yz", false},  // a suffix of two says too little
      {"sk-proj-...", false},
      {"...", false},
      {"", false},
      {"sk-proj-", false},
      {key, false},                           // nothing is left out: this is no redacted form
      {key.substr(0, 38) + "...xyz", false},  // front and back overlap
      {key.substr(0, 37) + "...xyz", true},
  };
  for (const auto& c : cases) EXPECT_EQ(matches_redacted(Secret{std::string{key}}, c.redacted), c.want) << c.redacted;
}

TEST(MatchesRedacted, TheSampleOfALiveAnswerMatches) {
  const std::string key = "sk-proj-" + a(152) + "wxyz";
  EXPECT_TRUE(matches_redacted(Secret{std::string{key}}, "sk-proj-" + std::string(152, '*') + "wxyz"));
  EXPECT_FALSE(matches_redacted(Secret{"sk-proj-" + a(153) + "wxyz"}, "sk-proj-" + std::string(152, '*') + "wxyz"));
}

}  // namespace
}  // namespace keyledger::keys
