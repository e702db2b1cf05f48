#include "providers/collect.h"

#include <gtest/gtest.h>

#include "providers/answers.h"
#include "providers/testing_rows.h"

namespace keyledger::providers {
namespace {

using testing::as_lines;
using testing::at;

const FetchRequest kTwoDays = testing::days("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z");

usage::UsageRow use(std::string_view start, std::string model, std::int64_t tokens) {
  usage::UsageRow row;
  row.start = at(start);
  row.model = std::move(model);
  row.counts.requests = 1;
  row.counts.input_tokens = tokens;
  return row;
}

std::string finished(Dataset dataset, std::optional<keys::Finding> finding = std::nullopt) {
  Fetched fetched;
  dataset.finish(fetched, std::move(finding));
  return as_lines(fetched);
}

TEST(Dataset, RowsThatDifferInNothingButCountsBecomeOne) {
  Dataset dataset{"completions", kTwoDays};
  dataset.add(use("2026-11-01T05:00:00Z", "a", 10));
  dataset.add(use("2026-11-01T00:00:00Z", "a", 5));
  dataset.add(use("2026-11-02T00:00:00Z", "a", 1));
  EXPECT_EQ(finished(std::move(dataset)),
            "usage completions 2026-11-01T00:00:00Z [] [] [a] [] requests=2 input_tokens=15\n"
            "usage completions 2026-11-02T00:00:00Z [] [] [a] [] requests=1 input_tokens=1\n"
            "complete completions\n");
}

TEST(Dataset, UnknownRequestsMakeASumUnknown) {
  Dataset dataset{"completions", kTwoDays};
  dataset.add(use("2026-11-01T00:00:00Z", "a", 10));
  usage::UsageRow unknown = use("2026-11-01T00:00:00Z", "a", 5);
  unknown.counts.requests.reset();
  dataset.add(unknown);
  EXPECT_EQ(finished(std::move(dataset)),
            "usage completions 2026-11-01T00:00:00Z [] [] [a] [] requests=? input_tokens=15\ncomplete completions\n");
}

TEST(Dataset, ARowOfNothingIsLeftOut) {
  Dataset dataset{"completions", kTwoDays};
  usage::UsageRow row = use("2026-11-01T00:00:00Z", "a", 0);
  row.counts.requests = 0;
  dataset.add(row);
  row.counts.requests.reset();
  dataset.add(row);
  EXPECT_EQ(finished(std::move(dataset)), "complete completions\n");
}

TEST(Dataset, CountsBeyondSixtyThreeBitsStopThere) {
  Dataset dataset{"completions", kTwoDays};
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  dataset.add(use("2026-11-01T00:00:00Z", "a", kMax));
  dataset.add(use("2026-11-01T00:00:00Z", "a", 1));
  Fetched fetched;
  dataset.finish(fetched, std::nullopt);
  EXPECT_EQ(fetched.usage.at(0).counts.input_tokens, kMax);
}

TEST(Dataset, ARowOutsideTheRangeMakesItIncomplete) {
  for (const char* start : {"2026-10-31T23:59:59Z", "2026-11-03T00:00:00Z"}) {
    Dataset dataset{"completions", kTwoDays};
    dataset.add(use("2026-11-01T00:00:00Z", "a", 1));
    dataset.add(use(start, "a", 1));
    EXPECT_EQ(finished(std::move(dataset)), "finding malformed_answer 200\n");
  }
}

TEST(Dataset, ADoubtfulNumberIsToldAndTheRestKept) {
  Dataset dataset{"completions", kTwoDays};
  dataset.doubt();
  EXPECT_EQ(finished(std::move(dataset)), "complete completions\nfinding malformed_answer 200\n");
}

TEST(Dataset, WhatEndedEarlyGivesNoRows) {
  Dataset dataset{"completions", kTwoDays};
  dataset.add(use("2026-11-01T00:00:00Z", "a", 1));
  EXPECT_EQ(finished(std::move(dataset), keys::Finding{.code = "provider_error", .provider_status = 500}),
            "finding provider_error 500\n");
}

TEST(Dataset, AmountsAddUpExactlyAndNeverAcrossCurrencies) {
  Dataset dataset{"costs", kTwoDays};
  usage::CostRow row{.day = day_of(at("2026-11-01T00:00:00Z")), .amount = Amount{.nanos = 0, .attos = 999'999'999}};
  dataset.add(row);
  dataset.add(row);
  row.currency = Currency::parse("EUR").value();
  dataset.add(row);
  const std::string text = finished(std::move(dataset));
  EXPECT_NE(text.find("USD 1 nanos 999999998 attos"), std::string::npos) << text;
  EXPECT_NE(text.find("EUR 0 nanos 999999999 attos"), std::string::npos) << text;
}

TEST(Dataset, ASumOutOfRangeIsLostAndNotWrong) {
  Dataset dataset{"costs", kTwoDays};
  usage::CostRow row{.day = day_of(at("2026-11-01T00:00:00Z")),
                     .amount = Amount{.nanos = std::numeric_limits<std::int64_t>::max(), .attos = 0}};
  dataset.add(row);
  dataset.add(row);
  EXPECT_EQ(finished(std::move(dataset)), "finding malformed_answer 200\n");
}

TEST(Dataset, HasALimit) {
  Dataset dataset{"completions", kTwoDays, 3};
  for (int i = 0; i < 3; ++i) dataset.add(use("2026-11-01T00:00:00Z", std::to_string(i), 1));
  EXPECT_FALSE(dataset.full());
  dataset.add(use("2026-11-01T00:00:00Z", "one more", 1));
  EXPECT_TRUE(dataset.full());
  EXPECT_EQ(finished(std::move(dataset)), "finding answer_too_large 0\n");
}

TEST(Findings, OfTheSameKindAreToldOnce) {
  std::vector<keys::Finding> findings;
  add_finding(findings, {.code = "missing_scope", .missing_scopes = {"a"}});
  add_finding(findings, {.code = "missing_scope", .missing_scopes = {"a"}});
  add_finding(findings, {.code = "missing_scope", .missing_scopes = {"b"}});
  EXPECT_EQ(findings.size(), 2u);
}

TEST(MoneyLimits, AreWholeUnitsWhereTheCentsAllowIt) {
  EXPECT_EQ(money_limit("x", 10'000, Currency{}).limit, 100);
  EXPECT_EQ(money_limit("x", 10'000, Currency{}).unit, "USD");
  EXPECT_EQ(money_limit("x", 10'050, Currency{}).limit, 10'050);
  EXPECT_EQ(money_limit("x", 10'050, Currency{}).unit, "USD cents");
}

TEST(CountReader, TakesWhatCanBeACount) {
  const struct {
    const char* json;
    std::optional<std::int64_t> want;
    bool odd;
  } cases[] = {
      {"0", 0, false},
      {"5", 5, false},
      {"\"5\"", 5, false},
      {"5.0", 5, false},
      {"null", std::nullopt, false},
      {"-1", std::nullopt, true},
      {"1.5", std::nullopt, true},
      {"1e400", std::nullopt, true},
      {"\"x\"", std::nullopt, true},
      {"18446744073709551616", std::nullopt, true},
      {"{}", std::nullopt, true},
      {"true", std::nullopt, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.json);
    CountReader read;
    EXPECT_EQ(read.optional_count(json::parse(c.json).value()), c.want);
    EXPECT_EQ(read.odd(), c.odd);
  }
}

TEST(Answers, TimesAmountsAndCurrenciesAreReadOrNothing) {
  EXPECT_EQ(unix_seconds(json::parse("1793491200").value()), at("2026-11-01T00:00:00Z"));
  EXPECT_EQ(unix_seconds(json::parse("1793491200000").value()), std::nullopt);
  EXPECT_EQ(unix_seconds(json::parse("null").value()), std::nullopt);
  EXPECT_EQ(rfc3339_of(json::parse("\"2026-11-01T00:00:00Z\"").value()), at("2026-11-01T00:00:00Z"));
  EXPECT_EQ(rfc3339_of(json::parse("\"yesterday\"").value()), std::nullopt);
  EXPECT_EQ(amount_of(json::parse("\"0.5\"").value()), (Amount{.nanos = 500'000'000, .attos = 0}));
  EXPECT_EQ(amount_of(json::parse("0.5").value()), (Amount{.nanos = 500'000'000, .attos = 0}));
  EXPECT_EQ(amount_of(json::parse("1e400").value()), std::nullopt);
  EXPECT_EQ(amount_of(json::parse("true").value()), std::nullopt);
  EXPECT_EQ(currency_of(json::parse("\"usd\"").value()), Currency{});
  EXPECT_EQ(currency_of(json::parse("\"dollars\"").value()), std::nullopt);
}

}  // namespace
}  // namespace keyledger::providers
