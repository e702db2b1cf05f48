// api/door/prompt_calls.h: the calls that customers make most, answered without a coroutine and without a copy. What is
// out of the ordinary, all refusals included, is left to the routes' handlers (forward_auth.cc, guard.cc).
#pragma once

#include <memory>

#include "api/api.h"

namespace keyledger::api {

/// GET /api/forward-auth of an admitted call.
[[nodiscard]] std::unique_ptr<net::PromptCall> prompt_forward_auth(const Services* services);
/// GET /api/accounts/available of an admitted call for a website that there is.
[[nodiscard]] std::unique_ptr<net::PromptCall> prompt_available(const Services* services);

}  // namespace keyledger::api
