#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "net/address.h"
#include "net/ascii.h"
#include "net/client.h"
#include "net/framing.h"
#include "net/target.h"

namespace keyledger::net {
namespace {

std::unexpected<Error> malformed(std::string_view what) {
  return fail(Code::invalid_argument, std::string{what}, "malformed_base_url");
}

}  // namespace

Result<BaseUrl> parse_base_url(std::string_view text) {
  const auto parsed = boost::urls::parse_uri(boost::core::string_view(text.data(), text.size()));
  if (!parsed) return malformed("The base URL must be a whole address such as https://api.example.com/v1.");
  const boost::urls::url_view& url = *parsed;
  const std::string scheme{url.scheme()};
  if (!equal_ignoring_case(scheme, "https") && !equal_ignoring_case(scheme, "http")) {
    return malformed("The base URL must begin with https:// (or http:// for this machine).");
  }
  if (url.has_userinfo()) return malformed("The base URL must not have a user or password in it.");
  if (url.has_query() || url.has_fragment()) return malformed("The base URL must not have a query or fragment.");
  BaseUrl base;
  base.tls = equal_ignoring_case(scheme, "https");
  base.host = std::string{url.host_address()};
  for (char& c : base.host) c = to_lower(c);
  const bool is_v6 = base.host.find(':') != std::string::npos;
  if (!is_host_and_port(is_v6 ? '[' + base.host + ']' : base.host)) {
    return malformed("The base URL must name a host, in ASCII.");
  }
  base.port = base.tls ? 443 : 80;
  if (url.has_port() && !url.port().empty()) base.port = url.port_number();
  if (base.port == 0) return malformed("The base URL's port must be between 1 and 65535.");
  base.prefix = std::string{url.encoded_path()};
  while (base.prefix.ends_with('/')) base.prefix.pop_back();
  if (!base.prefix.empty() && !parse_target(base.prefix)) return malformed("The base URL's path is not allowed.");
  if (!base.tls && !is_loopback_host(base.host)) {
    return fail(Code::invalid_argument,
                "Plain http is allowed for this machine only: a key would travel in the clear. Use https.",
                "insecure_base_url");
  }
  return base;
}

}  // namespace keyledger::net
