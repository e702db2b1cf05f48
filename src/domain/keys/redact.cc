#include "domain/keys/redact.h"

#include <algorithm>

#include "base/utf8.h"
#include "domain/keys/key_forms.h"

namespace keyledger::keys {
namespace {

constexpr std::string_view kStars = "***";
constexpr std::size_t kBodyBytesMin = 8;
constexpr std::size_t kRunBytesMin = 32;
constexpr std::size_t kWordBytesMax = 24;   // "internationalization" has 20
constexpr std::size_t kOwnKeyBytesMin = 4;  // a shorter "key" would blacken ordinary words

bool is_key_char(char c) {
  return belongs(Alphabet::base64url, c);
}
bool is_run_char(char c) {
  return is_key_char(c) || c == '+' || c == '/' || c == '=';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t run_length(std::string_view text, bool (*belongs_to_run)(char)) {
  const auto end = std::find_if_not(text.begin(), text.end(), belongs_to_run);
  return static_cast<std::size_t>(end - text.begin());
}

/// "errors", "Errors", "ERRORS", or the version in a path: v1, v1beta.
bool is_word(std::string_view text) {
  const bool version = text.size() >= 2 && text.size() <= 6 && text[0] == 'v' && is_digit(text[1]);
  if (version || text.empty()) return true;
  if (text.size() > kWordBytesMax) return false;
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const std::string_view tail = text.substr(1);
  const bool letter = small(text[0]) || capital(text[0]);
  return letter && (std::all_of(tail.begin(), tail.end(), small) ||
                    (capital(text[0]) && std::all_of(tail.begin(), tail.end(), capital)));
}

/// Ordinary words that are joined, as in a path or an error's name.
bool is_wordy(std::string_view run) {
  while (!run.empty()) {
    const std::size_t end = std::min(run.find_first_of("-_/"), run.size());
    if (!is_word(run.substr(0, end))) return false;
    run.remove_prefix(std::min(end + 1, run.size()));
  }
  return true;
}

/// How many characters of a key begin here, or 0. `starts_word`: nothing of a word stands before.
///
/// Inside a word a short prefix needs a body with a digit: "task-scheduler" is no key, but nobody says that a key
/// stands apart from what is before it.
std::size_t prefixed_key_length(std::string_view text, bool starts_word) {
  for (const KeyForm& form : key_forms()) {
    if (form.prefix.empty() || !text.starts_with(form.prefix)) continue;
    const std::string_view body = text.substr(form.prefix.size());
    // A bounded look first, so that "ask-ask-ask-..." is not read to its end again and again.
    const std::string_view look = body.substr(0, run_length(body.substr(0, kKeyBytesMax), is_key_char));
    if (look.size() < kBodyBytesMin) continue;
    if (form.needs_start && !starts_word && std::none_of(look.begin(), look.end(), is_digit)) continue;
    return form.prefix.size() + run_length(body, is_key_char);
  }
  return 0;
}

/// How many characters of a long run begin here, or 0. Only asked at the start of a run.
std::size_t long_run_length(std::string_view text) {
  const std::size_t length = run_length(text, is_run_char);
  if (length < kRunBytesMin || is_wordy(text.substr(0, length))) return 0;
  return length;
}

std::string without_keys(std::string_view text) {
  std::string out;
  bool run_before = false;  // the character before belongs to a run
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    const bool starts_word = i == 0 || !belongs(Alphabet::alnum, text[i - 1]);
    std::size_t key = run_before ? 0 : long_run_length(rest);
    if (key == 0) key = prefixed_key_length(rest, starts_word);
    run_before = key != 0 || is_run_char(text[i]);
    out += key != 0 ? kStars : rest.substr(0, 1);
    i += std::max<std::size_t>(key, 1);
  }
  return out;
}

std::string without_own_key(std::string_view text, std::string_view key) {
  std::string out;
  if (key.size() < kOwnKeyBytesMin) return std::string{text};
  for (std::size_t found = text.find(key); found != std::string_view::npos; found = text.find(key)) {
    out += text.substr(0, found);
    out += kStars;
    text.remove_prefix(found + key.size());
  }
  out += text;
  return out;
}

std::string shortened(std::string_view text) {
  std::string out;
  for (std::size_t characters = 0; characters < kWordsMax && !text.empty(); ++characters) {
    const std::size_t length = utf8::sequence_length(text);
    const std::string_view sequence = text.substr(0, length);
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else {
      out += utf8::is_control(sequence) ? std::string_view{" "} : sequence;
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace

std::string redact(std::string_view text) {
  return shortened(without_keys(text.substr(0, kRedactedBytesMax)));
}

std::string redact(std::string_view text, const Secret& key) {
  // The longer bound keeps a key that the cut would halve from being missed.
  const std::string_view looked_at = text.substr(0, kRedactedBytesMax + kKeyBytesMax);
  return redact(without_own_key(looked_at, key.reveal()));
}

}  // namespace keyledger::keys
