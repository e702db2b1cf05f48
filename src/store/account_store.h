// store/account_store.h: accounts, to which provider keys belong.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/keys/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class AccountStore {
 public:
  struct Fields {
    std::string email{}, email_folded{}, name{}, organization_name{};
  };
  /// Errors: conflict, reason duplicate_email.
  [[nodiscard]] static Result<AccountId> insert(Transaction& transaction, const Fields& fields, Instant now);
  /// Errors: not_found, reason unknown_account; conflict, reason duplicate_email.
  [[nodiscard]] static Result<void> update(Transaction& transaction, AccountId id, const Fields& fields, Instant now);
  /// Deletes the row; the caller has dealt with its keys. Errors: not_found.
  [[nodiscard]] static Result<void> remove(Transaction& transaction, AccountId id);
  /// Errors: not_found, reason unknown_account.
  [[nodiscard]] static Result<keys::Account> get(Transaction& transaction, AccountId id);
  /// Whether there is one, without counting its keys.
  [[nodiscard]] static Result<bool> exists(Transaction& transaction, AccountId id);
  /// Up to `limit` accounts with an id above `after`, in the order of their ids. `like` is an escaped LIKE pattern in
  /// lower case over e-mail, name and organization.
  [[nodiscard]] static Result<std::vector<keys::Account>> list(Transaction& transaction, AccountId after,
                                                               std::int64_t limit, const std::string& like);
};

[[nodiscard]] std::unexpected<Error> unknown_account(AccountId id, std::string field = {});

}  // namespace keyledger::store
