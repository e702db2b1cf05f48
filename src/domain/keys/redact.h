// domain/keys/redact.h: other people's words without keys in them, fit to be stored and logged.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace keyledger::keys {

inline constexpr std::size_t kWordsMax = 500;  // characters
/// Longer texts are cut before they are looked at: a message is not a document.
inline constexpr std::size_t kRedactedBytesMax = 64 << 10;

/// Puts *** in the place of everything that looks like a key: a known prefix with at least 8 characters of a key behind
/// it, 32 or more characters of base64 or hex in a row that are not plain words. Control characters become blanks,
/// invalid UTF-8 becomes U+FFFD, and the text is cut to 500 characters.
[[nodiscard]] std::string redact(std::string_view text);

/// The same, and every place where the key itself stands, whatever it looks like.
[[nodiscard]] std::string redact(std::string_view text, const Secret& key);

}  // namespace keyledger::keys
