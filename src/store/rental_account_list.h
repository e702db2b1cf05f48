// store/rental_account_list.h: the shared accounts that a list shows, in the order that it is asked for.
#pragma once

#include "base/listing.h"
#include "domain/rentals/orders.h"
#include "domain/rentals/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction. What was removed is not there.
class RentalAccountList {
 public:
  struct Filter {
    std::optional<WebsiteId> website_id{};
    std::optional<rentals::AccountStatus> status{};
    std::string like{"%"};  // an escaped pattern in lower case over user name, e-mail and notes
  };
  struct Counts {
    std::int64_t available = 0, rented = 0, needs_rotation = 0, exception = 0;
  };

  /// Up to `limit` places, and one more where there are more.
  [[nodiscard]] static Result<std::vector<ListPlace>> page(Transaction& transaction,
                                                           const ListPage<rentals::RentalAccountSort>& page,
                                                           const Filter& filter);
  [[nodiscard]] static Result<std::int64_t> count(Transaction& transaction, const Filter& filter);
  /// Accounts in each state under the filters, whatever they say about the state.
  [[nodiscard]] static Result<Counts> by_status(Transaction& transaction, const Filter& filter);
};

}  // namespace keyledger::store
