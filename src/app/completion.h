// app/completion.h: shell completion, made from the table of commands.
#pragma once

#include <string>
#include <vector>

#include "app/command.h"

namespace keyledger::app {

enum class Shell { bash, zsh, fish };

/// A script that the shell reads: `source <(keyledger completion bash)`.
[[nodiscard]] std::string completion_script(Shell shell, const std::vector<Command>& table,
                                            const std::vector<Setting>& settings);

}  // namespace keyledger::app
