// store/customer_key_list.h: the customer keys that a list shows, in the order that it is asked for.
#pragma once

#include <functional>

#include "base/listing.h"
#include "domain/customers/orders.h"
#include "domain/customers/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class CustomerKeyList {
 public:
  struct Filter {
    std::optional<CustomerId> customer_id{};
    std::optional<customers::KeyStatus> status{};
    std::string like{"%"};  // escaped pattern in lower case, over name, hint, notes, customer's name and e-mail
    Instant now{};          // by which status is judged
  };
  /// Keys by status; active are those that the customer's suspension does not stop.
  struct Counts {
    std::int64_t total = 0, active = 0, expired = 0, revoked = 0, suspended = 0;
  };

  /// Up to `limit` places, and one more where there are more. Not by used_today, of which the database knows nothing.
  [[nodiscard]] static Result<std::vector<ListPlace>> page(Transaction& transaction,
                                                           const ListPage<customers::CustomerKeySort>& page,
                                                           const Filter& filter);
  /// Every key under the filter, in no particular order; false stops.
  [[nodiscard]] static Result<void> each(Transaction& transaction, const Filter& filter,
                                         const std::function<bool(CustomerKeyId)>& sink);
  [[nodiscard]] static Result<std::int64_t> count(Transaction& transaction, const Filter& filter);
  [[nodiscard]] static Result<std::int64_t> count_all(Transaction& transaction);
  /// Of one customer, or of all.
  [[nodiscard]] static Result<Counts> by_status(Transaction& transaction, std::optional<CustomerId> customer,
                                                Instant now);
};

}  // namespace keyledger::store
