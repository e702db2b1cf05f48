#include "domain/billing/rounding.h"

#include <gtest/gtest.h>

namespace keyledger::billing {
namespace {

Currency currency(std::string_view code) {
  return Currency::parse(code).value();
}

TEST(Rounding, KnowsHowManyDecimalsACurrencyHas) {
  EXPECT_EQ(minor_unit(currency("USD")), 10'000'000);
  EXPECT_EQ(minor_unit(currency("EUR")), 10'000'000);
  EXPECT_EQ(minor_unit(currency("JPY")), 1'000'000'000);
  EXPECT_EQ(minor_unit(currency("KWD")), 1'000'000);
}

TEST(Rounding, IsHalfUpAtTheMinorUnit) {
  const struct {
    Wide nanos;
    std::int64_t divisor;
    const char* code;
    std::int64_t rounded;
  } cases[] = {
      {0, 1, "USD", 0},
      {4'999'999, 1, "USD", 0},
      {5'000'000, 1, "USD", 10'000'000},
      {14'999'999, 1, "USD", 10'000'000},
      {15'000'000, 1, "USD", 20'000'000},
      {-5'000'000, 1, "USD", -10'000'000},
      {-4'999'999, 1, "USD", 0},
      {10'000'000'000, 3, "USD", 3'330'000'000},  // $10 / 3
      {20'000'000'000, 3, "USD", 6'670'000'000},  // the other two thirds
      {30'000'000, 6, "USD", 10'000'000},         // half a cent, exactly
      {499'999'999, 1, "JPY", 0},
      {500'000'000, 1, "JPY", 1'000'000'000},
      {1'499'999, 1, "KWD", 1'000'000},
      {1'500'000, 1, "KWD", 2'000'000},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(round_to_minor({each.nanos, each.divisor}, currency(each.code)).value(), each.rounded)
        << static_cast<std::int64_t>(each.nanos) << " / " << each.divisor << " " << each.code;
  }
}

TEST(Rounding, RefusesWhatDoesNotFit) {
  const Wide most = static_cast<Wide>(INT64_MAX) / 10'000'000 * 10'000'000;
  EXPECT_EQ(round_to_minor({most}, currency("USD")).value(), static_cast<std::int64_t>(most));
  EXPECT_EQ(round_to_minor({most + 10'000'000}, currency("USD")).error().reason, "amount_too_large");
  EXPECT_EQ(round_to_minor({-most - 10'000'000}, currency("USD")).error().reason, "amount_too_large");
}

}  // namespace
}  // namespace keyledger::billing
