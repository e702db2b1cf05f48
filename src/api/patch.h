// api/patch.h: fields of a body that changes something.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "json/read.h"

namespace keyledger::api {

/// A field that is given as null is emptied; nothing where it is not given.
[[nodiscard]] inline std::optional<std::string> text_of(json::Patch<std::string> patch) {
  if (!patch.present) return std::nullopt;
  return std::move(patch.value).value_or("");
}

}  // namespace keyledger::api
