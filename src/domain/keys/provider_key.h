// domain/keys/provider_key.h: what a key text tells about itself: provider, type, mask.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace keyledger::keys {

BOOST_DEFINE_ENUM_CLASS(KeyType, admin, project, service_account, legacy, standard)

struct Detection {
  std::string provider{};  // "openai", "anthropic", ...; empty: cannot be told, the person has to choose
  KeyType type = KeyType::standard;
  bool certain = false;  // the text has the provider's full form; otherwise only a prefix or a likeness
};

/// Recognises a key by its text alone, in the order of reference rules: longer prefixes first. Nothing is sent
/// anywhere.
[[nodiscard]] Detection detect(const Secret& key);

/// "sk-proj-...abcd": the known prefix, dots, the last four; "...abcd" without a known prefix; "..." under 12
/// characters.
[[nodiscard]] std::string mask(const Secret& key);

/// Cleans what people paste: surrounding blanks and quotes, "Bearer ", "OPENAI_API_KEY=".
/// Errors: invalid_argument, reason malformed_key: empty, over 512 characters, blanks or control characters inside,
///         non-ASCII (a typographic dash, an invisible space); the message says which, never the key.
[[nodiscard]] Result<Secret> clean(Secret pasted);

/// Whether a key that a provider lists in redacted form ("sk-abc...def", "sk-proj-****abcd") may be this one.
/// The text before the first and after the last run of dots, asterisks or ellipses has to match; a middle of asterisks
/// alone also tells the length; a suffix under three characters never matches.
[[nodiscard]] bool matches_redacted(const Secret& key, std::string_view redacted);

}  // namespace keyledger::keys
