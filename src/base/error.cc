#include "base/error.h"

#include <cstdio>
#include <cstdlib>

namespace keyledger {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::invalid_argument: return "invalid_argument";
    case Code::unauthenticated: return "unauthenticated";
    case Code::forbidden: return "forbidden";
    case Code::not_found: return "not_found";
    case Code::conflict: return "conflict";
    case Code::too_large: return "too_large";
    case Code::limit_exceeded: return "limit_exceeded";
    case Code::unavailable: return "unavailable";
    case Code::internal: return "internal";
  }
  std::unreachable();
}

void check_invariant(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "keyledger: broken invariant: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace keyledger
