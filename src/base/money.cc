#include "base/money.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace keyledger {
namespace {

constexpr std::int64_t kBillion = 1'000'000'000;
__extension__ using Wide = __int128;

/// All of an amount as one integer of 10^-18.
Wide wide(const Amount& amount) {
  return static_cast<Wide>(amount.nanos) * kBillion + amount.attos;
}

bool fits(Wide attos) {
  const Wide limit = static_cast<Wide>(std::numeric_limits<std::int64_t>::max()) * kBillion;
  return attos <= limit && attos >= -limit;
}

Amount narrow(Wide attos) {
  check_invariant(fits(attos), "an amount left its range");
  Wide nanos = attos / kBillion;
  Wide rest = attos % kBillion;
  if (rest < 0) {
    rest += kBillion;
    nanos -= 1;
  }
  return {static_cast<std::int64_t>(nanos), static_cast<std::int64_t>(rest)};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct Decimal {
  bool negative = false;
  std::string digits{};       // without the point
  std::int64_t exponent = 0;  // value = digits * 10^exponent
};

/// Far past what any amount can use, and far from where adding the number of digits could overflow.
constexpr std::int64_t kExponentMax = 1'000'000;

/// "7", "+7" or "-7"; a larger one is brought back to +-kExponentMax, which means the same: too large, or nothing.
std::optional<std::int64_t> parse_exponent(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = std::min(value * 10 + (c - '0'), kExponentMax);
  }
  return negative ? -value : value;
}

Result<Decimal> parse_decimal(std::string_view text) {
  const auto malformed = [] { return fail(Code::invalid_argument, "an amount is a decimal number"); };
  Decimal decimal;
  if (text.size() > 400) return malformed();
  if (text.starts_with('-') || text.starts_with('+')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t mark = text.find_first_of("eE");
  if (mark != std::string_view::npos) {
    const std::optional<std::int64_t> exponent = parse_exponent(text.substr(mark + 1));
    if (!exponent) return malformed();
    decimal.exponent = *exponent;
    text = text.substr(0, mark);
  }
  const std::size_t point = text.find('.');
  decimal.digits = text.substr(0, point);
  if (point != std::string_view::npos) {
    const std::string_view fraction = text.substr(point + 1);
    if (fraction.empty()) return malformed();
    decimal.digits += fraction;
    decimal.exponent -= static_cast<std::int64_t>(fraction.size());
  }
  if (decimal.digits.empty()) return malformed();
  for (char c : decimal.digits) {
    if (!is_digit(c)) return malformed();
  }
  return decimal;
}

}  // namespace

Result<Currency> Currency::parse(std::string_view text) {
  Currency currency;
  if (text.size() != 3) return fail(Code::invalid_argument, "a currency has three letters, such as USD");
  for (std::size_t i = 0; i < 3; ++i) {
    const char c = text[i];
    const bool lower = c >= 'a' && c <= 'z';
    if (!lower && (c < 'A' || c > 'Z')) {
      return fail(Code::invalid_argument, "a currency has three letters, such as USD");
    }
    currency.letters_[i] = lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return currency;
}

Amount Amount::normalised(std::int64_t nanos, std::int64_t attos) {
  return narrow(static_cast<Wide>(nanos) * kBillion + attos);
}

Amount& Amount::operator+=(const Amount& other) {
  return *this = narrow(wide(*this) + wide(other));
}

Result<Amount> parse_amount(std::string_view text) {
  const Result<Decimal> decimal = parse_decimal(text);
  if (!decimal) return std::unexpected(decimal.error());
  const std::size_t first = decimal->digits.find_first_not_of('0');
  if (first == std::string::npos) return Amount{};
  const std::string_view digits = std::string_view{decimal->digits}.substr(first);
  // How many of the digits stand at or above the 18th decimal; the rest is cut off.
  const std::int64_t kept = static_cast<std::int64_t>(digits.size()) + decimal->exponent + 18;
  if (kept > 29) return fail(Code::too_large, "an amount is at most 9223372036 units");
  if (kept <= 0) return Amount{};
  Wide attos = 0;
  for (std::int64_t i = 0; i < kept; ++i) {
    const auto index = static_cast<std::size_t>(i);
    attos = attos * 10 + (index < digits.size() ? digits[index] - '0' : 0);
  }
  if (!fits(attos)) return fail(Code::too_large, "an amount is at most 9223372036 units");
  return narrow(decimal->negative ? -attos : attos);
}

Amount divide(const Amount& amount, std::int64_t divisor) {
  check_invariant(divisor > 0, "a divisor is positive");
  return narrow(wide(amount) / divisor);
}

Result<Amount> scale(const Amount& amount, std::int64_t factor, std::int64_t divisor) {
  check_invariant(divisor > 0, "a divisor is positive");
  // amount = quotient * divisor + rest, so that the product of the two large numbers is never formed. All parts have
  // the sign of the result: cutting off the last one is cutting off the whole.
  const Wide quotient = wide(amount) / divisor;
  const Wide rest = wide(amount) % divisor;
  Wide whole = 0;
  if (__builtin_mul_overflow(quotient, static_cast<Wide>(factor), &whole)) {
    return fail(Code::too_large, "the amount is too large");
  }
  // |rest| < 2^63 and |factor| <= 2^63: the product is at most 2^126.
  Wide sum = 0;
  if (__builtin_add_overflow(whole, rest * factor / divisor, &sum) || !fits(sum)) {
    return fail(Code::too_large, "the amount is too large");
  }
  return narrow(sum);
}

Money to_money(const Amount& amount, Currency currency) {
  // attos is never negative, so half away from zero is: up for positive values at the half, down for negative ones
  // below it.
  const bool negative = amount.nanos < 0;
  const bool up = negative ? amount.attos > kBillion / 2 : amount.attos >= kBillion / 2;
  return {currency, amount.nanos + (up ? 1 : 0)};
}

std::string to_decimal(std::int64_t nanos) {
  const Wide magnitude = nanos < 0 ? -static_cast<Wide>(nanos) : static_cast<Wide>(nanos);
  return fmt::format("{}{}.{:09}", nanos < 0 ? "-" : "", static_cast<std::int64_t>(magnitude / kBillion),
                     static_cast<std::int64_t>(magnitude % kBillion));
}

std::string to_display(const Money& money) {
  constexpr std::uint64_t kNanosPerCent = 10'000'000;
  const bool dollars = money.currency.text() == "USD";
  const std::string sign = dollars ? "$" : std::string{money.currency.text()} + " ";
  const auto bits = static_cast<std::uint64_t>(money.nanos);
  const std::uint64_t magnitude = money.nanos < 0 ? 0 - bits : bits;  // also of the smallest number
  if (magnitude != 0 && magnitude < kNanosPerCent) return fmt::format("<{}0.01", sign);
  const std::uint64_t cents = magnitude / kNanosPerCent + (magnitude % kNanosPerCent >= kNanosPerCent / 2 ? 1 : 0);
  return fmt::format("{}{}{}.{:02}", money.nanos < 0 ? "-" : "", sign, cents / 100, cents % 100);
}

}  // namespace keyledger
