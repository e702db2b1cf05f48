#include "domain/billing/rounding.h"

#include <algorithm>
#include <array>
#include <limits>

namespace keyledger::billing {
namespace {

constexpr std::array<std::string_view, 16> kNoCoins{"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
                                                    "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> kThousandths{"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};

/// numerator / denominator, in steps of `unit`, half away from zero.
Result<std::int64_t> round_to(const Fraction& exact, std::int64_t unit) {
  const Wide step = static_cast<Wide>(exact.denominator) * unit;
  const bool negative = exact.numerator < 0;
  const Wide size = negative ? -exact.numerator : exact.numerator;
  const Wide rounded = (size + step / 2) / step * unit;
  if (rounded > std::numeric_limits<std::int64_t>::max()) {
    return fail(Code::too_large, "The amount is larger than 9.2 billion units of the currency.", "amount_too_large");
  }
  return static_cast<std::int64_t>(negative ? -rounded : rounded);
}

}  // namespace

int minor_digits(Currency currency) {
  if (std::ranges::find(kNoCoins, currency.text()) != kNoCoins.end()) return 0;
  return std::ranges::find(kThousandths, currency.text()) != kThousandths.end() ? 3 : 2;
}

std::int64_t minor_unit(Currency currency) {
  std::int64_t unit = 1'000'000'000;
  for (int i = 0; i < minor_digits(currency); ++i) unit /= 10;
  return unit;
}

Result<std::int64_t> round_to_minor(const Fraction& exact, Currency currency) {
  return round_to(exact, minor_unit(currency));
}

Result<std::int64_t> round_to_nanos(const Fraction& exact) {
  return round_to(exact, 1);
}

}  // namespace keyledger::billing
