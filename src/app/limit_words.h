// app/limit_words.h: limits and charges as they are typed on a command line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace keyledger::app {

/// Digits that a 64-bit number can hold.
[[nodiscard]] bool is_whole(std::string_view text);
/// The digits without zeros in front, as JSON wants them; `text` is whole.
[[nodiscard]] std::string plain_digits(std::string_view text);

/// [{"metric": ..., "window": ..., "amount": ...}] from "rentals/day=5". Errors: reason usage.
[[nodiscard]] Result<std::string> limits_json(const std::vector<std::string>& given);
/// [{"metric": ..., "included": ..., "tiers": [...]}] from "rentals=10,100@2.00,1.50": ten are included, further ones
/// cost 2.00 up to the hundredth, and 1.50 from there on. Errors: reason usage.
[[nodiscard]] Result<std::string> charges_json(const std::vector<std::string>& given);

}  // namespace keyledger::app
