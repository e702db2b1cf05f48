// domain/billing/totals.h: what the lines of an invoice come to, with the tax of its customer.
#pragma once

#include "domain/billing/rating.h"

namespace keyledger::billing {

/// A rate in thousandths of a per cent: 19,000 is 19 %. `inclusive`: prices have the tax in them already.
struct TaxTerms {
  std::int64_t rate_milli_percent = 0;
  bool inclusive = false;
  bool operator==(const TaxTerms&) const = default;
};
BOOST_DESCRIBE_STRUCT(TaxTerms, (), (rate_milli_percent, inclusive))

inline constexpr std::int64_t kTaxRateMax = 100'000;

/// Holds: net + tax = total, and the lines add up to net, or to total where prices include the tax.
struct Totals {
  std::int64_t net_nanos = 0, tax_nanos = 0, total_nanos = 0;
  bool operator==(const Totals&) const = default;
};
BOOST_DESCRIBE_STRUCT(Totals, (), (net_nanos, tax_nanos, total_nanos))

/// The tax is rounded half up to the minor unit, once, from the sum. Errors: too_large, reason amount_too_large;
/// invalid_argument, reason out_of_range, for a rate below 0 or above 100 %.
[[nodiscard]] Result<Totals> totals_of(const std::vector<Line>& lines, const TaxTerms& tax, Currency currency);

}  // namespace keyledger::billing
