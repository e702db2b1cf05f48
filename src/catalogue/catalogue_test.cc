#include "catalogue/catalogue.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace keyledger::catalogue {
namespace {

using usage::Counts;
using usage::PriceBook;
using usage::PriceCatalogue;
using usage::Span;

const PriceBook& book() {
  static const PriceBook kBook(*parse_catalogue(embedded_catalogue()));
  return kBook;
}

TEST(Catalogue, TheBuiltInDocumentIsTheFileOfTheRepository) {
  std::ifstream file(std::string{KEYLEDGER_SOURCE_DIR} + "/data/prices/catalogue.json");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(embedded_catalogue(), text.str());
  EXPECT_EQ(book().catalogue().version, "@pydantic/genai-prices 0.1.8");
  EXPECT_EQ(book().catalogue().providers.size(), 13U);
}

// The first five are the check values that came with the catalogue's description; the others were computed with the
// package itself, calls and all.
TEST(Catalogue, ChargesAreThoseOfThePackageThatTheCatalogueComesFrom) {
  constexpr std::string_view kNoon = "2026-11-01T12:00:00Z";
  const struct {
    std::string_view provider, model;
    Counts counts;
    std::string_view at;
    std::string_view want;
  } cases[] = {
      {"anthropic",
       "claude-opus-5-5",
       {.input_tokens = 1112,
        .cached_tokens = 1000,
        .cache_write_tokens = 40,
        .cache_write_1h_tokens = 60,
        .output_tokens = 6},
       kNoon,
       "0.001048"},
      {"openai", "gpt-6-astra", {.input_tokens = 271'999, .output_tokens = 1000}, kNoon, "2.76999"},
      {"openai", "gpt-6-astra", {.input_tokens = 272'000, .output_tokens = 1000}, kNoon, "5.515"},
      {"anthropic",
       "claude-sonnet-4-5-20250929",
       {.input_tokens = 1'000'000, .output_tokens = 1'000'000},
       kNoon,
       "28.5"},
      {"openai", "gpt-5", {.input_tokens = 1'000'000, .output_tokens = 1'000'000}, kNoon, "11.25"},
      {"openai",
       "GPT-5-2025-08-07",
       {.input_tokens = 123'457, .cached_tokens = 23'457, .output_tokens = 777},
       kNoon,
       "0.135702125"},
      {"openai", "o3", {.input_tokens = 1000, .output_tokens = 1000}, "2025-06-09T23:59:59Z", "0.05"},
      {"openai", "o3", {.input_tokens = 1000, .output_tokens = 1000}, "2025-06-10T00:00:00Z", "0.01"},
      {"deepseek", "deepseek-chat", {.input_tokens = 1'000'000}, "2026-11-01T00:29:59Z", "0.135"},
      {"deepseek", "deepseek-chat", {.input_tokens = 1'000'000}, "2026-11-01T00:30:00Z", "0.27"},
      {"deepseek", "deepseek-chat", {.input_tokens = 1'000'000}, "2026-11-01T16:29:59Z", "0.27"},
      {"deepseek", "deepseek-chat", {.input_tokens = 1'000'000}, "2026-11-01T16:30:00Z", "0.135"},
      {"deepseek", "deepseek-v4-pro", {.input_tokens = 1'000'000}, "2026-11-01T01:00:00Z", "1.32"},
      {"gemini", "gemini-2.5-pro", {.input_tokens = 200'000, .output_tokens = 10}, kNoon, "0.2501"},
      {"gemini", "gemini-2.5-pro", {.input_tokens = 200'001, .output_tokens = 10}, kNoon, "0.5001525"},
      {"perplexity", "sonar-pro", {.input_tokens = 1000, .output_tokens = 1000}, kNoon, "0.032"},
      {"anthropic", "claude-haiku-4-5", {.input_tokens = 1000, .output_tokens = 1000, .searches = 7}, kNoon, "0.076"},
      {"openai", "text-embedding-3-small", {.input_tokens = 1'000'000}, kNoon, "0.02"},
      {"openai", "gpt-5-nano", {.input_tokens = 1000, .output_tokens = 1000, .searches = 3}, kNoon, "0.03045"},
      {"openai", "whisper-1", {.seconds = 3600}, kNoon, "0.36"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string{c.model} + " " + std::string{c.at});
    const std::optional<Amount> amount = book().amount(
        {.provider = c.provider, .model = c.model, .counts = c.counts, .at = *parse_rfc3339(c.at), .span = Span::call});
    ASSERT_TRUE(amount);
    EXPECT_EQ(*amount, *parse_amount(c.want));
  }
}

TEST(Catalogue, AModelThatNobodyKnowsHasNoPrice) {
  EXPECT_FALSE(book().amount({.provider = "openai", .model = "no-such-model", .counts = {.input_tokens = 1}}));
}

TEST(Catalogue, TheBareListOfTheFeedIsReadToo) {
  const Result<PriceCatalogue> list = parse_catalogue(
      R"([{"id":"p","new_member":[1],"models":[{"id":"m","match":{"equals":"m"},"prices":{"input_mtok":"0.0028"}}]}])");
  ASSERT_TRUE(list);
  const PriceBook prices(*list);
  EXPECT_EQ(prices.amount({.provider = "p", .model = "m", .counts = {.input_tokens = 1}}),
            *parse_amount("0.0000000028"));
}

std::string with_model(std::string_view members) {
  return R"({"providers":[{"id":"p","models":[{"id":"m",)" + std::string{members} + "}]}]}";
}

TEST(Catalogue, WhatIsWrongWithADocumentIsSaid) {
  const struct {
    std::string text;
    std::string_view reason;
  } cases[] = {
      {"{", "malformed_json"},
      {"{}", "malformed_catalogue"},
      {R"({"providers":[]})", "malformed_catalogue"},
      {R"({"providers":[{"models":[]}]})", "malformed_catalogue"},
      {R"({"providers":[{"id":"p"}]})", "malformed_catalogue"},
      {R"({"currency":"dollars","providers":[{"id":"p","models":[]}]})", "malformed_catalogue"},
      {with_model(R"("prices":{})"), "malformed_catalogue"},
      {with_model(R"("match":{"like":"m"},"prices":{})"), "malformed_catalogue"},
      {with_model(R"("match":{"regex":"(a+)+"},"prices":{})"), "malformed_catalogue"},
      {with_model(R"("match":{"or":[]},"prices":{})"), "malformed_catalogue"},
      {with_model(R"("match":{"equals":"m"},"prices":3)"), "malformed_catalogue"},
      {with_model(R"("match":{"equals":"m"},"prices":{"input_mtok":-1})"), "malformed_catalogue"},
      {with_model(R"("match":{"equals":"m"},"prices":{"input_mtok":"many"})"), "malformed_catalogue"},
      {with_model(R"("match":{"equals":"m"},"prices":{"input_mtok":1e400})"), "malformed_catalogue"},
      {with_model(R"("match":{"equals":"m"},"prices":{"input_mtok":{"base":1,"tiers":[{"start":-1,"price":1}]}})"),
       "malformed_catalogue"},
      {with_model(R"("match":{"equals":"m"},"prices":[{"constraint":{"type":"moon"},"prices":{}}])"),
       "malformed_catalogue"},
      {with_model(
           R"("match":{"equals":"m"},"prices":[{"constraint":{"type":"start_date","start_date":"2026-02-30"},"prices":{}}])"),
       "malformed_catalogue"},
      {with_model(
           R"("match":{"equals":"m"},"prices":[{"constraint":{"type":"time_of_date","start_time":"25:00:00Z","end_time":"01:00:00Z"},"prices":{}}])"),
       "malformed_catalogue"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const Result<PriceCatalogue> parsed = parse_catalogue(c.text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, Code::invalid_argument);
    EXPECT_EQ(parsed.error().reason, c.reason);
  }
}

TEST(Catalogue, RulesNestToTheirLimitAndNoDeeper) {
  const auto nested = [](std::size_t depth) {
    std::string rule = R"({"equals":"m"})";
    for (std::size_t i = 0; i < depth; ++i) rule = R"({"or":[)" + rule + "]}";
    return with_model(R"("match":)" + rule + R"(,"prices":{})");
  };
  EXPECT_TRUE(parse_catalogue(nested(usage::kMatchDepthMax)));
  EXPECT_FALSE(parse_catalogue(nested(usage::kMatchDepthMax + 1)));
}

TEST(Catalogue, ADocumentOverTheLimitIsTooLarge) {
  const Result<PriceCatalogue> parsed = parse_catalogue(std::string(kDocumentBytesMax + 1, ' '));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, Code::too_large);
}

}  // namespace
}  // namespace keyledger::catalogue
