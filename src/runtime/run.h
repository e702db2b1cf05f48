// runtime/run.h: a task that a thread without an io_context waits for: in tests, tools and before a server serves.
#pragma once

#include <optional>
#include <utility>

#include "runtime/task.h"

namespace keyledger::runtime {

/// Runs the task, and whatever it starts, on an io_context of its own; blocks. Throws what the task throws.
/// It is no template, so that Asio's way of starting a coroutine is compiled once.
void run_to_end(Task<> task);

template <typename T>
Task<> keep_result(Task<T> task, std::optional<T>* into) {
  T value = co_await std::move(task);
  into->emplace(std::move(value));
}

/// Runs the task to its end and answers what it answers. Throws what the task throws.
template <typename T>
T run(Task<T> task) {
  std::optional<T> result;
  run_to_end(keep_result(std::move(task), &result));
  return *std::move(result);
}

}  // namespace keyledger::runtime
