#include "net/message.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "net/ascii.h"
#include "net/refusal.h"

namespace keyledger::net {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Never so small that a text would lie inside its string: then moving it would leave views behind.
constexpr std::size_t kHeaderBytesFirst = 192;
constexpr std::size_t kHeadersFirst = 8;

std::optional<std::string_view> first_of(const Pairs& pairs, std::string_view name) {
  const auto found = std::ranges::find(pairs, name, &Pairs::value_type::first);
  if (found == pairs.end()) return std::nullopt;
  return found->second;
}

// The few strings of a problem need no JSON library. Bytes that are not UTF-8 would make the document unreadable.
void append_json_string(std::string& out, std::string_view text) {
  const bool readable = is_utf8(text);
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_control(c)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else if (!readable && static_cast<unsigned char>(c) >= 0x80) {
      out += '?';
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::delete_: return "DELETE";
    case Method::options: return "OPTIONS";
  }
  std::unreachable();
}

std::optional<Method> parse_method(std::string_view text) {
  constexpr Method kAll[] = {Method::get,   Method::head,    Method::post,   Method::put,
                             Method::patch, Method::delete_, Method::options};
  for (const Method method : kAll) {
    if (text == to_string(method)) return method;
  }
  return std::nullopt;
}

void Headers::reserve(std::size_t count, std::size_t bytes) {
  places_.reserve(count);
  text_.reserve(std::max(bytes, kHeaderBytesFirst));
}

void Headers::add(std::string_view name, std::string_view value) {
  if (places_.empty()) reserve(kHeadersFirst, kHeaderBytesFirst);
  places_.push_back({.at = static_cast<std::uint32_t>(text_.size()),
                     .name_bytes = static_cast<std::uint32_t>(name.size()),
                     .value_bytes = static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

void Headers::set(std::string_view name, std::string_view value) {
  std::erase_if(places_, [this, name](const Place& place) { return equal_ignoring_case(field(place).name, name); });
  add(name, value);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Place& place : places_) {
    const HeaderField found = field(place);
    if (equal_ignoring_case(found.name, name)) return found.value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  const auto same = [this, name](const Place& place) { return equal_ignoring_case(field(place).name, name); };
  return static_cast<std::size_t>(std::ranges::count_if(places_, same));
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  return first_of(parameters, name);
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  return first_of(query, name);
}

Reply json_reply(unsigned status, std::string json) {
  Reply reply;
  reply.status = status;
  reply.headers.add("Content-Type", "application/json");
  reply.body = std::move(json);
  return reply;
}

Reply problem_reply(const Problem& problem) {
  std::string json = R"({"type":)";
  append_json_string(json, "/problems/" + problem.code);
  json += R"(,"title":)";
  append_json_string(json, status_text(problem.status));
  fmt::format_to(std::back_inserter(json), R"(,"status":{},"detail":)", problem.status);
  append_json_string(json, problem.detail);
  json += R"(,"code":)";
  append_json_string(json, problem.code);
  if (!problem.field.empty()) {
    json += R"(,"field":)";
    append_json_string(json, problem.field);
  }
  json += '}';
  Reply reply;
  reply.status = problem.status;
  reply.headers.add("Content-Type", "application/problem+json");
  reply.body = std::move(json);
  return reply;
}

Reply to_reply(const Refusal& refusal) {
  constexpr std::string_view kRetryAfterSeconds = "2";
  Reply reply = problem_reply({refusal.status, std::string{refusal.code}, std::string{refusal.detail}});
  if (refusal.status == 503) reply.headers.add("Retry-After", std::string{kRetryAfterSeconds});
  return reply;
}

std::string_view status_text(unsigned status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 424: return "Failed Dependency";
    case 425: return "Too Early";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return status < 400 ? "Success" : "Error";
  }
}

}  // namespace keyledger::net
