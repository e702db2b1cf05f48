// providers/endpoints.h: where each provider is reached: its own address, one from the settings, or one of the key.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "providers/provider.h"

namespace keyledger::providers {

struct EndpointSettings {
  std::map<std::string, std::string> base_urls{};  // by provider id; missing: the provider's own
  std::map<std::string, std::string> management_base_urls{};
  bool allow_private_addresses = false;
};

class Endpoints {
 public:
  /// Errors: invalid_argument (unknown_provider, malformed_base_url, insecure_base_url, private_address), naming the
  ///         setting as field.
  [[nodiscard]] static Result<Endpoints> make(const Registry* registry, EndpointSettings settings);

  [[nodiscard]] const Registry& registry() const { return *registry_; }

  /// Checks a base URL that a person gave. Errors as above; field base_url.
  [[nodiscard]] Result<net::BaseUrl> check(std::string_view base_url) const;

  /// The address in force for a provider; empty where it has none of its own (openai_compatible).
  [[nodiscard]] std::string base_url(std::string_view provider) const;
  [[nodiscard]] std::string management_base_url(std::string_view provider) const;

  /// Errors: invalid_argument, reasons unknown_provider, missing_base_url and those of `check`.
  [[nodiscard]] Result<Access> access(std::string_view provider, keys::KeyType type, std::string_view own_base_url,
                                      Secret key) const;

 private:
  Endpoints(const Registry* registry, EndpointSettings settings)
      : registry_(registry), settings_(std::move(settings)) {}

  const Registry* registry_;
  EndpointSettings settings_;
};

}  // namespace keyledger::providers
