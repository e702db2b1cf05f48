// domain/customers/key_text.h: the text of a key, and what is shown of it afterwards.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/hash.h"

namespace keyledger::customers {

inline constexpr std::size_t kPrefixBytesMax = 17;  // 16 and the underscore
inline constexpr std::size_t kKeyRandomBytes = 32;  // 43 characters of base64url
inline constexpr std::size_t kKeyRandomCharacters = 43;

/// "urt_": 1 to 16 of a-z and 0-9, and an underscore. Errors: invalid_argument, reason malformed_prefix.
[[nodiscard]] Result<std::string> check_prefix(std::string_view text);

/// A new key: the prefix and 32 random bytes in base64url.
[[nodiscard]] Secret new_key_text(std::string_view prefix);

/// "urt_74O0...rwFY": enough to tell keys apart, not enough to try any.
[[nodiscard]] std::string hint_of(const Secret& key, std::string_view prefix);

/// What is kept of the text.
[[nodiscard]] crypto::Digest digest_of(const Secret& key);

}  // namespace keyledger::customers
