// providers/anthropic/anthropic.h: Anthropic: messages usage and cost of an organization, its workspaces and keys.
#pragma once

#include <memory>

#include "providers/call.h"

namespace keyledger::providers {

/// `caller` outlives the provider.
[[nodiscard]] std::unique_ptr<Provider> make_anthropic(const Caller* caller);

}  // namespace keyledger::providers
