#include "app/exit_code.h"

namespace keyledger::app {

ExitCode exit_code_of(Code code) {
  switch (code) {
    case Code::not_found: return ExitCode::not_found;
    case Code::unavailable:
    case Code::limit_exceeded: return ExitCode::unavailable;
    case Code::unauthenticated:
    case Code::forbidden: return ExitCode::refused;
    case Code::invalid_argument:
    case Code::conflict:
    case Code::too_large:
    case Code::internal: return ExitCode::failed;
  }
  std::unreachable();
}

std::string exit_codes_help() {
  return "Exit codes:\n"
         "  0  done\n"
         "  1  failed\n"
         "  2  the command line or a setting is wrong\n"
         "  3  there is nothing with that id\n"
         "  4  the server, the provider or the disk is not available: try again later\n"
         "  5  it worked, and the answer is no: a key that does not work, an audit log that is broken\n"
         "  6  not signed in, or not allowed\n";
}

}  // namespace keyledger::app
