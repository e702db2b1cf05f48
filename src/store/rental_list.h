// store/rental_list.h: the rentals that a list shows, in the order that it is asked for.
#pragma once

#include "base/listing.h"
#include "domain/rentals/orders.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class RentalList {
 public:
  struct Filter {
    std::optional<bool> open{};  // as of `now`
    std::optional<RentalAccountId> account_id{};
    std::optional<WebsiteId> website_id{};
    std::optional<CustomerId> customer_id{};
    std::optional<CustomerKeyId> key_id{};
    std::optional<Instant> from{}, to{};  // of rented_at; `to` is exclusive
    std::string like{"%"};  // escaped pattern in lower case, over user name, website, customer's and key's name
    Instant now{};
  };

  /// Up to `limit` places, and one more where there are more. Those that are open are found without looking at others.
  [[nodiscard]] static Result<std::vector<ListPlace>> page(Transaction& transaction,
                                                           const ListPage<rentals::RentalSort>& page,
                                                           const Filter& filter);
  struct Counts {
    std::int64_t listed = 0, all = 0;  // under the filters, and without them
  };
  [[nodiscard]] static Result<Counts> counts(Transaction& transaction, const Filter& filter);
  /// How many are open at `now`; of this customer, where one is given.
  [[nodiscard]] static Result<std::int64_t> count_open(Transaction& transaction, std::optional<CustomerId> customer,
                                                       Instant now);
};

}  // namespace keyledger::store
