// providers/openai/organization.h: the projects and keys that an admin key can see.
#pragma once

#include "providers/call.h"

namespace keyledger::providers::openai {

[[nodiscard]] Task<Discovery> discover_organization(const Caller* caller, Access access);

}  // namespace keyledger::providers::openai
