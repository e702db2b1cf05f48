// api/door/action.h: what a call may be called.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/error.h"

namespace keyledger::api {

inline constexpr std::size_t kActionBytesMax = 64;  // as the ledger takes them

/// 1 to 64 characters of a-z, 0-9, "_", ".", ":" and "-", as a key's allowed actions are written.
/// Errors: invalid_argument, reason malformed_action, field action.
[[nodiscard]] inline Result<void> check_action(std::string_view text) {
  const auto fits = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
           std::string_view{"_.:-"}.find(letter) != std::string_view::npos;
  };
  if (!text.empty() && text.size() <= kActionBytesMax && std::ranges::all_of(text, fits)) return {};
  return fail(Code::invalid_argument, "action is 1 to 64 characters of a-z, 0-9, _ . : and -.", "malformed_action",
              "action");
}

}  // namespace keyledger::api
