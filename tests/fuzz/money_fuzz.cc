// Amounts: what is taken is normal, and its digits are those that were given.
#include "base/money.h"
#include "fuzz/property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace keyledger;
  const std::string_view text = fuzz::text_of(data, size);
  static_cast<void>(Currency::parse(text));
  const Result<Amount> amount = parse_amount(text);
  if (!amount) return 0;
  fuzz::holds(amount->attos >= 0 && amount->attos < 1'000'000'000, "the small part is normal");
  fuzz::holds(*amount == Amount::normalised(amount->nanos, amount->attos), "and stays so");
  const Money money = to_money(*amount, Currency{});
  const std::string decimal = to_decimal(money.nanos);
  const Result<Amount> again = parse_amount(decimal);
  fuzz::holds(again.has_value(), "what is shown is read");
  fuzz::holds(again->nanos == money.nanos && again->attos == 0, "and is the same");
  static_cast<void>(to_display(money));
  const Amount half = divide(*amount, 2);
  fuzz::holds(half.attos >= 0 && half.attos < 1'000'000'000, "a part is normal, too");
  static_cast<void>(scale(*amount, static_cast<std::int64_t>(size) + 1, 1'000'000));
  return 0;
}
