#include "providers/call.h"

namespace keyledger::providers {
namespace {

/// The text of a value, or the message that an object or the first element of a list has.
std::string words_of(const json::Value& value) {
  if (const std::optional<std::string_view> text = value.text()) return std::string{*text};
  if (!value.items().empty()) return words_of(value.items().front());
  for (const std::string_view name : {"message", "msg", "error", "detail", "description"}) {
    if (const std::optional<std::string_view> text = value[name].text()) return std::string{*text};
  }
  return {};
}

std::string_view code_of_status(unsigned status) {
  switch (status) {
    case 401: return "key_rejected";
    case 402: return "billing_problem";
    case 403: return "permission_denied";
    case 408: return "provider_error";
    case 429: return "rate_limited";
    case 529: return "provider_overloaded";
    default: return status >= 500 ? "provider_error" : "unexpected_answer";
  }
}

}  // namespace

std::string error_message(const json::Value& body) {
  // Some wrap the whole answer into a list of one.
  const json::Value& answer = body.items().empty() ? body : body.items().front();
  for (const std::string_view name : {"error", "message", "detail", "error_description", "errors"}) {
    std::string words = words_of(answer[name]);
    if (!words.empty()) return words;
  }
  return words_of(answer);
}

keys::Finding classify_by_status(unsigned status, const net::Headers&, const json::Value& body) {
  return keys::Finding{.code = std::string{code_of_status(status)},
                       .provider_status = static_cast<int>(status),
                       .provider_message = error_message(body)};
}

}  // namespace keyledger::providers
