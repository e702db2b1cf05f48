// app/run.h: one run of the program, from its words to its exit code.
#pragma once

#include <string>
#include <vector>

#include "app/console.h"
#include "app/exit_code.h"
#include "app/settings.h"

namespace keyledger::app {

/// What surrounds the process; tests hand in their own.
struct Surroundings {
  std::function<std::optional<std::string>(const std::string&)> environment{};
  std::function<Result<std::optional<std::string>>(const std::filesystem::path&)> read{};
  Secret token{};       // KEYLEDGER_TOKEN, taken out of the environment
  Secret master_key{};  // KEYLEDGER_MASTER_KEY, likewise
  std::vector<ProviderAddress> providers{};
};

[[nodiscard]] ExitCode run(const std::vector<std::string>& words, Console& console, Surroundings surroundings);

}  // namespace keyledger::app
