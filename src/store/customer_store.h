// store/customer_store.h: customers, whom keys are handed to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/customers/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class CustomerStore {
 public:
  struct Fields {
    std::string name{}, email{}, email_folded{}, notes{}, timezone{};
    std::optional<Instant> suspended_at{};
  };
  /// Errors: conflict, reason duplicate_customer.
  [[nodiscard]] static Result<CustomerId> insert(Transaction& transaction, const Fields& fields, Instant now);
  /// Errors: not_found, reason unknown_customer; conflict, reason duplicate_customer.
  [[nodiscard]] static Result<void> update(Transaction& transaction, CustomerId id, const Fields& fields, Instant now);
  /// Deletes the row of a customer without keys. Errors: not_found.
  [[nodiscard]] static Result<void> remove(Transaction& transaction, CustomerId id);
  /// Errors: not_found, reason unknown_customer.
  [[nodiscard]] static Result<customers::Customer> get(Transaction& transaction, CustomerId id);
  /// The customer of that very name and e-mail, if there is one.
  [[nodiscard]] static Result<std::optional<CustomerId>> find(Transaction& transaction, const std::string& name,
                                                              const std::string& email_folded);
  /// Up to `limit` customers with an id above `after`, in the order of their ids. `like` is an escaped LIKE pattern in
  /// lower case over name, e-mail and notes.
  [[nodiscard]] static Result<std::vector<customers::Customer>> list(Transaction& transaction, CustomerId after,
                                                                     std::int64_t limit, const std::string& like);
};

[[nodiscard]] std::unexpected<Error> unknown_customer(CustomerId id, std::string field = {});

}  // namespace keyledger::store
