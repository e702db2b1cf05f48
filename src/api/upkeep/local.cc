#include "api/upkeep/local.h"

namespace keyledger::api {

Result<void> check_local_path(const Call& call, const std::string& path, std::string field) {
  if (call.who.actor.kind != service::ActorKind::local) {
    return fail(Code::forbidden,
                "Paths on the server's disk are for the command line on the same machine; leave " + field +
                    " out, or run keyledger there.",
                "local_only", std::move(field));
  }
  if (path.starts_with('/') && path.find('\0') == std::string::npos) return {};
  return fail(Code::invalid_argument, field + " is an absolute path.", "malformed_path", std::move(field));
}

}  // namespace keyledger::api
