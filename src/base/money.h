// base/money.h: amounts of money without floating point.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace keyledger {

/// An ISO 4217 code in capitals, such as USD. Amounts of different currencies are never added.
class Currency {
 public:
  constexpr Currency() = default;  // USD
  /// Reads three letters, in either case. Errors: invalid_argument.
  [[nodiscard]] static Result<Currency> parse(std::string_view text);
  [[nodiscard]] std::string_view text() const { return {letters_.data(), letters_.size()}; }
  auto operator<=>(const Currency&) const = default;

 private:
  std::array<char, 3> letters_{'U', 'S', 'D'};
};

/// A sum in units of 10^-18 of the currency, so that a provider's thousands of tiny rows add up without loss.
///
/// Shape:   value = nanos * 10^-9 + attos * 10^-18, with 0 <= attos < 10^9 (also for negative values).
///          Both parts fit a 64-bit column and may be summed there; `normalised` carries over afterwards.
/// Range:   +-9.2 * 10^9 units of the currency. Arithmetic past it is a broken invariant of the caller;
///          parsing past it is an error.
struct Amount {
  std::int64_t nanos = 0;
  std::int64_t attos = 0;

  [[nodiscard]] static Amount normalised(std::int64_t nanos, std::int64_t attos);
  auto operator<=>(const Amount&) const = default;
  Amount& operator+=(const Amount& other);
  friend Amount operator+(Amount left, const Amount& right) { return left += right; }
};

/// Reads decimal text such as "0.001589850000000000000000000000", "-12", "1.5e-7". Digits beyond the 18th
/// decimal are cut off towards zero. Errors: invalid_argument (not a decimal), too_large (out of range).
[[nodiscard]] Result<Amount> parse_amount(std::string_view decimal);

/// amount / divisor, for prices in hundredths: exact to 10^-18, the rest cut off towards zero. divisor > 0.
[[nodiscard]] Amount divide(const Amount& amount, std::int64_t divisor);
/// amount * factor / divisor in 128-bit steps, for tokens times a price per million; the rest is cut off
/// towards zero at 10^-18. Errors: too_large if the result leaves the range.
[[nodiscard]] Result<Amount> scale(const Amount& amount, std::int64_t factor, std::int64_t divisor);

/// Money as it is shown and billed: integer nanos of one currency.
struct Money {
  Currency currency{};
  std::int64_t nanos = 0;
  auto operator<=>(const Money&) const = default;
};

/// The one rounding: half away from zero at the ninth decimal.
[[nodiscard]] Money to_money(const Amount& amount, Currency currency);

/// "12.345678900": always nine decimals, as the API writes amounts.
[[nodiscard]] std::string to_decimal(std::int64_t nanos);
/// "$12.35" for people: two decimals, half away from zero; "<$0.01" for less than a cent but not nothing.
[[nodiscard]] std::string to_display(const Money& money);

}  // namespace keyledger
