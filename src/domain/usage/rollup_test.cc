#include "domain/usage/rollup.h"

#include <gtest/gtest.h>

#include <random>

namespace keyledger::usage {
namespace {

Amount usd(std::string_view decimal) {
  return *parse_amount(decimal);
}

PriceBook book() {
  PriceSet set;
  set[Measure::input] = Rate{usd("10"), {}};
  set[Measure::output] = Rate{usd("30"), {}};
  ModelPrices model{.id = "priced", .match = *make_rule(MatchKind::starts_with, "priced"), .prices = {{.prices = set}}};
  return PriceBook({.version = "1", .providers = {{.id = "openai", .models = {model}}}});
}

UsageLine line(std::int64_t project, std::int64_t key, std::int64_t model, std::string_view name, Counts counts) {
  return {.project = project, .key = key, .model = model, .label = model, .model_name = name, .counts = counts};
}

TEST(RollUp, EveryBreakdownAddsUpToTheSameTotal) {
  const PriceBook prices = book();
  const std::vector<UsageLine> usage{line(1, 10, 100, "priced-a", {.requests = 2, .input_tokens = 1000}),
                                     line(2, 11, 101, "priced-b", {.requests = 1, .input_tokens = 3000}),
                                     line(0, 0, 100, "priced-a", {.output_tokens = 100})};
  const Rollup rollup = roll_up({.provider = "openai", .usage = usage}, prices);
  EXPECT_EQ(rollup.counts.at({Breakdown::total, 0}).input_tokens, 4000);
  EXPECT_EQ(rollup.counts.at({Breakdown::total, 0}).requests_unknown, 1);
  EXPECT_EQ(rollup.counts.at({Breakdown::key, 11}).input_tokens, 3000);
  EXPECT_EQ(rollup.counts.at({Breakdown::model, 100}).output_tokens, 100);
  EXPECT_EQ(rollup.costs.at({Breakdown::total, 0, {}, Basis::estimated}), usd("0.043"));
  for (const Breakdown by : {Breakdown::key, Breakdown::model, Breakdown::project}) {
    Amount sum;
    for (const auto& [key, amount] : rollup.costs) sum += key.by == by ? amount : Amount{};
    EXPECT_EQ(sum, usd("0.043"));
  }
  EXPECT_TRUE(rollup.unpriced.empty());
}

TEST(RollUp, AModelWithoutAPriceIsListedAndNotCountedAsZero) {
  const PriceBook prices = book();
  const std::vector<UsageLine> usage{line(0, 1, 7, "secret-model", {.requests = 4, .input_tokens = 9}),
                                     line(0, 1, 100, "priced", {.input_tokens = 1000})};
  const Rollup rollup = roll_up({.provider = "openai", .usage = usage}, prices);
  ASSERT_EQ(rollup.unpriced.size(), 1U);
  EXPECT_EQ(rollup.unpriced.at(7).requests, 4);
  EXPECT_EQ(rollup.unpriced.at(7).input_tokens, 9);
  EXPECT_FALSE(rollup.costs.contains({Breakdown::model, 7, {}, Basis::estimated}));
  EXPECT_EQ(rollup.costs.at({Breakdown::total, 0, {}, Basis::estimated}), usd("0.01"));
}

TEST(RollUp, WhatWasBilledWinsAndCurrenciesStayApart) {
  const PriceBook prices = book();
  const Currency euro = *Currency::parse("EUR");
  const std::vector<UsageLine> usage{line(0, 1, 7, "unknown", {.input_tokens = 9}),
                                     line(0, 1, 100, "priced", {.input_tokens = 1000})};
  const std::vector<CostLine> costs{{.key = 1, .amount = usd("5")}, {.key = 1, .currency = euro, .amount = usd("7")}};
  const Rollup rollup = roll_up({.provider = "openai", .billed = true, .usage = usage, .costs = costs}, prices);
  EXPECT_TRUE(rollup.unpriced.empty());
  EXPECT_EQ(rollup.costs.at({Breakdown::key, 1, {}, Basis::billed}), usd("5"));
  EXPECT_EQ(rollup.costs.at({Breakdown::key, 1, euro, Basis::billed}), usd("7"));
  for (const auto& [key, amount] : rollup.costs) EXPECT_EQ(key.basis, Basis::billed);
}

TEST(RollUp, ABillThatNamesNoKeyStaysWithTheOrganizationBesideTheListPriceOfEachKey) {
  const PriceBook prices = book();
  const std::vector<UsageLine> usage{line(0, 1, 100, "priced", {.input_tokens = 1000}),
                                     line(0, 2, 100, "priced", {.input_tokens = 2000})};
  const std::vector<CostLine> costs{{.amount = usd("5")}};
  const Rollup rollup = roll_up({.provider = "openai", .billed = true, .usage = usage, .costs = costs}, prices);
  EXPECT_EQ(rollup.costs.at({Breakdown::key, 0, {}, Basis::billed}), usd("5"));
  EXPECT_FALSE(rollup.costs.contains({Breakdown::key, 1, {}, Basis::billed}));
  EXPECT_EQ(rollup.costs.at({Breakdown::key, 1, {}, Basis::list}), usd("0.01"));
  EXPECT_EQ(rollup.costs.at({Breakdown::key, 2, {}, Basis::list}), usd("0.02"));
  EXPECT_FALSE(rollup.costs.contains({Breakdown::total, 0, {}, Basis::list}));
}

TEST(RollUp, AnHourIsOneSumAndAlwaysEstimated) {
  const PriceBook prices = book();
  const std::vector<UsageLine> usage{line(1, 1, 100, "priced", {.input_tokens = 1000}),
                                     line(2, 2, 7, "unknown", {.input_tokens = 1})};
  const Rollup rollup = roll_up({.provider = "openai", .span = Span::hour, .billed = true, .usage = usage}, prices);
  ASSERT_EQ(rollup.counts.size(), 1U);
  EXPECT_EQ(rollup.counts.at({Breakdown::hour, 0}).input_tokens, 1001);
  EXPECT_EQ(rollup.costs.at({Breakdown::hour, 0, {}, Basis::estimated}), usd("0.01"));
  EXPECT_TRUE(rollup.unpriced.empty());
}

TEST(RollUp, RandomLinesAddUpAsASlowObviousSum) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto pick = [&](int below) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(below)); };
  const PriceBook prices = book();
  std::vector<UsageLine> usage;
  for (int i = 0; i < 500; ++i) {
    const bool priced = pick(4) != 0;
    usage.push_back(line(pick(4), pick(6), priced ? 100 : 7, priced ? "priced" : "x",
                         {.requests = pick(2) != 0 ? std::optional{pick(9)} : std::nullopt,
                          .input_tokens = pick(100'000),
                          .output_tokens = pick(10'000)}));
  }
  const Rollup rollup = roll_up({.provider = "openai", .usage = usage}, prices);
  for (std::int64_t key = 0; key < 6; ++key) {
    std::int64_t tokens = 0;
    std::int64_t micros = 0;  // 10 dollars a million is 10 millionths of a dollar a token
    for (const UsageLine& one : usage) {
      if (one.key != key) continue;
      tokens += one.counts.input_tokens + one.counts.output_tokens;
      if (one.model == 100) micros += one.counts.input_tokens * 10 + one.counts.output_tokens * 30;
    }
    const Tally& tally = rollup.counts.at({Breakdown::key, key});
    EXPECT_EQ(tally.input_tokens + tally.output_tokens, tokens);
    EXPECT_EQ(rollup.costs.at({Breakdown::key, key, {}, Basis::estimated}), (Amount{micros * 1000, 0}));
  }
}

}  // namespace
}  // namespace keyledger::usage
