// domain/keys/key_forms.h: the table of what providers' keys look like, for detection, masks and redaction.
//
// Sources: the providers' documentation and the public rule sets of secret scanners (gitleaks, secretlint, trufflehog),
// read in November 2026. Lengths changed before: a form that is not met makes a detection uncertain, never wrong.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "domain/keys/provider_key.h"

namespace keyledger::keys {

/// The characters that a part of a key is made of.
enum class Alphabet : std::uint8_t { hex, small_alnum, alnum, word, dashed, base64url };

[[nodiscard]] bool belongs(Alphabet alphabet, char c);
[[nodiscard]] bool all_belong(Alphabet alphabet, std::string_view text);

/// What follows a prefix in a provider's full form. With an anchor, `side_min` to `side_max` characters stand on both
/// sides of it, the same number; without, the whole has that many.
struct BodyForm {
  Alphabet alphabet = Alphabet::base64url;
  std::uint16_t side_min = 0;
  std::uint16_t side_max = 0;
  std::string_view anchor{};
  std::string_view ending{};  // part of the length
};

struct KeyForm {
  std::string_view prefix{};
  std::string_view provider{};
  KeyType type = KeyType::standard;
  std::array<BodyForm, 2> bodies{};  // full forms; side_max 0: none
  bool needs_body = false;           // the prefix alone says nothing: the row counts only with a full form
  bool certain = true;               // what a full form proves
  bool numbered = false;             // two digits and a dash belong to the prefix: sk-ant-api03-
  bool needs_start = false;          // short prefix: inside a text it counts only at the start of a word
};

/// In the order in which they are tried.
[[nodiscard]] std::span<const KeyForm> key_forms();

/// The length of the prefix that a key of this form shows, with its number if it has one.
[[nodiscard]] std::size_t prefix_length(const KeyForm& form, std::string_view key);
/// Whether what follows the prefix has one of the full forms.
[[nodiscard]] bool has_full_form(const KeyForm& form, std::string_view key);

}  // namespace keyledger::keys
