#include "domain/keys/provider_key.h"

#include <algorithm>

#include "domain/keys/key_forms.h"

namespace keyledger::keys {
namespace {

constexpr std::size_t kMaskedBytesMin = 12;  // showing four of fewer would give too much away
constexpr std::size_t kShownBytes = 4;
constexpr std::size_t kSuffixBytesMin = 3;

/// The first row of the table that a key answers to.
const KeyForm* form_of(std::string_view key) {
  for (const KeyForm& form : key_forms()) {
    if (key.starts_with(form.prefix) && (!form.needs_body || has_full_form(form, key))) return &form;
  }
  return nullptr;
}

/// A run of what stands for left out characters: how long it is at the front of the text, or 0.
std::size_t filler_length(std::string_view text) {
  constexpr std::string_view kEllipsis = "\xe2\x80\xa6";
  if (text.starts_with('.') || text.starts_with('*')) return 1;
  return text.starts_with(kEllipsis) ? kEllipsis.size() : 0;
}

}  // namespace

Detection detect(const Secret& key) {
  const std::string_view text = key.reveal();
  if (text.size() > kKeyBytesMax) return {};
  const KeyForm* form = form_of(text);
  if (form == nullptr) return {};
  return {std::string{form->provider}, form->type, form->certain && has_full_form(*form, text)};
}

std::string mask(const Secret& key) {
  const std::string_view text = key.reveal();
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (text.size() < kMaskedBytesMin || !ascii) return "...";
  const KeyForm* form = form_of(text);
  const std::size_t prefix = form == nullptr ? 0 : prefix_length(*form, text);
  const std::string front{text.substr(0, prefix)};
  if (text.size() - prefix < kMaskedBytesMin) return front + "...";
  return front + "..." + std::string{text.substr(text.size() - kShownBytes)};
}

std::optional<RedactedForm> parse_redacted(std::string_view redacted) {
  std::size_t first = std::string_view::npos;  // where the first run begins, and the last one ends
  std::size_t last = 0;
  bool asterisks_only = true;
  for (std::size_t i = 0; i < redacted.size();) {
    const std::size_t filler = filler_length(redacted.substr(i));
    if (filler != 0) {
      first = std::min(first, i);
      last = i + filler;
    }
    i += std::max<std::size_t>(filler, 1);
  }
  if (first == std::string_view::npos) return std::nullopt;
  for (const char c : redacted.substr(first, last - first)) asterisks_only = asterisks_only && c == '*';
  const RedactedForm form{redacted.substr(0, first), redacted.substr(last),
                          asterisks_only ? std::optional{redacted.size()} : std::nullopt};
  if (form.back.size() < kSuffixBytesMin) return std::nullopt;
  return form;
}

bool matches(const Secret& key, const RedactedForm& form) {
  const std::string_view text = key.reveal();
  if (form.length && text.size() != *form.length) return false;
  return text.size() >= form.front.size() + form.back.size() && text.starts_with(form.front) &&
         text.ends_with(form.back);
}

bool matches_redacted(const Secret& key, std::string_view redacted) {
  const std::optional<RedactedForm> form = parse_redacted(redacted);
  return form && matches(key, *form);
}

}  // namespace keyledger::keys
