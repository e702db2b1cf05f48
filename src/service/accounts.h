// service/accounts.h: the accounts that provider keys belong to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/keys/records.h"
#include "service/actor.h"
#include "service/core.h"
#include "service/once.h"

namespace keyledger::service {

struct NewAccount {
  std::string email{}, name{}, organization_name{};
};

/// Absent fields stay as they are.
struct AccountPatch {
  std::optional<std::string> email{}, name{}, organization_name{};
};

class Accounts {
 public:
  explicit Accounts(Core core) : core_(core) {}

  /// Accounts with an id above `after`, one more than `limit` where there are more.
  [[nodiscard]] runtime::Task<Result<std::vector<keys::Account>>> list(AccountId after, std::int64_t limit,
                                                                       std::string search) const;
  /// Errors: not_found, reason unknown_account.
  [[nodiscard]] runtime::Task<Result<keys::Account>> get(AccountId id) const;
  /// Errors: invalid_argument with the field (malformed_email, too_long, ...); conflict, reason duplicate_email.
  [[nodiscard]] runtime::Task<Result<keys::Account>> create(Actor actor, NewAccount account, Once<keys::Account> once);
  [[nodiscard]] runtime::Task<Result<keys::Account>> update(Actor actor, AccountId id, AccountPatch patch);
  /// Errors: not_found; conflict, reason account_has_keys, unless `cascade` lets its keys go too.
  [[nodiscard]] runtime::Task<Result<void>> remove(Actor actor, AccountId id, bool cascade);

 private:
  Core core_;
};

}  // namespace keyledger::service
