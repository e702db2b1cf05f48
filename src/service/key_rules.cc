#include "service/key_rules.h"

#include <fmt/format.h>

namespace keyledger::service {
namespace {

std::string_view purpose_of(keys::KeyType type) {
  switch (type) {
    case keys::KeyType::admin:
      return "An admin key: it reads usage and cost of its whole organization, and does not call models.";
    case keys::KeyType::project:
      return "A project key: it calls models. Usage and cost are read with an admin key of the same organization.";
    case keys::KeyType::service_account:
      return "A service account's key: it calls models. Usage and cost are read with an admin key of the same "
             "organization.";
    case keys::KeyType::legacy:
      return "A user's key of the older form: it calls models. Usage and cost are read with an admin key of the same "
             "organization.";
    case keys::KeyType::standard: return "An ordinary key, which calls the provider's service.";
  }
  std::unreachable();
}

}  // namespace

std::string explain_form(const keys::Detection& found) {
  if (found.provider.empty()) return "The text does not tell whose key this is; choose the provider.";
  std::string text{purpose_of(found.type)};
  if (!found.certain) text += " The text is not quite in the provider's usual form: look whether all of it is there.";
  return text;
}

Result<Identified> identify(const Secret& key, const std::optional<std::string>& provider,
                            std::optional<keys::KeyType> type) {
  const keys::Detection detected = keys::detect(key);
  if (!provider && detected.provider.empty()) {
    return fail(Code::invalid_argument, "The key does not tell whose it is; choose the provider.", "provider_unclear",
                "provider");
  }
  if (provider && detected.certain && *provider != detected.provider && *provider != "openai_compatible") {
    return fail(Code::invalid_argument,
                fmt::format("This is a key of {}, not of {}; leave the provider out or correct it.", detected.provider,
                            *provider),
                "wrong_provider", "provider");
  }
  Identified identified{provider.value_or(detected.provider), detected.type};
  const bool same = identified.provider == detected.provider;
  if (!same) identified.type = keys::KeyType::standard;
  if (type && same && detected.certain && *type != detected.type) {
    return fail(Code::invalid_argument,
                fmt::format("The key's form is that of type {}; leave key_type out or correct it.",
                            boost::describe::enum_to_string(detected.type, "")),
                "wrong_key_type", "key_type");
  }
  if (type) identified.type = *type;
  return identified;
}

Result<void> check_admin_link(const keys::ProviderKey& key, const keys::ProviderKey& admin) {
  const auto refuse = [](std::string message, std::string reason) {
    return fail(Code::invalid_argument, std::move(message), std::move(reason), "admin_key_id");
  };
  if (admin.key_type != keys::KeyType::admin) {
    return refuse(fmt::format("Key {} is no admin key; link to one of type admin.", admin.id.value),
                  "not_an_admin_key");
  }
  if (admin.provider != key.provider) {
    return refuse(fmt::format("Key {} belongs to {}, this one to {}; link keys of one provider.", admin.id.value,
                              admin.provider, key.provider),
                  "admin_key_of_other_provider");
  }
  if (key.key_type == keys::KeyType::admin) {
    return refuse("An admin key is not linked to another; leave admin_key_id out.", "admin_key_not_linkable");
  }
  return {};
}

std::string like_pattern(const std::string& search) {
  std::string pattern = "%";
  for (const char c : search) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return pattern + (search.empty() ? "" : "%");
}

}  // namespace keyledger::service
