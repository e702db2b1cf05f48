#include "base/money.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace keyledger {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kBillion = 1'000'000'000;
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

Wide wide(const Amount& amount) {
  return static_cast<Wide>(amount.nanos) * kBillion + amount.attos;
}
Wide limit() {
  return static_cast<Wide>(kMax) * kBillion;
}

TEST(CurrencyTest, IsThreeLettersInEitherCase) {
  EXPECT_EQ(Currency{}.text(), "USD");
  EXPECT_EQ(Currency::parse("usd").value_or(Currency{}).text(), "USD");
  EXPECT_EQ(Currency::parse("CnY").value_or(Currency{}).text(), "CNY");
  for (const char* text : {"", "US", "USDT", "U D", "U1D", "US$", "\xc3\xa9U"}) {
    ASSERT_FALSE(Currency::parse(text)) << text;
    EXPECT_EQ(Currency::parse(text).error().code, Code::invalid_argument);
  }
}

TEST(ParseAmount, ReadsDecimalsWithoutLosingAny) {
  const struct {
    const char* text;
    Amount want;
  } cases[] = {
      {"0", {0, 0}},
      {"-0", {0, 0}},
      {"0.000", {0, 0}},
      {"1", {kBillion, 0}},
      {"+1", {kBillion, 0}},
      {"001", {kBillion, 0}},
      {".5", {500'000'000, 0}},
      {"0.001589850000000000000000000000", {1'589'850, 0}},
      {"0.000000000000000001", {0, 1}},
      {"0.0000000000000000019", {0, 1}},  // cut off towards zero
      {"0.0000000000000000009", {0, 0}},
      {"-0.000000000000000001", {-1, kBillion - 1}},
      {"-0.0000000000000000019", {-1, kBillion - 1}},
      {"-12", {-12 * kBillion, 0}},
      {"-12.3456789012345678", {-12'345'678'902, 765'432'200}},
      {"1.5e-7", {150, 0}},
      {"1.5E-10", {0, 150'000'000}},
      {"1e3", {1000 * kBillion, 0}},
      {"1e+3", {1000 * kBillion, 0}},
      {"12345e-2", {123'450'000'000, 0}},
      {"0e999999999999999999999", {0, 0}},
      {"0.0e-99999999999999999999", {0, 0}},
      {"1e-19", {0, 0}},
      {"1e-99999999999999999999", {0, 0}},
      {"1e-9223372036854775808", {0, 0}},
      {"0.00000000000000000000000000001e29", {kBillion, 0}},
      {"9223372036.854775807", {kMax, 0}},
      {"9223372036.8547758070000000009", {kMax, 0}},  // the excess is past the 18th decimal
      {"-9223372036.854775807", {-kMax, 0}},
      {"9223372036.854775806999999999", {kMax - 1, kBillion - 1}},
  };
  for (const auto& c : cases) {
    const Result<Amount> amount = parse_amount(c.text);
    ASSERT_TRUE(amount) << c.text << ": " << amount.error().message;
    EXPECT_EQ(*amount, c.want) << c.text << ": " << amount->nanos << " " << amount->attos;
  }
}

TEST(ParseAmount, RefusesWhatIsOutOfRange) {
  for (const char* text : {"9223372036.854775808", "9223372036.854775807000000001", "-9223372036.854775807000000001",
                           "-9223372036.854775808", "9223372037", "1e10", "1e400", "-1e400", "1e9223372036854775807",
                           "1e99999999999999999999", "99999999999999999999"}) {
    const Result<Amount> amount = parse_amount(text);
    ASSERT_FALSE(amount) << text;
    EXPECT_EQ(amount.error().code, Code::too_large) << text;
  }
}

TEST(ParseAmount, RefusesWhatIsNoDecimal) {
  for (const std::string& text :
       {std::string{},        std::string{"."},     std::string{"-"},        std::string{"+"},
        std::string{"1."},    std::string{"--1"},   std::string{"+-1"},      std::string{"1,5"},
        std::string{" 1"},    std::string{"1 "},    std::string{"1e"},       std::string{"e1"},
        std::string{"1e+"},   std::string{"1e+-5"}, std::string{"1e1.5"},    std::string{"1e1e1"},
        std::string{"1.2.3"}, std::string{"0x10"},  std::string{"Infinity"}, std::string{"NaN"},
        std::string{"$1"},    std::string{"1-"},    std::string("1\0", 2),   std::string(401, '1')}) {
    const Result<Amount> amount = parse_amount(text);
    ASSERT_FALSE(amount) << text;
    EXPECT_EQ(amount.error().code, Code::invalid_argument) << text;
  }
}

TEST(AmountTest, CarriesBetweenItsParts) {
  EXPECT_EQ(Amount::normalised(1, kBillion), (Amount{2, 0}));
  EXPECT_EQ(Amount::normalised(0, -1), (Amount{-1, kBillion - 1}));
  EXPECT_EQ(Amount::normalised(5, 3 * kBillion + 7), (Amount{8, 7}));
  EXPECT_EQ(Amount::normalised(-5, 3 * kBillion + 7), (Amount{-2, 7}));
  EXPECT_EQ((Amount{1, 600'000'000} + Amount{2, 500'000'000}), (Amount{4, 100'000'000}));
  EXPECT_EQ((Amount{-1, 999'999'999} + Amount{0, 1}), (Amount{0, 0}));
}

TEST(AmountDeathTest, LeavingTheRangeIsABrokenInvariant) {
  EXPECT_DEATH((void)(Amount{kMax, 0} + Amount{0, 1}), "left its range");
  EXPECT_DEATH((void)Amount::normalised(kMin, 0), "left its range");
  EXPECT_DEATH((void)divide(Amount{1, 0}, 0), "divisor");
}

TEST(AmountTest, DividesTowardsZero) {
  EXPECT_EQ(divide(Amount{123'450'000'000, 0}, 100), (Amount{1'234'500'000, 0}));  // 123.45 cents are 1.2345 dollars
  EXPECT_EQ(divide(Amount{0, 199}, 100), (Amount{0, 1}));
  EXPECT_EQ(divide(Amount::normalised(0, -199), 100), Amount::normalised(0, -1));
  EXPECT_EQ(divide(Amount{kMax, 0}, 1), (Amount{kMax, 0}));
}

TEST(AmountTest, ScalesTokensByAPricePerMillion) {
  const Amount three_dollars{3 * kBillion, 0};
  EXPECT_EQ(scale(three_dollars, 1, 1'000'000).value_or(Amount{}), (Amount{3000, 0}));
  EXPECT_EQ(scale(three_dollars, 271'999, 1'000'000).value_or(Amount{}), (Amount{815'997'000, 0}));
  EXPECT_EQ(scale(three_dollars, -1, 1'000'000).value_or(Amount{}), (Amount{-3000, 0}));
  EXPECT_EQ(scale(Amount{0, 1}, 999'999, 1'000'000).value_or(Amount{1, 1}), (Amount{0, 0}));  // cut off
  EXPECT_EQ(scale(three_dollars, 0, 1).value_or(Amount{1, 1}), (Amount{0, 0}));
  // 2^31 tokens at $100 per million.
  EXPECT_EQ(scale(Amount{100 * kBillion, 0}, 1LL << 31, 1'000'000).value_or(Amount{}),
            (Amount{214'748'364'800'000, 0}));
}

TEST(AmountTest, ScaleIsExactWhereverTheResultFits) {
  EXPECT_EQ(scale(Amount{kMax, 0}, kMax, kMax).value_or(Amount{}), (Amount{kMax, 0}));  // the product has 156 bits
  EXPECT_EQ(scale(Amount{kMax, 0}, -kMax, kMax).value_or(Amount{}), (Amount{-kMax, 0}));
  EXPECT_EQ(scale(Amount{kMax, 0}, 2, 1).error().code, Code::too_large);
  EXPECT_EQ(scale(Amount{kMax, 0}, kMax, 1).error().code, Code::too_large);
  EXPECT_EQ(scale(Amount{kMax, 0}, kMin, 1).error().code, Code::too_large);
  EXPECT_EQ(scale(Amount{kMax, 0}, kMax, kMax - 1).error().code, Code::too_large);
}

TEST(ToMoney, RoundsHalfAwayFromZeroOnce) {
  const std::int64_t half = kBillion / 2;
  const struct {
    Amount amount;
    std::int64_t nanos;
  } cases[] = {
      {{1, 0}, 1},          {{1, half - 1}, 1},  {{1, half}, 2},           {{1, half + 1}, 2},
      {{0, half}, 1},       {{-1, half}, -1},  // -0.5
      {{-1, half - 1}, -1}, {{-1, half + 1}, 0}, {{-2, half}, -2},         {{-2, half + 1}, -1},
      {{kMax, 0}, kMax},    {{-kMax, 0}, -kMax}, {{kMax - 1, half}, kMax},
  };
  for (const auto& c : cases)
    EXPECT_EQ(to_money(c.amount, {}).nanos, c.nanos) << c.amount.nanos << " " << c.amount.attos;
}

TEST(ToDecimal, HasNineDecimalsAlways) {
  EXPECT_EQ(to_decimal(0), "0.000000000");
  EXPECT_EQ(to_decimal(12'345'678'900), "12.345678900");
  EXPECT_EQ(to_decimal(-1), "-0.000000001");
  EXPECT_EQ(to_decimal(-kBillion), "-1.000000000");
  EXPECT_EQ(to_decimal(kMax), "9223372036.854775807");
  EXPECT_EQ(to_decimal(kMin), "-9223372036.854775808");
}

TEST(ToDisplay, HasTwoDecimalsAndNeverHidesAnAmount) {
  const Currency euro = Currency::parse("EUR").value_or(Currency{});
  const struct {
    Money money;
    const char* want;
  } cases[] = {
      {{{}, 0}, "$0.00"},
      {{{}, 12'345'000'000}, "$12.35"},
      {{{}, 12'344'999'999}, "$12.34"},
      {{{}, -12'345'000'000}, "-$12.35"},
      {{{}, 10'000'000}, "$0.01"},
      {{{}, 9'999'999}, "<$0.01"},
      {{{}, 1}, "<$0.01"},
      {{{}, kMax}, "$9223372036.85"},
      {{{}, kMin}, "-$9223372036.85"},
      {{euro, 1'500'000'000}, "EUR 1.50"},
      {{euro, 1}, "<EUR 0.01"},
  };
  for (const auto& c : cases) EXPECT_EQ(to_display(c.money), c.want);
}

/// The slow and obvious way: the digits one after the other into 10^-18, from text that is at most 9 + 18 digits long.
Wide model_parse(const std::string& whole, const std::string& fraction, bool negative) {
  Wide value = 0;
  for (const char c : whole) value = value * 10 + (c - '0');
  for (std::size_t i = 0; i < 18; ++i) value = value * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  return negative ? -value : value;
}

class MoneyModel : public testing::Test {
 protected:
  std::string digits(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('0' + random_() % 10);
    return text;
  }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>{low, high}(random_);
  }

  unsigned seed_ = std::random_device{}();
  testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
  std::mt19937_64 random_{seed_};
};

TEST_F(MoneyModel, ParsingAgreesWithTheObviousWay) {
  for (int i = 0; i < 20'000; ++i) {
    const std::string whole = digits(static_cast<std::size_t>(between(1, 9)));
    const std::string fraction = digits(static_cast<std::size_t>(between(1, 30)));
    const bool negative = between(0, 1) == 1;
    const std::string text = (negative ? "-" : "") + whole + "." + fraction;
    const Result<Amount> amount = parse_amount(text);
    ASSERT_TRUE(amount) << text;
    ASSERT_TRUE(wide(*amount) == model_parse(whole, fraction, negative)) << text;
    ASSERT_TRUE(amount->attos >= 0 && amount->attos < kBillion) << text;
  }
}

TEST_F(MoneyModel, SumsAndQuotientsAgreeWithTheObviousWay) {
  for (int i = 0; i < 20'000; ++i) {
    const Amount left{between(-kMax / 2, kMax / 2 - 1), between(0, kBillion - 1)};
    const Amount right{between(-kMax / 2, kMax / 2 - 1), between(0, kBillion - 1)};
    ASSERT_TRUE(wide(left + right) == wide(left) + wide(right));
    const std::int64_t divisor = between(1, 2'000'000);
    ASSERT_TRUE(wide(divide(left, divisor)) == wide(left) / divisor);
  }
}

TEST_F(MoneyModel, ScalingAgreesWithTheObviousWayWhereThatFits) {
  for (int i = 0; i < 20'000; ++i) {
    const Amount price{between(-1'000 * kBillion, 1'000 * kBillion), between(0, kBillion - 1)};
    const std::int64_t tokens = between(-1'000'000'000'000, 1'000'000'000'000);
    const Wide want = wide(price) * tokens / 1'000'000;  // 10^21 * 10^12: 110 bits
    const Result<Amount> got = scale(price, tokens, 1'000'000);
    if (want > limit() || want < -limit()) {
      ASSERT_FALSE(got);
    } else {
      ASSERT_TRUE(got);
      ASSERT_TRUE(wide(*got) == want);
    }
  }
}

TEST_F(MoneyModel, RoundingAgreesWithTheObviousWay) {
  for (int i = 0; i < 20'000; ++i) {
    const Amount amount{between(-5, 5), between(0, 20) == 0 ? kBillion / 2 : between(0, kBillion - 1)};
    const Wide value = wide(amount);
    const Wide magnitude = value < 0 ? -value : value;
    const Wide rounded = (magnitude + kBillion / 2) / kBillion;
    ASSERT_EQ(to_money(amount, {}).nanos, static_cast<std::int64_t>(value < 0 ? -rounded : rounded));
  }
}

}  // namespace
}  // namespace keyledger
