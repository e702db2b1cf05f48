// domain/keys/scopes.h: which permissions a provider says are missing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace keyledger::keys {

/// More names than this in one message are not read.
inline constexpr std::size_t kScopesMax = 32;
inline constexpr std::size_t kScopeBytesMax = 100;

/// The names after "Missing scopes:" up to the full stop that ends the sentence: a dot inside a name, as in
/// api.usage.read, is followed by more of the name. Empty if the message does not say so.
[[nodiscard]] std::vector<std::string> missing_scopes(std::string_view message);

}  // namespace keyledger::keys
