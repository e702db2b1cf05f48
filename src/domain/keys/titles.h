// domain/keys/titles.h: what was found about a key, in one short line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace keyledger::keys {

/// "Anthropic rejects this key". `provider` is its name; empty: it is called the provider. Unknown codes get the line
/// of `unexpected_answer`, as they get its explanation.
[[nodiscard]] std::string title_of(std::string_view code, std::string_view provider);

/// Whether an action is done in the provider's console.
[[nodiscard]] bool leads_to_console(std::string_view action);

/// The codes that have a line of their own.
[[nodiscard]] std::vector<std::string_view> titled_codes();

}  // namespace keyledger::keys
