// app/child.h: runs a program of the operator's and takes its answer.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace keyledger::app {

struct ChildLimits {
  std::chrono::milliseconds patience{60'000};  // then it is killed, with what it has started
  std::size_t line_bytes_max = 1 << 10;
};

/// Runs `words` (a program and its arguments, no shell), gives it `input` on its standard input, and answers the first
/// line that it prints. It sees nothing of our environment but PATH, HOME, LANG and TZ: there may be secrets in it.
/// What it writes to its standard error is dropped. Blocks; gives up when `stop` turns true. Errors: unavailable,
/// reasons command_not_started, command_failed (another exit code than 0), command_timeout,
///         command_said_nothing. Never what the program printed.
[[nodiscard]] Result<Secret> first_line_of(const std::vector<std::string>& words, const Secret& input,
                                           const std::atomic<bool>* stop, ChildLimits limits = {});

}  // namespace keyledger::app
