// domain/keys/records.h: the keys you hold and whom they belong to, as everybody above the store sees them. No secrets.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/instant.h"
#include "domain/keys/findings.h"
#include "domain/keys/provider_key.h"

namespace keyledger::keys {

/// What is known of a key: not tested yet, or the verdict of its last test.
BOOST_DEFINE_ENUM_CLASS(KeyStatus, unknown, valid, valid_but_restricted, invalid, unreachable, rate_limited)

struct Account {
  AccountId id{};
  std::string email{};
  std::string name{};
  std::string organization_name{};
  Instant created_at{};
  Instant updated_at{};
  std::int64_t key_count = 0;
  std::optional<KeyStatus> worst_status{};  // of its keys; nothing: none of them was tested
};
BOOST_DESCRIBE_STRUCT(Account, (),
                      (id, email, name, organization_name, created_at, updated_at, key_count, worst_status))

/// Who linked a project key to its admin key.
BOOST_DEFINE_ENUM_CLASS(LinkedBy, nobody, person, provider)

struct ProviderKey {
  ProviderKeyId id{};
  std::string name{};
  std::string masked_key{};
  KeyType key_type = KeyType::standard;
  std::string provider{};
  AccountId account_id{};
  std::optional<ProviderKeyId> admin_key_id{};
  KeyStatus status = KeyStatus::unknown;
  std::string notes{};
  Instant created_at{};
  Instant updated_at{};
  LinkedBy linked_by = LinkedBy::nobody;
  std::string base_url{};        // empty: the provider's, from the settings
  std::string remote_id{};       // the provider's id of the key, once it is known
  std::string remote_project{};  // and of its project
};
BOOST_DESCRIBE_STRUCT(ProviderKey, (),
                      (id, name, masked_key, key_type, provider, account_id, admin_key_id, status, notes, created_at,
                       updated_at, linked_by, base_url, remote_id, remote_project))

/// One test of a key, with the provider's words and ours.
struct KeyTestRecord {
  Instant at{};
  Verdict verdict = Verdict::unreachable;
  std::string code{};
  std::int64_t provider_status = 0;
  std::string provider_message{};
  std::string explanation{};
  std::string next_step{};
  std::vector<std::string> missing_scopes{};
};
BOOST_DESCRIBE_STRUCT(KeyTestRecord, (),
                      (at, verdict, code, provider_status, provider_message, explanation, next_step, missing_scopes))

[[nodiscard]] constexpr KeyStatus to_status(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid: return KeyStatus::valid;
    case Verdict::valid_but_restricted: return KeyStatus::valid_but_restricted;
    case Verdict::invalid: return KeyStatus::invalid;
    case Verdict::unreachable: return KeyStatus::unreachable;
    case Verdict::rate_limited: return KeyStatus::rate_limited;
  }
  std::unreachable();
}

}  // namespace keyledger::keys
