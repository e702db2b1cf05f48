#include "app/api_client.h"

#include <fmt/format.h>

#include <algorithm>

#include "net/target.h"

namespace keyledger::app {
namespace {

Code code_of(unsigned status) {
  switch (status) {
    case 400:
    case 415:
    case 422: return Code::invalid_argument;
    case 401: return Code::unauthenticated;
    case 403: return Code::forbidden;
    case 404: return Code::not_found;
    case 409: return Code::conflict;
    case 413: return Code::too_large;
    case 429: return Code::limit_exceeded;
    case 503:
    case 507: return Code::unavailable;
    default: return Code::internal;
  }
}

std::string text_of(const json::Value& value) {
  return std::string{value.text().value_or("")};
}

}  // namespace

Target& Target::with(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  text_ += first_ ? '?' : '&';
  first_ = false;
  net::append_percent_encoded(text_, name);
  text_ += '=';
  net::append_percent_encoded(text_, value);
  return *this;
}

Error to_error(unsigned status, const json::Value& problem) {
  Error error;
  error.code = code_of(status);
  error.message = text_of(problem["detail"]);
  error.reason = text_of(problem["code"]);
  error.field = text_of(problem["field"]);
  if (error.message.empty()) error.message = fmt::format("The server answered {} without saying why.", status);
  return error;
}

Result<Answer> ApiClient::call(net::Method method, const Target& target, std::string body) {
  net::Headers headers;
  headers.add("Accept", "application/json");
  if (!body.empty()) headers.add("Content-Type", "application/json");
  Result<net::ClientReply> reply = transport_->call(method, target.text(), std::move(body), std::move(headers));
  if (!reply) return std::unexpected(reply.error());
  Answer answer;
  answer.status = reply->status;
  answer.text = std::move(reply->body);
  if (!answer.text.empty()) {
    Result<json::Value> value = json::parse(answer.text);
    if (value) answer.value = std::move(*value);
    if (!value && answer.status < 300) {
      return fail(Code::unavailable, "What answered is no Keyledger: it sent no JSON.", "malformed_response");
    }
  }
  if (answer.status >= 300) return std::unexpected(to_error(answer.status, answer.value));
  return answer;
}

Result<Answer> ApiClient::get_all(const Target& target) {
  Target page = target;
  page.with("limit", "500");
  Result<Answer> answer = get(page);
  json::Array rows;
  bool several = false;
  while (answer) {
    for (const json::Value& row : answer->value["data"].items()) rows.push_back(row);
    const std::string next = text_of(answer->value["next_cursor"]);
    if (next.empty()) break;
    if (rows.size() >= kRowsMax) {
      return fail(Code::too_large, fmt::format("The list has over {} rows; narrow it down.", kRowsMax));
    }
    several = true;
    Target following = page;
    answer = get(following.with("cursor", next));
  }
  if (!answer || !several) return answer;
  for (json::Member& member : *answer->value.object()) {
    if (member.first != "data") continue;
    member.second = json::Value{std::move(rows)};
    break;
  }
  answer->text = json::to_json(answer->value);
  return answer;
}

Result<Answer> ApiClient::get_first(const Target& target, std::size_t count) {
  json::Array rows;
  for (std::string next;;) {
    Target page = target;
    page.with("limit", std::to_string(std::min<std::size_t>(count - rows.size(), 500))).with("cursor", next);
    Result<Answer> answer = get(page);
    if (!answer) return answer;
    for (const json::Value& row : answer->value["data"].items()) rows.push_back(row);
    next = text_of(answer->value["next_cursor"]);
    if (!next.empty() && rows.size() < count) continue;
    for (json::Member& member : *answer->value.object()) {
      if (member.first == "data") member.second = json::Value{std::move(rows)};
    }
    answer->text = json::to_json(answer->value);
    return answer;
  }
}

Body& Body::text(std::string_view name, std::string_view value) {
  out_.name(name).string(value);
  return *this;
}

Body& Body::number(std::string_view name, std::string_view digits) {
  out_.name(name).raw(digits);
  return *this;
}

Body& Body::null(std::string_view name) {
  out_.name(name).null();
  return *this;
}

Body& Body::raw(std::string_view name, std::string_view json) {
  out_.name(name).raw(json);
  return *this;
}

std::string Body::take() {
  out_.end_object();
  return out_.take();
}

}  // namespace keyledger::app
