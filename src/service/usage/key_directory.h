// service/usage/key_directory.h: what the usage services need to know about the keys that are held. The service of the
// keys implements it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/keys/records.h"
#include "providers/provider.h"
#include "runtime/task.h"

namespace keyledger::service {

/// A held key as lists and reports show it. No secret.
struct HeldKey {
  keys::ProviderKey key{};
  std::string account_name{};                   // the account's name, or its e-mail where it has none
  std::optional<keys::Finding> test_finding{};  // of its last test, where that found something
  std::optional<Instant> tested_at{};
};

class KeyDirectory {
 public:
  virtual ~KeyDirectory() = default;

  /// All keys, by id. Errors: those of the database.
  [[nodiscard]] virtual runtime::Task<Result<std::vector<HeldKey>>> list() = 0;

  /// Opens a key and says where its provider is reached. Errors: not_found; internal, reason seal_broken or
  /// sealed_under_another_key.
  [[nodiscard]] virtual runtime::Task<Result<providers::Access>> access(ProviderKeyId id) = 0;

  /// Links the held keys that `admin` listed: sets remote id and project, and the link to `admin` where no person set
  /// or removed one.
  [[nodiscard]] virtual runtime::Task<Result<void>> apply_links(ProviderKeyId admin,
                                                                const std::vector<providers::RemoteKey>& keys) = 0;

  /// What a sync found about a key, for its status; empty: everything was read.
  [[nodiscard]] virtual runtime::Task<Result<void>> note_findings(ProviderKeyId id,
                                                                  const std::vector<keys::Finding>& findings) = 0;
};

}  // namespace keyledger::service
