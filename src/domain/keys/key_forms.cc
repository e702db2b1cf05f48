#include "domain/keys/key_forms.h"

#include <algorithm>

namespace keyledger::keys {
namespace {

/// Base64 of "OpenAI", which stands in the middle of each of its keys.
constexpr std::string_view kOpenAiAnchor = "T3BlbkFJ";

constexpr std::array<BodyForm, 2> kOpenAiBodies{{{.side_min = 74, .side_max = 74, .anchor = kOpenAiAnchor},
                                                 {.side_min = 58, .side_max = 58, .anchor = kOpenAiAnchor}}};
constexpr std::array<BodyForm, 2> kOpenAiLegacyBody{
    {{.alphabet = Alphabet::alnum, .side_min = 20, .side_max = 20, .anchor = kOpenAiAnchor}}};
/// 93 characters and AA today; the width is that of the widest public rule.
constexpr std::array<BodyForm, 2> kAnthropicBody{{{.side_min = 92, .side_max = 130, .ending = "AA"}}};

constexpr std::array<BodyForm, 2> body(Alphabet alphabet, std::uint16_t length_min, std::uint16_t length_max) {
  return {{{.alphabet = alphabet, .side_min = length_min, .side_max = length_max}}};
}
constexpr std::array<BodyForm, 2> body(Alphabet alphabet, std::uint16_t length) {
  return body(alphabet, length, length);
}

constexpr auto kForms = std::to_array<KeyForm>({
    {.prefix = "sk-ant-admin",
     .provider = "anthropic",
     .type = KeyType::admin,
     .bodies = kAnthropicBody,
     .numbered = true},
    {.prefix = "sk-ant-api", .provider = "anthropic", .bodies = kAnthropicBody, .numbered = true},
    // Claude Code logins (oat, ort) and what is still to come: by prefix only.
    {.prefix = "sk-ant-", .provider = "anthropic"},
    {.prefix = "sk-or-v1-", .provider = "openrouter", .bodies = body(Alphabet::hex, 64)},
    {.prefix = "sk-or-", .provider = "openrouter"},
    {.prefix = "sk-proj-", .provider = "openai", .type = KeyType::project, .bodies = kOpenAiBodies},
    {.prefix = "sk-svcacct-", .provider = "openai", .type = KeyType::service_account, .bodies = kOpenAiBodies},
    {.prefix = "sk-service-", .provider = "openai", .type = KeyType::service_account},
    {.prefix = "sk-admin-", .provider = "openai", .type = KeyType::admin, .bodies = kOpenAiBodies},
    {.prefix = "sk_", .provider = "elevenlabs", .bodies = body(Alphabet::hex, 48), .needs_start = true},
    {.prefix = "sk-",
     .provider = "openai",
     .type = KeyType::legacy,
     .bodies = kOpenAiLegacyBody,
     .needs_body = true,
     .needs_start = true},
    {.prefix = "sk-",
     .provider = "deepseek",
     .bodies = body(Alphabet::small_alnum, 32),
     .needs_body = true,
     .certain = false,
     .needs_start = true},
    {.prefix = "sk-", .provider = "openai", .type = KeyType::legacy, .needs_start = true},
    {.prefix = "xai-", .provider = "xai", .bodies = body(Alphabet::word, 80)},
    {.prefix = "AIza", .provider = "gemini", .bodies = body(Alphabet::base64url, 35)},
    {.prefix = "AQ.", .provider = "gemini", .bodies = body(Alphabet::base64url, 20, kKeyBytesMax), .needs_start = true},
    {.prefix = "gsk_", .provider = "groq", .bodies = body(Alphabet::alnum, 52)},
    {.prefix = "pplx-", .provider = "perplexity", .bodies = body(Alphabet::alnum, 48)},
    {.prefix = "tvly-dev-", .provider = "tavily", .bodies = body(Alphabet::dashed, 16, 96)},
    {.prefix = "tvly-prod-", .provider = "tavily", .bodies = body(Alphabet::dashed, 15, 95)},
    {.prefix = "tvly-", .provider = "tavily", .bodies = body(Alphabet::dashed, 20, 100)},
    {.prefix = "BSA", .provider = "brave", .bodies = body(Alphabet::base64url, 28), .needs_start = true},
    {.prefix = "github_pat_", .provider = "github", .bodies = body(Alphabet::word, 82)},
    {.prefix = "ghp_", .provider = "github", .bodies = body(Alphabet::alnum, 36)},
    {.prefix = "gho_", .provider = "github", .bodies = body(Alphabet::alnum, 36)},
    {.prefix = "ghu_", .provider = "github", .bodies = body(Alphabet::alnum, 36)},
    {.prefix = "ghs_", .provider = "github", .bodies = body(Alphabet::alnum, 36)},
    {.prefix = "ghr_", .provider = "github", .bodies = body(Alphabet::alnum, 36)},
    // Recognised so that the person is told what it is; Keyledger does not speak to these two.
    {.prefix = "hf_", .provider = "huggingface", .bodies = body(Alphabet::alnum, 34), .needs_start = true},
    {.prefix = "api_org_", .provider = "huggingface", .bodies = body(Alphabet::alnum, 34)},
    {.prefix = "r8_", .provider = "replicate", .bodies = body(Alphabet::base64url, 37), .needs_start = true},
    {.prefix = "", .provider = "serpapi", .bodies = body(Alphabet::hex, 64), .needs_body = true, .certain = false},
});

bool fits(const BodyForm& form, std::string_view text) {
  if (form.side_max == 0) return false;
  if (form.anchor.empty()) {
    return text.size() >= form.side_min && text.size() <= form.side_max && text.ends_with(form.ending) &&
           all_belong(form.alphabet, text);
  }
  if (text.size() < form.anchor.size()) return false;
  const std::size_t side = (text.size() - form.anchor.size()) / 2;
  return text.size() == 2 * side + form.anchor.size() && side >= form.side_min && side <= form.side_max &&
         text.substr(side, form.anchor.size()) == form.anchor && all_belong(form.alphabet, text);
}

}  // namespace

bool belongs(Alphabet alphabet, char c) {
  const bool digit = c >= '0' && c <= '9';
  const bool small = c >= 'a' && c <= 'z';
  const bool capital = c >= 'A' && c <= 'Z';
  const bool alnum = digit || small || capital;
  switch (alphabet) {
    case Alphabet::hex: return digit || (c >= 'a' && c <= 'f');
    case Alphabet::small_alnum: return digit || small;
    case Alphabet::alnum: return alnum;
    case Alphabet::word: return alnum || c == '_';
    case Alphabet::dashed: return alnum || c == '-';
    case Alphabet::base64url: return alnum || c == '_' || c == '-';
  }
  std::unreachable();
}

bool all_belong(Alphabet alphabet, std::string_view text) {
  return std::all_of(text.begin(), text.end(), [alphabet](char c) { return belongs(alphabet, c); });
}

std::span<const KeyForm> key_forms() {
  return kForms;
}

std::size_t prefix_length(const KeyForm& form, std::string_view key) {
  const std::string_view rest = key.substr(form.prefix.size());
  const bool numbered = form.numbered && rest.size() >= 3 && rest[0] >= '0' && rest[0] <= '9' && rest[1] >= '0' &&
                        rest[1] <= '9' && rest[2] == '-';
  return form.prefix.size() + (numbered ? 3 : 0);
}

bool has_full_form(const KeyForm& form, std::string_view key) {
  const std::size_t prefix = prefix_length(form, key);
  if (form.numbered && prefix == form.prefix.size()) return false;
  const std::string_view rest = key.substr(prefix);
  return std::any_of(form.bodies.begin(), form.bodies.end(), [&](const BodyForm& one) { return fits(one, rest); });
}

}  // namespace keyledger::keys
