// service/usage/gather.h: several coroutines at once, but not more than so many.
#pragma once

#include <functional>
#include <vector>

#include "runtime/task.h"

namespace keyledger::service {

using Work = std::move_only_function<runtime::Task<>()>;

/// Runs all of `work` on the caller's executor, at most `at_once` at a time, and resumes when the last has ended.
/// An exception that leaves one is logged; the others go on.
[[nodiscard]] runtime::Task<> gather(std::vector<Work> work, std::size_t at_once);

}  // namespace keyledger::service
