// runtime/signals.h: being asked to stop by the terminal or by a service manager.
#pragma once

#include "runtime/task.h"

namespace keyledger::runtime {

/// Waits for SIGINT or SIGTERM and gives its number. From the first call on such a signal no longer ends the process
/// while somebody waits.
Task<int> stop_signal();

/// The same for a thread that has nothing else to do.
[[nodiscard]] int wait_for_stop_signal();

/// A peer that hangs up must be an error of the write, not a signal that ends the process.
void ignore_broken_pipes();

}  // namespace keyledger::runtime
