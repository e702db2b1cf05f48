#include "net/client_request.h"

#include <fmt/format.h>

#include <algorithm>

#include "net/ascii.h"
#include "net/target.h"

namespace keyledger::net {
namespace {

constexpr std::string_view kOwnHeaders[] = {"Host",       "Connection", "Content-Length",  "Transfer-Encoding",
                                            "User-Agent", "Expect",     "Accept-Encoding", "Upgrade"};
constexpr std::size_t kFixedBytes = 512;  // request line, Host and our own headers, without their variable parts

Result<void> check_header(std::string_view name, std::string_view value) {
  if (!is_token(name)) {
    return fail(Code::invalid_argument, "A header's name has a character that is not allowed.", "malformed_header");
  }
  if (has_control(value)) {
    return fail(Code::invalid_argument, fmt::format("The value of the header {} has a control character in it.", name),
                "malformed_header");
  }
  const auto same = [name](std::string_view own) { return equal_ignoring_case(own, name); };
  if (std::ranges::any_of(kOwnHeaders, same)) {
    return fail(Code::invalid_argument, fmt::format("The header {} is set by the client itself.", name),
                "malformed_header");
  }
  return {};
}

Result<void> check(const ClientRequest& request) {
  for (const auto& [name, value] : request.headers.fields()) {
    if (Result<void> checked = check_header(name, value); !checked) return checked;
  }
  if (!request.secret_header.empty()) {
    if (Result<void> checked = check_header(request.secret_header, request.secret_prefix); !checked) return checked;
    if (has_control(request.secret.reveal())) {
      return fail(Code::invalid_argument, "The secret has a character that cannot be sent, such as a line's end.",
                  "malformed_header");
    }
  }
  const bool rooted = request.target.empty() || request.target.front() == '/' || request.target.front() == '?';
  if (!rooted || !all_of(request.target, kTargetChars) || !all_of(request.base.prefix, kTargetChars)) {
    return fail(Code::invalid_argument, "The address of the request is malformed.", "malformed_target");
  }
  if (!is_token(request.secret_query) && !request.secret_query.empty()) {
    return fail(Code::invalid_argument, "The name of the query parameter is malformed.", "malformed_target");
  }
  return {};
}

std::size_t bytes_at_most(const ClientRequest& request, std::size_t user_agent_bytes) {
  std::size_t bytes = kFixedBytes + user_agent_bytes + request.base.host.size() + request.base.prefix.size() +
                      request.target.size() + request.body.size();
  bytes += request.secret_header.size() + request.secret_prefix.size() + request.secret_query.size();
  bytes += request.secret.size() * 4;  // as it is, or percent-encoded
  for (const auto& [name, value] : request.headers.fields()) bytes += name.size() + value.size() + 4;
  return bytes;
}

void append_target(std::string& out, const ClientRequest& request) {
  out += request.base.prefix;
  if (request.base.prefix.empty() && !request.target.starts_with('/')) out += '/';
  out += request.target;
  if (request.secret_query.empty()) return;
  out += request.target.find('?') == std::string::npos ? '?' : '&';
  out.append(request.secret_query).append("=");
  append_percent_encoded(out, request.secret.reveal());
}

void append_host(std::string& out, const BaseUrl& base) {
  const bool is_v6 = base.host.find(':') != std::string::npos;
  if (is_v6) out += '[';
  out += base.host;
  if (is_v6) out += ']';
  if (base.port != (base.tls ? 443 : 80)) out.append(":").append(std::to_string(base.port));
}

bool sends_length(const ClientRequest& request) {
  if (!request.body.empty()) return true;
  return request.method == Method::post || request.method == Method::put || request.method == Method::patch;
}

}  // namespace

Result<std::string> write_request(const ClientRequest& request, const std::string& user_agent) {
  if (Result<void> checked = check(request); !checked) return std::unexpected(checked.error());
  std::string out;
  const std::size_t reserved = bytes_at_most(request, user_agent.size());
  out.reserve(reserved);
  out.append(to_string(request.method)).append(" ");
  append_target(out, request);
  out.append(" HTTP/1.1\r\nHost: ");
  append_host(out, request.base);
  out.append("\r\nUser-Agent: ").append(user_agent).append("\r\nAccept-Encoding: identity\r\nConnection: close\r\n");
  for (const auto& [name, value] : request.headers.fields()) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (!request.secret_header.empty()) {
    out.append(request.secret_header).append(": ").append(request.secret_prefix);
    out.append(request.secret.reveal()).append("\r\n");
  }
  if (sends_length(request)) {
    out.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  out.append("\r\n").append(request.body);
  check_invariant(out.size() <= reserved, "a request fits into the memory that was set aside for it");
  return out;
}

}  // namespace keyledger::net
