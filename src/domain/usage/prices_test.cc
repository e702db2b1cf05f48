#include "domain/usage/prices.h"

#include <gtest/gtest.h>

namespace keyledger::usage {
namespace {

using enum Measure;

Amount usd(std::string_view decimal) {
  return *parse_amount(decimal);
}
Rate rate(std::string_view decimal) {
  return {usd(decimal), {}};
}
Instant at(std::string_view time) {
  return *parse_rfc3339(time);
}

PriceSet claude() {
  PriceSet set;
  set[input] = rate("4");
  set[cache_read] = rate("0.2");
  set[cache_write] = rate("5");
  set[cache_write_1h] = rate("8");
  set[output] = rate("20");
  return set;
}

TEST(Charge, EveryPartOfTheInputHasItsOwnRate) {
  const Counts counts{.input_tokens = 1112,
                      .cached_tokens = 1000,
                      .cache_write_tokens = 40,
                      .cache_write_1h_tokens = 60,
                      .output_tokens = 6};
  EXPECT_EQ(charge(claude(), counts, Span::call), usd("0.001048"));
}

TEST(Charge, AMissingSpecialRateFallsBackToTheMoreGeneralOne) {
  PriceSet set;
  set[input] = rate("10");
  set[output] = rate("30");
  const Counts counts{.input_tokens = 1'000'000,
                      .cached_tokens = 100'000,
                      .cache_write_tokens = 100'000,
                      .cache_write_1h_tokens = 100'000,
                      .output_tokens = 1'000'000,
                      .input_audio_tokens = 100'000,
                      .output_audio_tokens = 100'000};
  EXPECT_EQ(charge(set, counts, Span::call), usd("40"));
  set[cache_write] = rate("20");  // also for 1-hour writes
  EXPECT_EQ(charge(set, counts, Span::call), usd("42"));
}

TEST(Charge, ATierCostsAllTokensOnceAllInputIsMoreThanItsStart) {
  PriceSet set;
  set[input] = {usd("10"), {{271'999, usd("20")}}};
  set[output] = {usd("50"), {{271'999, usd("75")}}};
  EXPECT_EQ(charge(set, Counts{.input_tokens = 271'999, .output_tokens = 1000}, Span::call), usd("2.76999"));
  EXPECT_EQ(charge(set, Counts{.input_tokens = 272'000, .output_tokens = 1000}, Span::call), usd("5.515"));
}

TEST(Charge, OfSeveralTiersTheHighestThatIsPassedCounts) {
  PriceSet set;
  set[input] = {usd("1"), {{2000, usd("3")}, {1000, usd("2")}}};
  EXPECT_EQ(charge(set, Counts{.input_tokens = 1000}, Span::call), usd("0.001"));
  EXPECT_EQ(charge(set, Counts{.input_tokens = 1001}, Span::call), usd("0.002002"));
  EXPECT_EQ(charge(set, Counts{.input_tokens = 2001}, Span::call), usd("0.006003"));
}

TEST(Charge, TheSizeOfABucketIsThatOfItsMeanCall) {
  PriceSet set;
  set[input] = {usd("10"), {{200'000, usd("20")}}};
  const Counts small{.requests = 100, .input_tokens = 20'000'000};
  const Counts large{.requests = 100, .input_tokens = 20'000'100};
  const Counts unknown{.input_tokens = 20'000'000};
  EXPECT_EQ(charge(set, small, Span::day), usd("200"));
  EXPECT_EQ(charge(set, large, Span::day), usd("400.002"));
  EXPECT_EQ(charge(set, unknown, Span::day), usd("200"));
  EXPECT_EQ(charge(set, unknown, Span::call), usd("400"));
}

TEST(Charge, PartsThatAreMoreThanTheWholeAreCutToIt) {
  const Counts counts{.input_tokens = 100, .cached_tokens = 90, .cache_write_tokens = 90};
  EXPECT_EQ(charge(claude(), counts, Span::call), usd("0.000068"));
  EXPECT_EQ(charge(claude(), Counts{.input_tokens = -5, .output_tokens = -1}, Span::call), Amount{});
}

TEST(Charge, SearchesAndRequestsCostPerThousand) {
  PriceSet set;
  set[input] = rate("1");
  set[web_searches] = rate("10");
  EXPECT_EQ(charge(set, Counts{.requests = 5, .searches = 7}, Span::day), usd("0.07"));
  set[requests] = rate("14");
  EXPECT_EQ(charge(set, Counts{.requests = 5}, Span::day), usd("0.07"));
  EXPECT_EQ(charge(set, Counts{.input_tokens = 1}, Span::call), usd("0.014001"));
  EXPECT_EQ(charge(set, Counts{.input_tokens = 1}, Span::day), std::nullopt) << "nobody knows how many requests";
}

TEST(Charge, SoundIsPricedByTheHourOnlyWhereItIsNotPricedByTheToken) {
  PriceSet hours;
  hours[audio_hours] = rate("0.36");
  EXPECT_EQ(charge(hours, Counts{.seconds = 5}, Span::day), usd("0.0005"));
  PriceSet tokens;
  tokens[input] = rate("2.5");
  EXPECT_EQ(charge(tokens, Counts{.input_tokens = 1'000'000, .seconds = 5}, Span::day), usd("2.5"));
}

TEST(Charge, WhatHasNoRateIsUnpricedNeverFree) {
  PriceSet embedding;
  embedding[input] = rate("0.02");
  const struct {
    const char* name;
    Counts counts;
  } cases[] = {
      {"output of a model without one", {.input_tokens = 5, .output_tokens = 1}},
      {"images", {.requests = 1, .images = 1}},
      {"characters", {.characters = 10}},
      {"seconds", {.seconds = 10}},
      {"searches", {.searches = 1}},
      {"sessions", {.sessions = 1}},
      {"bytes", {.bytes = 1}},
      {"credits", {.credits = 1}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(charge(embedding, c.counts, Span::day), std::nullopt);
  }
}

TEST(Charge, AnImpossibleSumIsUnpricedAndDoesNotStopTheProgram) {
  PriceSet set;
  set[input] = rate("1000000");
  EXPECT_EQ(charge(set, Counts{.input_tokens = 1'000'000'000'000}, Span::call), std::nullopt);
  EXPECT_EQ(charge(set, Counts{.input_tokens = INT64_MAX}, Span::call), std::nullopt);
}

ModelPrices dated() {
  ModelPrices model{.id = "m", .match = *make_rule(MatchKind::equals, "m")};
  const auto with = [](std::string_view price) {
    PriceSet set;
    set[input] = rate(price);
    return set;
  };
  model.prices.push_back({.prices = with("1")});
  model.prices.push_back({.since = *parse_day("2026-08-17"), .prices = with("2")});
  model.prices.push_back({.hours = DailyHours{std::chrono::hours{22}, std::chrono::hours{2}}, .prices = with("3")});
  return model;
}

TEST(PricesAt, TheLastWhoseConstraintHoldsIsUsed) {
  const struct {
    const char* time;
    Span span;
    const char* want;
  } cases[] = {
      {"2026-08-16T12:00:00Z", Span::call, "1"}, {"2026-08-17T12:00:00Z", Span::call, "2"},
      {"2026-08-17T21:59:59Z", Span::hour, "2"}, {"2026-08-17T22:00:00Z", Span::hour, "3"},
      {"2026-08-18T01:59:59Z", Span::call, "3"}, {"2026-08-18T02:00:00Z", Span::call, "2"},
      {"2026-08-18T00:00:00Z", Span::day, "2"},
  };
  const ModelPrices model = dated();
  for (const auto& c : cases) {
    SCOPED_TRACE(c.time);
    const PriceSet* set = prices_at(model, at(c.time), c.span);
    ASSERT_NE(set, nullptr);
    EXPECT_EQ((*set)[input]->base, usd(c.want));
  }
}

TEST(PricesAt, BeforeTheFirstPriceThereIsNone) {
  ModelPrices model = dated();
  model.prices.erase(model.prices.begin());
  EXPECT_EQ(prices_at(model, at("2026-08-16T12:00:00Z"), Span::call), nullptr);
}

PriceCatalogue catalogue() {
  PriceSet set;
  set[input] = rate("10");
  ModelPrices first{.id = "first", .match = *make_rule(MatchKind::starts_with, "gpt"), .prices = {{.prices = set}}};
  ModelPrices second{.id = "second", .match = *make_rule(MatchKind::equals, "gpt-5"), .prices = {{.prices = set}}};
  ModelPrices grok{.id = "grok", .match = *make_rule(MatchKind::contains, "grok"), .prices = {{.prices = set}}};
  return {.version = "test 1",
          .providers = {{.id = "openai", .models = {first, second}},
                        {.id = "x-ai", .models = {grok}},
                        {.id = "azure", .fallbacks = {"openai", "gone"}, .models = {}}}};
}

TEST(PriceBook, TheFirstFittingModelWinsAndSaysWhichItWas) {
  const PriceBook book(catalogue());
  const std::optional<Charge> charged =
      book.charge({.provider = "openai", .model = "GPT-5", .counts = {.input_tokens = 100}, .at = {}});
  ASSERT_TRUE(charged);
  EXPECT_EQ(charged->amount, usd("0.001"));
  EXPECT_EQ(charged->model, "first");
  EXPECT_EQ(charged->price_version, "test 1");
  EXPECT_EQ(charged->currency.text(), "USD");
}

TEST(PriceBook, OurNamesOfProvidersAndResellersAreFound) {
  const PriceBook book(catalogue());
  EXPECT_NE(book.find("xai", "grok-5"), nullptr);
  EXPECT_NE(book.find("azure_openai", "gpt-5"), nullptr);
  EXPECT_EQ(book.find("azure_openai", "grok-5"), nullptr);
  EXPECT_EQ(book.find("nobody", "gpt-5"), nullptr);
  EXPECT_EQ(book.find("openai", ""), nullptr);
}

TEST(PriceBook, ATierChangesThePriceAndAnUnknownOneHasNone) {
  const PriceBook book(catalogue());
  const auto amount = [&](std::string_view tier) {
    return book.amount({.provider = "openai", .model = "gpt-5", .tier = tier, .counts = {.input_tokens = 100}});
  };
  EXPECT_EQ(amount("batch"), usd("0.0005"));
  EXPECT_EQ(amount("priority"), usd("0.002"));
  EXPECT_EQ(amount("scale"), std::nullopt);
}

TEST(PriceBook, MoreNamesThanItKeepsAreStillAnswered) {
  const PriceBook book(catalogue());
  for (std::size_t i = 0; i <= PriceBook::kCacheMax + 1; ++i) {
    ASSERT_NE(book.find("openai", "gpt-" + std::to_string(i)), nullptr);
  }
  EXPECT_NE(book.find("openai", "gpt-0"), nullptr);
}

}  // namespace
}  // namespace keyledger::usage
