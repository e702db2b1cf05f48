// store/account_list.h: the accounts that a list shows, in the order that it is asked for.
#pragma once

#include <functional>

#include "base/listing.h"
#include "domain/keys/orders.h"
#include "domain/keys/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class AccountList {
 public:
  struct Filter {
    std::string like{"%"};  // escaped pattern in lower case, over e-mail, name and organization
  };

  /// Up to `limit` places, and one more where there are more. Not by cost, of which the accounts know nothing.
  [[nodiscard]] static Result<std::vector<ListPlace>> page(Transaction& transaction,
                                                           const ListPage<keys::AccountSort>& page,
                                                           const Filter& filter);
  /// Every account under the filter, in no particular order; false stops.
  [[nodiscard]] static Result<void> each(Transaction& transaction, const Filter& filter,
                                         const std::function<bool(AccountId)>& sink);
  [[nodiscard]] static Result<std::int64_t> count(Transaction& transaction, const Filter& filter);
};

}  // namespace keyledger::store
