// app/exit_code.h: what the program says to the shell when it ends.
#pragma once

#include <string>

#include "base/error.h"

namespace keyledger::app {

enum class ExitCode : int {
  ok = 0,
  failed = 1,       // something went wrong that has no number of its own
  usage = 2,        // the command line or a setting is wrong
  not_found = 3,    // nothing with that id or name
  unavailable = 4,  // no server, no provider, a full disk: try again later
  bad_news = 5,     // it worked, and the answer is no: a key that does not work, an audit log that is broken
  refused = 6,      // not signed in, or not allowed to
};

[[nodiscard]] ExitCode exit_code_of(Code code);

/// The table above as text, for --help.
[[nodiscard]] std::string exit_codes_help();

}  // namespace keyledger::app
