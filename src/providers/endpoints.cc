#include "providers/endpoints.h"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>

#include "net/address.h"

namespace keyledger::providers {
namespace {

/// An address that stands in the URL itself. What a name resolves to is checked when the client connects.
bool is_refused_address(const net::BaseUrl& url, bool allow_private) {
  if (allow_private || net::is_loopback_host(url.host)) return false;
  boost::system::error_code error;
  const boost::asio::ip::address address = boost::asio::ip::make_address(url.host, error);
  return !error && net::classify(net::unmapped(address)) != net::AddressKind::global;
}

Result<net::BaseUrl> check_url(std::string_view text, bool allow_private, std::string_view field) {
  Result<net::BaseUrl> url = net::parse_base_url(text);
  if (!url) {
    Error error = url.error();
    error.field = field;
    return std::unexpected(std::move(error));
  }
  if (is_refused_address(*url, allow_private)) {
    return fail(Code::invalid_argument,
                fmt::format("{} is a private address; start with --allow-private-addresses to use it.", url->host),
                "private_address", std::string{field});
  }
  return url;
}

}  // namespace

Result<Endpoints> Endpoints::make(const Registry* registry, EndpointSettings settings) {
  for (const auto* urls : {&settings.base_urls, &settings.management_base_urls}) {
    for (const auto& [provider, url] : *urls) {
      const std::string field =
          fmt::format("providers.{}.{}", provider, urls == &settings.base_urls ? "base_url" : "management_base_url");
      if (registry->find(provider) == nullptr) {
        return fail(Code::invalid_argument, fmt::format("There is no provider {}.", provider), "unknown_provider",
                    field);
      }
      const Result<net::BaseUrl> checked = check_url(url, settings.allow_private_addresses, field);
      if (!checked) return std::unexpected(checked.error());
    }
  }
  return Endpoints{registry, std::move(settings)};
}

Result<net::BaseUrl> Endpoints::check(std::string_view base_url) const {
  return check_url(base_url, settings_.allow_private_addresses, "base_url");
}

std::string Endpoints::base_url(std::string_view provider) const {
  const auto set = settings_.base_urls.find(std::string{provider});
  if (set != settings_.base_urls.end()) return set->second;
  const Provider* found = registry_->find(provider);
  return found == nullptr ? std::string{} : found->description().base_url;
}

std::string Endpoints::management_base_url(std::string_view provider) const {
  const auto set = settings_.management_base_urls.find(std::string{provider});
  if (set != settings_.management_base_urls.end()) return set->second;
  const Provider* found = registry_->find(provider);
  return found == nullptr ? std::string{} : found->description().management_base_url;
}

Result<Access> Endpoints::access(std::string_view provider, keys::KeyType type, std::string_view own_base_url,
                                 Secret key) const {
  if (registry_->find(provider) == nullptr) {
    return fail(Code::invalid_argument,
                fmt::format("There is no provider {}; GET /api/providers lists them.", provider), "unknown_provider",
                "provider");
  }
  const std::string base = own_base_url.empty() ? base_url(provider) : std::string{own_base_url};
  if (base.empty()) {
    return fail(Code::invalid_argument, "This provider has no address of its own; give base_url.", "base_url_required",
                "base_url");
  }
  Result<net::BaseUrl> url = check(base);
  if (!url) return std::unexpected(url.error());
  Access access;
  access.base = std::move(*url);
  access.key = std::move(key);
  access.type = type;
  const std::string management = management_base_url(provider);
  if (!management.empty()) {
    Result<net::BaseUrl> second = check(management);
    if (!second) return std::unexpected(second.error());
    access.management_base = std::move(*second);
  }
  return access;
}

}  // namespace keyledger::providers
