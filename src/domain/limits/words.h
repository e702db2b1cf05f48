// domain/limits/words.h: limits in a person's words.
#pragma once

#include <string>

#include "domain/limits/limit.h"

namespace keyledger::limits {

/// "100 requests a day", "1 rental at once", "10,000 requests an hour".
[[nodiscard]] std::string in_words(const Limit& limit);

}  // namespace keyledger::limits
