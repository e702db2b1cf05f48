#include "providers/table/classify.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "domain/keys/scopes.h"
#include "providers/answers.h"
#include "providers/call.h"

namespace keyledger::providers::table {
namespace {

constexpr std::size_t kDetailsMax = 16;
constexpr std::size_t kScopesMax = 16;
constexpr int kRetryDelaySecondsMax = 86'400;

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool same_letters(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

bool contains_letters(std::string_view text, std::string_view part) {
  const auto found = std::ranges::search(text, part, [](char a, char b) { return lower(a) == lower(b); });
  return !found.empty() || part.empty();
}

void collect_words(const json::Value& object, std::vector<std::string>& words) {
  for (const std::string_view name : {"code", "type", "status", "reason"}) {
    const json::Value& value = object[name];
    if (value.string() != nullptr) words.push_back(*value.string());
    if (value.number() != nullptr) words.push_back(value.number()->text);
  }
}

/// The first of `errors`, or null.
const json::Value& first_error(const json::Value& body) {
  static const json::Value kNull{};
  const json::Array& errors = body["errors"].items();
  return errors.empty() ? kNull : errors.front();
}

bool fits(const Refusal& refusal, unsigned status, const std::vector<std::string>& words, std::string_view message) {
  if (refusal.status != 0 && refusal.status != status) return false;
  const auto is_word = [&](const std::string& word) { return same_letters(word, refusal.word); };
  if (!refusal.word.empty() && std::ranges::none_of(words, is_word)) return false;
  return contains_letters(message, refusal.part);
}

/// The code of the first line that fits, or what the status means by itself.
std::string meaning(const std::vector<Refusal>& refusals, unsigned status, const std::vector<std::string>& words,
                    const keys::Finding& by_status) {
  for (const Refusal& refusal : refusals) {
    if (fits(refusal, status, words, by_status.provider_message)) return std::string{refusal.code};
  }
  if (status == 404) return "endpoint_not_found";
  if (status == 400 || status == 422) return "request_rejected";
  return by_status.code;
}

/// Google's way to say when to come back: {"details": [{"retryDelay": "34s"}]}. A started second counts whole.
std::optional<int> retry_delay(const json::Value& body) {
  for (const json::Value& detail : body["error"]["details"].items()) {
    const std::string text = text_of(detail["retryDelay"]);
    int seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool fraction = error == std::errc{} && end != text.data() + text.size() && *end == '.';
    if (error != std::errc{} || !text.ends_with('s') || seconds < 0) continue;
    return std::min(seconds + (fraction ? 1 : 0), kRetryDelaySecondsMax);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> error_words(const json::Value& body) {
  std::vector<std::string> words;
  for (const json::Value* object : {&body, &body["error"], &body["detail"], &first_error(body)}) {
    collect_words(*object, words);
  }
  const json::Array& details = body["error"]["details"].items();
  for (std::size_t i = 0; i < std::min(details.size(), kDetailsMax); ++i) collect_words(details[i], words);
  return words;
}

std::vector<std::string> scopes_in(std::string_view message) {
  std::vector<std::string> scopes;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  for (auto at = message.begin(); at != message.end() && scopes.size() < kScopesMax;) {
    const auto first = std::find_if(at, message.end(), is_letter);
    at = std::find_if_not(first, message.end(), is_letter);
    const std::string_view word{first, at};
    if (word.ends_with("_read") || word.ends_with("_write")) scopes.emplace_back(word);
  }
  return scopes;
}

keys::Finding classify(const std::vector<Refusal>& refusals, unsigned status, const net::Headers& headers,
                       const json::Value& body) {
  keys::Finding finding = classify_by_status(status, headers, body);
  finding.code = meaning(refusals, status, error_words(body), finding);
  if (finding.code == "missing_scope") {
    finding.missing_scopes = keys::missing_scopes(finding.provider_message);
    if (finding.missing_scopes.empty()) finding.missing_scopes = scopes_in(finding.provider_message);
  }
  if (!finding.retry_after_seconds) finding.retry_after_seconds = retry_delay(body);
  return finding;
}

}  // namespace keyledger::providers::table
