// domain/billing/rounding.h: the one place where money is rounded.
#pragma once

#include <cstdint>

#include "base/money.h"

namespace keyledger::billing {

/// Wide enough for 10^12 units at a price of 10^12 nanos each, times the days of a period.
__extension__ using Wide = __int128;

/// Nanos of the currency as an exact fraction: 20 of 31 days of a monthly price, say. `denominator` > 0.
struct Fraction {
  Wide numerator = 0;
  std::int64_t denominator = 1;
};

/// How many decimals the currency's coins have: 2 for most, 0 for JPY, 3 for KWD (ISO 4217).
[[nodiscard]] int minor_digits(Currency currency);
/// A cent, in nanos.
[[nodiscard]] std::int64_t minor_unit(Currency currency);

/// To the currency's minor unit, half up (half away from zero below zero, so that a credit undoes a charge).
/// Errors: too_large, reason amount_too_large, past +-9.2 * 10^9 units of the currency.
[[nodiscard]] Result<std::int64_t> round_to_minor(const Fraction& exact, Currency currency);
/// To whole nanos, the same way; for showing what was not rounded yet.
[[nodiscard]] Result<std::int64_t> round_to_nanos(const Fraction& exact);

}  // namespace keyledger::billing
