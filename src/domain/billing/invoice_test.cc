#include "domain/billing/invoice.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace keyledger::billing {
namespace {

constexpr std::int64_t kDollar = 1'000'000'000;
constexpr std::int64_t kCent = kDollar / 100;

Invoice billed(Totals totals, std::string_view currency = "USD") {
  Invoice invoice;
  invoice.currency = Currency::parse(currency).value();
  invoice.totals = totals;
  return invoice;
}

TEST(InvoiceNumber, HasFourDigitsAndMoreWhereAYearHasMore) {
  EXPECT_EQ(invoice_number(2026, 1), "2026-0001");
  EXPECT_EQ(invoice_number(2026, 9'999), "2026-9999");
  EXPECT_EQ(invoice_number(2026, 10'000), "2026-10000");
  EXPECT_EQ(credit_note_number(2027, 12), "CN-2027-0012");
}

TEST(Credit, TakesNetAndTaxInProportion) {
  const Result<Totals> half = credit_of(billed({100 * kDollar, 19 * kDollar, 119 * kDollar}), {}, 5'950 * kCent);
  ASSERT_TRUE(half);
  EXPECT_EQ(*half, (Totals{50 * kDollar, 950 * kCent, 5'950 * kCent}));
}

TEST(Credit, OfTheWholeTakesBackExactlyWhatWasBilled) {
  const Totals totals{1'003 * kCent, 191 * kCent, 1'194 * kCent};
  EXPECT_EQ(credit_of(billed(totals), {}, totals.total_nanos), totals);
}

TEST(Credit, ManySmallOnesAddUpToTheInvoice) {
  const Totals totals{1'003 * kCent, 191 * kCent, 1'194 * kCent};
  Totals credited;
  while (credited.total_nanos < totals.total_nanos) {
    const std::int64_t next = std::min(7 * kCent, totals.total_nanos - credited.total_nanos);
    const Result<Totals> note = credit_of(billed(totals), credited, next);
    ASSERT_TRUE(note);
    EXPECT_EQ(note->net_nanos + note->tax_nanos, note->total_nanos);
    EXPECT_GE(note->net_nanos, 0);
    EXPECT_GE(note->tax_nanos, 0);
    credited.net_nanos += note->net_nanos;
    credited.tax_nanos += note->tax_nanos;
    credited.total_nanos += note->total_nanos;
  }
  EXPECT_EQ(credited, totals);
}

TEST(Credit, OfTheLargestInvoiceIsExact) {
  const std::int64_t whole = 9'000'000'000 * kDollar;
  EXPECT_EQ(credit_of(billed({whole, 0, whole}), {}, whole), (Totals{whole, 0, whole}));
}

TEST(Credit, IsNeverMoreThanWhatIsLeftNorLessThanACoin) {
  const Totals totals{10 * kDollar, 0, 10 * kDollar};
  EXPECT_EQ(credit_of(billed(totals), {}, 10 * kDollar + kCent).error().reason, "over_credit");
  const Totals credited{9 * kDollar, 0, 9 * kDollar};
  EXPECT_TRUE(credit_of(billed(totals), credited, kDollar));
  EXPECT_EQ(credit_of(billed(totals), credited, kDollar + kCent).error().field, "total");
  EXPECT_EQ(credit_of(billed(totals), {}, 0).error().reason, "out_of_range");
  EXPECT_EQ(credit_of(billed(totals), {}, -kCent).error().reason, "out_of_range");
  EXPECT_EQ(credit_of(billed(totals), {}, kCent / 10).error().reason, "out_of_range");
  EXPECT_EQ(credit_of(billed(totals, "JPY"), {}, kCent).error().reason, "out_of_range");
  EXPECT_TRUE(credit_of(billed(totals, "KWD"), {}, kCent / 10));
}

TEST(SharedOut, GivesTheLargestRemaindersWhatIsOver) {
  EXPECT_EQ(shared_out(100, {1, 1, 1}), (std::vector<std::int64_t>{34, 33, 33}));
  EXPECT_EQ(shared_out(10, {1, 3, 2}), (std::vector<std::int64_t>{2, 5, 3}));
  EXPECT_EQ(shared_out(-10, {1, 3, 2}), (std::vector<std::int64_t>{-2, -5, -3}));
  EXPECT_EQ(shared_out(7, {0, 0}), (std::vector<std::int64_t>{7, 0}));
  EXPECT_EQ(shared_out(0, {4, 5}), (std::vector<std::int64_t>{0, 0}));
  EXPECT_TRUE(shared_out(7, {}).empty());
}

TEST(SharedOut, AddsUpToTheWholeForAnyWeights) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::int64_t> weights(1 + random() % 20);
    for (std::int64_t& weight : weights) {
      weight = static_cast<std::int64_t>(random() >> (1 + random() % 60));
      if (random() % 4 == 0) weight = 0;
    }
    const auto whole = static_cast<std::int64_t>(random()) >> (random() % 60);
    const std::vector<std::int64_t> shares = shared_out(whole, weights);
    EXPECT_EQ(std::accumulate(shares.begin(), shares.end(), std::int64_t{0}), whole);
  }
}

}  // namespace
}  // namespace keyledger::billing
