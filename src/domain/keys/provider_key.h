// domain/keys/provider_key.h: what a key text tells about itself: provider, type, mask.
#pragma once

#include <boost/describe.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace keyledger::keys {

BOOST_DEFINE_ENUM_CLASS(KeyType, admin, project, service_account, legacy, standard)

/// The longest text that is taken for a key.
inline constexpr std::size_t kKeyBytesMax = 512;

struct Detection {
  std::string provider{};  // "openai", "anthropic", ...; empty: cannot be told, the person has to choose
  KeyType type = KeyType::standard;
  bool certain = false;  // the text has the provider's full form; otherwise only a prefix or a likeness
};

/// Recognises a key by its text alone: the rows of a table from top to bottom, longer prefixes first. Nothing is sent
/// anywhere.
///
/// A bare "sk-" is OpenAI's older form when it has OpenAI's anchor, likely DeepSeek's when 32 small letters and digits
/// follow, and otherwise taken for an older OpenAI key without being certain of it. Mistral, Cohere and older Azure and
/// ElevenLabs keys are letters and digits without a mark: they cannot be told from each other and stay without a
/// provider.
[[nodiscard]] Detection detect(const Secret& key);

/// "sk-proj-...abcd": the known prefix, dots, the last four; "...abcd" without a known prefix; "..." under 12
/// characters. Where fewer than 12 follow the prefix, they all stay hidden: "sk-proj-...".
[[nodiscard]] std::string mask(const Secret& key);

/// Cleans what people paste: surrounding blanks and quotes, "Bearer ", "Authorization:", "export OPENAI_API_KEY=".
/// Errors: invalid_argument, reason malformed_key: empty, over 512 characters, blanks or control characters inside,
///         non-ASCII (a typographic dash, an invisible space); the message says which, never the key.
[[nodiscard]] Result<Secret> clean(Secret pasted);

/// Whether a key that a provider lists in redacted form ("sk-abc...def", "sk-proj-****abcd") may be this one.
/// The text before the first and after the last run of dots, asterisks or ellipses has to match; a middle of asterisks
/// alone also tells the length; a suffix under three characters never matches.
[[nodiscard]] bool matches_redacted(const Secret& key, std::string_view redacted);

/// The same in two steps, for comparing one redacted form with many keys. The views are parts of the redacted text.
struct RedactedForm {
  std::string_view front{}, back{};
  std::optional<std::size_t> length{};  // of the whole key, where asterisks alone tell it
};
/// Nothing if no key can be told by it: no run of dots or asterisks, or a suffix under three characters.
[[nodiscard]] std::optional<RedactedForm> parse_redacted(std::string_view redacted);
[[nodiscard]] bool matches(const Secret& key, const RedactedForm& form);

}  // namespace keyledger::keys
