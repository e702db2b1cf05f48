// api/door/caller.h: who calls with a customer key: the key as it was sent, and from which address.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "net/message.h"

namespace keyledger::api {

/// The texts are views of the request.
struct Caller {
  std::string_view key{};  // empty: none was sent
  std::string_view user_agent{};
  IpAddress address{};  // :: over the local socket, which no network of a key holds
};

/// The key from `X-API-Key` or `Authorization: Bearer`, and the address with trusted proxies considered.
/// Errors: invalid_argument, reason conflicting_keys (two keys that differ).
[[nodiscard]] Result<Caller> read_caller(const net::Request& request, const std::vector<IpNetwork>& trusted_proxies);
/// The same of a request that was not copied, from the peer with that address.
[[nodiscard]] Result<Caller> read_caller(std::span<const net::HeaderField> fields, const IpAddress& peer,
                                         const std::vector<IpNetwork>& trusted_proxies);
/// The peer's address as a value; :: over the local socket.
[[nodiscard]] IpAddress address_of(const net::Peer& peer);

/// The peer's address; where that is a trusted proxy's, the right-most one of X-Forwarded-For that is none. What stands
/// left of that was written by a stranger. An entry that is no address ends the search at the proxy that reported it.
[[nodiscard]] IpAddress client_address(const net::Request& request, const std::vector<IpNetwork>& trusted_proxies);

}  // namespace keyledger::api
