// api/upkeep/local.h: what only the command line on this machine may say.
#pragma once

#include <string>

#include "api/call.h"

namespace keyledger::api {

/// A path on the server's disk: taken only through the local socket, whose file permission already guards as much.
/// Errors: forbidden, reason local_only; invalid_argument, reason malformed_path (it is not absolute, or has a NUL).
[[nodiscard]] Result<void> check_local_path(const Call& call, const std::string& path, std::string field);

}  // namespace keyledger::api
