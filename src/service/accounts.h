// service/accounts.h: the accounts that provider keys belong to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/listing.h"
#include "domain/keys/orders.h"
#include "domain/keys/records.h"
#include "service/actor.h"
#include "service/core.h"
#include "service/once.h"
#include "service/usage/report.h"

namespace keyledger::service {

struct NewAccount {
  std::string email{}, name{}, organization_name{};
};

/// Absent fields stay as they are.
struct AccountPatch {
  std::optional<std::string> email{}, name{}, organization_name{};
};

/// An account as lists show it, with what its keys cost in the range.
struct AccountView : keys::Account {
  std::vector<Cost> cost{};  // by currency, the largest first; empty: none is known
};
BOOST_DESCRIBE_STRUCT(AccountView, (keys::Account), (cost))

struct AccountQuery {
  ListPage<keys::AccountSort> page{};
  std::string search{};  // in e-mail, name and organization
  std::optional<std::int64_t> days{};
  std::optional<Day> from{}, to{};
};

struct AccountsListed {
  Listed<AccountView> accounts{};
  Day from{}, to{};  // the days of the cost
  std::string timezone{};
};

class Accounts {
 public:
  /// `reports` knows what accounts cost; without it no cost is known.
  explicit Accounts(Core core, const UsageReports* reports = nullptr) : core_(core), reports_(reports) {}

  /// In order of cost, the currency with the largest total of all counts.
  /// Errors: those of resolve_range and of the database.
  [[nodiscard]] runtime::Task<Result<AccountsListed>> list(AccountQuery query) const;
  /// Errors: not_found, reason unknown_account.
  [[nodiscard]] runtime::Task<Result<keys::Account>> get(AccountId id) const;
  /// Errors: invalid_argument with the field (malformed_email, too_long, ...); conflict, reason duplicate_email.
  [[nodiscard]] runtime::Task<Result<keys::Account>> create(Actor actor, NewAccount account, Once<keys::Account> once);
  [[nodiscard]] runtime::Task<Result<keys::Account>> update(Actor actor, AccountId id, AccountPatch patch);
  /// Errors: not_found; conflict, reason account_has_keys, unless `cascade` lets its keys go too.
  [[nodiscard]] runtime::Task<Result<void>> remove(Actor actor, AccountId id, bool cascade);

 private:
  Core core_;
  const UsageReports* reports_;
};

}  // namespace keyledger::service
