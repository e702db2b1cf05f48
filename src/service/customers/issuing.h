// service/customers/issuing.h: the mutations that end with a new key text.
#pragma once

#include "service/customers/customer_keys.h"
#include "store/customer_key_store.h"

namespace keyledger::service {

/// What every mutation of customer keys works with.
struct IssueParts {
  Core core;
  KeyTable* table;
  IssueSettings settings;
  Actor actor;
};

/// A new key whose fields have been checked; the customer is found or made by name and e-mail where no id is given.
struct CheckedKey {
  customers::CustomerKey key{};
  std::optional<CustomerId> customer_id{};
  std::optional<billing::PlanId> plan_id{};
  std::string email{};
  std::vector<limits::Limit> limits{};
};
/// Errors: those of CustomerKeys::create about fields.
[[nodiscard]] Result<CheckedKey> check_new_key(const NewCustomerKey& given, Instant now);

using Subscribe = decltype(LedgerHooks::subscribe);
[[nodiscard]] Result<IssuedKey> issue_key(store::Transaction& transaction, const IssueParts& parts, CheckedKey checked,
                                          const Subscribe& subscribe, const Once<IssuedKey>& once);

/// Errors: those of CustomerKeys::rotate.
[[nodiscard]] Result<IssuedKey> rotate_key(store::Transaction& transaction, const IssueParts& parts, CustomerKeyId id,
                                           std::chrono::seconds grace, const Once<IssuedKey>& once);

/// Errors: conflict, reason already_revoked.
[[nodiscard]] Result<void> check_not_revoked(const customers::CustomerKey& key);

}  // namespace keyledger::service
