// app/settings_file.h: keyledger.toml as names, values and lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace keyledger::app {

struct FileValue {
  std::string section{};  // "providers.openai"; empty: the top
  std::string key{};
  std::vector<std::string> values{};  // several for a list
  int line = 0;
};

/// Strings, whole numbers, booleans and lists of strings; tables become sections.
/// Errors: invalid_argument, with the line: not TOML, or a value of another type.
[[nodiscard]] Result<std::vector<FileValue>> read_settings_file(std::string_view text);

}  // namespace keyledger::app
