#include "service/usage/figures.h"

#include <gtest/gtest.h>

namespace keyledger::service {
namespace {

using usage::Basis;
const Currency kEuro = Currency::parse("EUR").value();
Amount amount(std::string_view decimal) {
  return parse_amount(decimal).value();
}

TEST(Bill, CurrenciesStayApartAndTheLargestStandsFirst) {
  Bill bill;
  bill.add(Currency{}, Basis::billed, amount("1.5"));
  bill.add(Currency{}, Basis::estimated, amount("0.25"));
  bill.add(kEuro, Basis::billed, amount("7"));
  const Figures figures = bill.figures();
  ASSERT_EQ(figures.cost.size(), 2U);
  EXPECT_EQ(figures.cost[0].amount, "7.000000000");
  EXPECT_FALSE(figures.cost[0].estimated);
  EXPECT_EQ(figures.cost[1].amount, "1.750000000");
  EXPECT_TRUE(figures.cost[1].estimated);
  EXPECT_EQ(bill.main_currency(), kEuro);
}

TEST(Bill, ListPricesAreNoPartOfTheCost) {
  Bill bill;
  bill.add(Currency{}, Basis::list, amount("3"));
  EXPECT_TRUE(bill.figures().cost.empty());
  ASSERT_EQ(bill.list_price().size(), 1U);
  EXPECT_EQ(bill.list_price()[0].amount, "3.000000000");
}

TEST(Bill, RequestsAreUnknownOnlyWhereNobodyCountsThem) {
  Bill nothing;
  EXPECT_EQ(nothing.figures().requests, 0);
  Bill unknown;
  unknown.add(usage::Tally{.requests_unknown = 2, .input_tokens = 5});
  EXPECT_EQ(unknown.figures().requests, std::nullopt);
  EXPECT_FALSE(unknown.figures().requests_partial);
  Bill partial = unknown;
  partial.add(usage::Tally{.requests = 9, .requests_known = 1});
  EXPECT_EQ(partial.figures().requests, 9);
  EXPECT_TRUE(partial.figures().requests_partial);
}

TEST(Bill, TheCostOfAThousandRequestsIsRoundedHalfUpOnce) {
  Bill bill;
  bill.add(Currency{}, Basis::billed, amount("2"));
  bill.add(kEuro, Basis::estimated, amount("0.000000000000003"));
  EXPECT_TRUE(bill.figures().cost_per_thousand.empty()) << "no requests are known";
  bill.add(usage::Tally{.requests = 3, .requests_known = 1});
  const Figures figures = bill.figures();
  ASSERT_EQ(figures.cost_per_thousand.size(), 2U);
  EXPECT_EQ(figures.cost_per_thousand[0].amount, "666.666666667");
  EXPECT_EQ(figures.cost_per_thousand[1].amount, "0.000000000");
  EXPECT_TRUE(figures.cost_per_thousand[1].estimated);
  Bill half;
  half.add(Currency{}, Basis::billed, amount("0.0000000000015"));
  half.add(usage::Tally{.requests = 1, .requests_known = 1});
  EXPECT_EQ(half.figures().cost_per_thousand[0].amount, "0.000000002");
}

TEST(Bill, WhereSomeRequestsAreUnknownOrThereAreNoneAThousandHaveNoCost) {
  Bill none;
  none.add(Currency{}, Basis::billed, amount("2"));
  none.add(usage::Tally{.requests = 0, .requests_known = 1});
  EXPECT_TRUE(none.figures().cost_per_thousand.empty());
  Bill partly;
  partly.add(Currency{}, Basis::billed, amount("2"));
  partly.add(usage::Tally{.requests = 5, .requests_known = 1, .requests_unknown = 1});
  EXPECT_TRUE(partly.figures().cost_per_thousand.empty());
}

TEST(Bill, AmountsAtTheEdgeOfTheirRangeStopThereByTheThousand) {
  Bill bill;
  bill.add(Currency{}, Basis::billed, amount("9000000000"));
  bill.add(usage::Tally{.requests = 1, .requests_known = 1});
  EXPECT_EQ(bill.figures().cost_per_thousand[0].amount, "9223372036.854775807");
}

TEST(Bill, TokensAreInputAndOutput) {
  Bill bill;
  EXPECT_EQ(bill.figures().tokens, 0);
  bill.add(usage::Tally{.input_tokens = 5, .cached_tokens = 3, .output_tokens = 7});
  EXPECT_EQ(bill.figures().tokens, 12);
}

TEST(Bill, AddingABillAddsAllOfIt) {
  Bill left;
  left.add(Currency{}, Basis::billed, amount("1"));
  Bill right;
  right.add(Currency{}, Basis::estimated, amount("2"));
  right.add(kEuro, Basis::billed, amount("4"));
  right.add(usage::Tally{.cache_write_tokens = 3, .cache_write_1h_tokens = 4});
  left.add(right);
  EXPECT_EQ(left.cost(Currency{}), amount("3"));
  EXPECT_EQ(left.cost(kEuro), amount("4"));
  EXPECT_EQ(left.figures().cache_write_tokens, 7);
}

TEST(Permille, IsBetweenNothingAndTheWhole) {
  EXPECT_EQ(permille(amount("1"), amount("4")), 250);
  EXPECT_EQ(permille(amount("4"), amount("4")), 1000);
  EXPECT_EQ(permille(amount("5"), amount("4")), 1000);
  EXPECT_EQ(permille(amount("-1"), amount("4")), 0);
  EXPECT_EQ(permille(amount("1"), amount("0")), 0);
}

}  // namespace
}  // namespace keyledger::service
