// providers/others.h: every provider but OpenAI and Anthropic.
#pragma once

#include <memory>
#include <vector>

#include "providers/provider.h"

namespace keyledger::providers {

/// In the order in which a page shows them.
[[nodiscard]] std::vector<std::unique_ptr<Provider>> make_others(const Http* http, const Clock* clock);

}  // namespace keyledger::providers
