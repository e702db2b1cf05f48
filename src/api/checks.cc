#include "api/checks.h"

#include <fmt/format.h>

#include "api/replies.h"
#include "service/events.h"

namespace keyledger::api {
namespace {

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::string_view one = words.substr(0, words.find(' '));
    if (one == word) return true;
    words.remove_prefix(std::min(words.size(), one.size() + 1));
  }
  return false;
}

/// What the body says it is, without parameters, in lower case.
std::string media_type(const net::Request& request) {
  const std::string_view type = request.headers.find("Content-Type").value_or("");
  const std::string_view essence = type.substr(0, type.find(';'));
  std::string lower{essence.substr(0, essence.find_last_not_of(' ') + 1)};
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    words.emplace_back(word);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return words;
}

}  // namespace

Result<void> check_media_type(const net::Request& request) {
  if (request.body.empty() || media_type(request) == "application/json") return {};
  return fail(Code::invalid_argument, "Send the body as Content-Type: application/json.", "unsupported_media_type");
}

Result<void> check_body_type(const Entry& entry, const net::Request& request) {
  if (has_word(entry.body_types, media_type(request))) return {};
  return fail(Code::invalid_argument,
              fmt::format("Send the body as Content-Type: {}.", entry.body_types.substr(0, entry.body_types.find(' '))),
              "unsupported_media_type");
}

Result<void> check_query(const Entry& entry, const net::Request& request) {
  std::vector<std::string_view> seen;
  for (const auto& [name, value] : request.query) {
    if (!has_word(entry.query, name) || name.empty()) {
      return fail(Code::invalid_argument, fmt::format("There is no parameter {}; leave it out.", name.substr(0, 64)),
                  "unknown_parameter", name.substr(0, 64));
    }
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      return fail(Code::invalid_argument, fmt::format("The parameter {} is given twice; give it once.", name),
                  "unknown_parameter", name);
    }
    seen.push_back(name);
  }
  return {};
}

void announce(const Services* services, const Entry& entry) {
  std::vector<std::string> resources = words_of(entry.changes);
  const bool reads = entry.method == Method::get || entry.method == Method::head;
  if (entry.reveals || (entry.who == Who::admin && !reads)) resources.emplace_back("audit");
  if (!resources.empty()) services->events->publish(service::EventKind::changed, std::move(resources));
}

bool may_compress(const Entry& entry) {
  return entry.method == Method::get && entry.who != Who::customer && !entry.reveals;
}

Reply refuse(const Error& error) {
  Reply reply = problem(error);
  if (error.reason == "unsupported_media_type") {
    reply = net::problem_reply({.status = 415, .code = error.reason, .detail = error.message});
  }
  return reply;
}

}  // namespace keyledger::api
