// providers/openai/openai.h: OpenAI: usage of every endpoint kind, billed costs, projects and keys of an organization.
#pragma once

#include <memory>

#include "providers/call.h"

namespace keyledger::providers {

/// `caller` outlives the provider.
[[nodiscard]] std::unique_ptr<Provider> make_openai(const Caller* caller);

}  // namespace keyledger::providers
