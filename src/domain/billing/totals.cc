#include "domain/billing/totals.h"

#include "domain/billing/rounding.h"

namespace keyledger::billing {

Result<Totals> totals_of(const std::vector<Line>& lines, const TaxTerms& tax, Currency currency) {
  if (tax.rate_milli_percent < 0 || tax.rate_milli_percent > kTaxRateMax) {
    return fail(Code::invalid_argument, "A tax rate is from 0 to 100 per cent.", "out_of_range", "tax_rate");
  }
  Wide sum = 0;
  for (const Line& line : lines) sum += line.amount_nanos;
  const Result<std::int64_t> gross = round_to_minor({sum}, currency);
  if (!gross) return std::unexpected(gross.error());
  const std::int64_t base = tax.inclusive ? kTaxRateMax + tax.rate_milli_percent : kTaxRateMax;
  const Result<std::int64_t> rounded = round_to_minor({sum * tax.rate_milli_percent, base}, currency);
  if (!rounded) return std::unexpected(rounded.error());
  if (tax.inclusive) return Totals{*gross - *rounded, *rounded, *gross};
  const Result<std::int64_t> total = round_to_minor({sum + *rounded}, currency);
  if (!total) return std::unexpected(total.error());
  return Totals{*gross, *rounded, *total};
}

}  // namespace keyledger::billing
