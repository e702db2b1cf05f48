// store/customer_store.h: customers, whom keys are handed to.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/listing.h"
#include "domain/customers/orders.h"
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
  /// Deletes a customer without keys and subscriptions, and what was to stand on invoices. Errors: not_found.
  [[nodiscard]] static Result<void> remove(Transaction& transaction, CustomerId id);
  /// Errors: not_found, reason unknown_customer.
  [[nodiscard]] static Result<customers::Customer> get(Transaction& transaction, CustomerId id);
  /// The customer of that very name and e-mail, if there is one.
  [[nodiscard]] static Result<std::optional<CustomerId>> find(Transaction& transaction, const std::string& name,
                                                              const std::string& email_folded);

  /// A customer with what stands in other tables. `last_used_at` runs behind the ledger a little.
  struct Shown : customers::Customer {
    std::int64_t active_key_count = 0;  // neither revoked nor expired
    std::optional<Instant> last_used_at{};
  };
  /// Errors: not_found, reason unknown_customer.
  [[nodiscard]] static Result<Shown> get_shown(Transaction& transaction, CustomerId id, Instant now);

  /// The customers that a list shows: up to `limit` places, and one more where there are more. `like` is an escaped
  /// LIKE pattern in lower case over name, e-mail and notes. Not by calls, which are summed up elsewhere.
  [[nodiscard]] static Result<std::vector<ListPlace>> page(Transaction& transaction,
                                                           const ListPage<customers::CustomerSort>& page,
                                                           const std::string& like);
  /// Each customer that such a list has, in no particular order; false stops.
  [[nodiscard]] static Result<void> each(Transaction& transaction, const std::string& like,
                                         const std::function<bool(CustomerId)>& sink);
  [[nodiscard]] static Result<std::int64_t> count(Transaction& transaction, const std::string& like);
};

[[nodiscard]] std::unexpected<Error> unknown_customer(CustomerId id, std::string field = {});

}  // namespace keyledger::store
