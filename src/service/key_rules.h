// service/key_rules.h: what a key that somebody adds or changes has to fulfil. Pure.
#pragma once

#include <optional>
#include <string>

#include "domain/keys/records.h"

namespace keyledger::service {

struct Identified {
  std::string provider{};
  keys::KeyType type = keys::KeyType::standard;
};

/// Joins what the text tells with what the person says. What the text tells for certain is not overruled.
/// Errors: invalid_argument: provider_unclear (choose one), wrong_provider, wrong_key_type.
[[nodiscard]] Result<Identified> identify(const Secret& key, const std::optional<std::string>& provider,
                                          std::optional<keys::KeyType> type);

/// What a key of this form is for, and whether that is certain: sentences for whoever pastes one.
[[nodiscard]] std::string explain_form(const keys::Detection& found);

/// Errors: invalid_argument, field admin_key_id: not_an_admin_key, admin_key_of_other_provider, admin_key_not_linkable.
[[nodiscard]] Result<void> check_admin_link(const keys::ProviderKey& key, const keys::ProviderKey& admin);

/// A LIKE pattern (escape character \) that finds `search` anywhere, in lower case.
[[nodiscard]] std::string like_pattern(const std::string& search);

}  // namespace keyledger::service
