// net/client.h: the HTTP client that speaks to providers, and to our own socket.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "net/message.h"

namespace keyledger::net {

/// scheme://host[:port]/prefix, as a setting gives it.
struct BaseUrl {
  bool tls = true;
  std::string host{};
  std::uint16_t port = 443;
  std::string prefix{};  // without a slash at its end
};

/// Errors: invalid_argument with reason malformed_base_url (not an absolute http or https URL, or with user, query or
/// fragment) or insecure_base_url (plain http to anything but loopback: a key would travel in the clear).
[[nodiscard]] Result<BaseUrl> parse_base_url(std::string_view text);

struct ClientRequest {
  Method method = Method::get;
  BaseUrl base{};
  std::string target{};         // after the prefix: "/models?limit=1", percent-encoded
  Headers headers{};            // nothing secret here
  std::string secret_header{};  // the name of the header that carries `secret`, e.g. Authorization
  std::string secret_prefix{};  // "Bearer "
  Secret secret{};
  std::string secret_query{};  // a query parameter that carries the secret instead, for providers that have only that
  std::string body{};
};

struct ClientReply {
  unsigned status = 0;
  Headers headers{};
  std::string body{};
};

struct ClientLimits {
  std::chrono::milliseconds connect_time{10'000};
  std::chrono::milliseconds total_time{30'000};
  std::size_t header_bytes_max = 64 << 10;
  std::size_t body_bytes_max = 32 << 20;
};

struct ClientOptions {
  std::filesystem::path ca_file{};  // beside the system's certificates; for private authorities and tests
  bool allow_private_addresses =
      false;  // https to 10/8, 192.168/16, ... ; loopback is allowed when the base URL names it
  std::string user_agent = "keyledger";
};

/// Errors of `send`, all with code unavailable and a sentence that an operator can act on; reason is one of
/// dns_failed, connection_refused, connection_failed, tls_failed, timeout, response_too_large, malformed_response,
/// private_address. A reply with any status is no error. Redirects are not followed. Nothing secret is ever in an
/// Error.
class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();

  /// One request on a connection of its own, on the caller's executor. `request` is moved in, wiped when done.
  [[nodiscard]] Task<Result<ClientReply>> send(ClientRequest request, ClientLimits limits = {}) const;

  /// Whether `send` would find an address that it may speak to, without speaking to it. Errors: those of `send`,
  /// reasons dns_failed, timeout, private_address.
  [[nodiscard]] Task<Result<void>> check_address(BaseUrl base, std::chrono::milliseconds patience) const;

  /// The same over a Unix socket, for the command line.
  [[nodiscard]] Task<Result<ClientReply>> send_local(std::filesystem::path socket, ClientRequest request,
                                                     ClientLimits limits = {}) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace keyledger::net
