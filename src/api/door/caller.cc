#include "api/door/caller.h"

#include <algorithm>
#include <optional>
#include <ranges>

#include "net/ascii.h"

namespace keyledger::api {
namespace {

constexpr std::string_view kForwardedFor = "X-Forwarded-For";

bool is_one_of(const std::vector<IpNetwork>& networks, const IpAddress& address) {
  return std::ranges::any_of(networks, [&address](const IpNetwork& network) { return network.contains(address); });
}

/// One entry of X-Forwarded-For, as proxies write them: "192.0.2.7", "192.0.2.7:4711", "2001:db8::1",
/// "[2001:db8::1]:4711".
std::optional<IpAddress> read_entry(std::string_view text) {
  text = net::trimmed(text);
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  const Result<IpAddress> address = IpAddress::parse(text);
  if (!address) return std::nullopt;
  return *address;
}

/// Walks one header from right to left while the addresses are proxies of ours. False: the search is over.
bool walk(std::string_view list, const std::vector<IpNetwork>& trusted_proxies, IpAddress& address) {
  for (;;) {
    const std::size_t comma = list.rfind(',');
    const std::string_view last = comma == std::string_view::npos ? list : list.substr(comma + 1);
    const std::optional<IpAddress> entry = read_entry(last);
    if (!entry) return false;
    address = *entry;
    if (!is_one_of(trusted_proxies, address)) return false;
    if (comma == std::string_view::npos) return true;
    list = list.substr(0, comma);
  }
}

/// The token of "Bearer TOKEN"; empty for any other scheme.
std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (authorization.size() <= kScheme.size()) return {};
  if (!net::equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) return {};
  return net::trimmed(authorization.substr(kScheme.size()));
}

template <typename Fields>
IpAddress client_address(const Fields& fields, const IpAddress& peer, const std::vector<IpNetwork>& trusted_proxies) {
  IpAddress address = peer;
  if (trusted_proxies.empty() || !is_one_of(trusted_proxies, address)) return address;
  for (const auto& [name, value] : fields | std::views::reverse) {
    if (!net::equal_ignoring_case(name, kForwardedFor)) continue;
    if (!walk(value, trusted_proxies, address)) break;
  }
  return address;
}

template <typename Fields>
Result<Caller> read(const Fields& fields, const IpAddress& peer, const std::vector<IpNetwork>& trusted_proxies) {
  Caller caller;
  bool conflicting = false;
  const auto take = [&](std::string_view key) {
    if (key.empty()) return;
    conflicting = conflicting || (!caller.key.empty() && caller.key != key);
    caller.key = key;
  };
  for (const auto& [name, value] : fields) {
    if (net::equal_ignoring_case(name, "X-API-Key")) take(value);
    if (net::equal_ignoring_case(name, "Authorization")) take(bearer(value));
    if (net::equal_ignoring_case(name, "User-Agent")) caller.user_agent = value;
  }
  if (conflicting) {
    return fail(Code::invalid_argument, "Two different keys were sent; send one, in X-API-Key or in Authorization.",
                "conflicting_keys", "X-API-Key");
  }
  caller.address = client_address(fields, peer, trusted_proxies);
  return caller;
}

}  // namespace

IpAddress address_of(const net::Peer& peer) {
  const Result<IpAddress> address = IpAddress::parse(peer.address);
  return address.value_or(IpAddress{});
}

IpAddress client_address(const net::Request& request, const std::vector<IpNetwork>& trusted_proxies) {
  return client_address(request.headers.fields(), address_of(request.peer), trusted_proxies);
}

Result<Caller> read_caller(const net::Request& request, const std::vector<IpNetwork>& trusted_proxies) {
  return read(request.headers.fields(), address_of(request.peer), trusted_proxies);
}

Result<Caller> read_caller(std::span<const net::HeaderField> fields, const IpAddress& peer,
                           const std::vector<IpNetwork>& trusted_proxies) {
  return read(fields, peer, trusted_proxies);
}

}  // namespace keyledger::api
