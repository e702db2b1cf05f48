// store/provider_key_list.h: the held keys that a list shows, in the order that it is asked for.
#pragma once

#include <functional>

#include "base/listing.h"
#include "domain/keys/orders.h"
#include "domain/keys/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class ProviderKeyList {
 public:
  struct Filter {
    std::optional<std::string> provider{};
    std::optional<AccountId> account_id{};
    std::optional<keys::KeyStatus> status{};
    std::optional<keys::KeyType> key_type{};
    std::optional<ProviderKeyId> admin_key_id{};
    std::string like{"%"};  // escaped pattern in lower case, over name, mask, notes, account's name and e-mail
  };
  /// What a key's rows name by their ids.
  struct Names {
    std::string account_name{};  // or the e-mail
    std::optional<std::string> admin_key_name{};
  };

  /// Up to `limit` places, and one more where there are more.
  [[nodiscard]] static Result<std::vector<ListPlace>> page(Transaction& transaction,
                                                           const ListPage<keys::KeySort>& page, const Filter& filter);
  /// Every key under the filter, in no particular order; false stops.
  [[nodiscard]] static Result<void> each(Transaction& transaction, const Filter& filter,
                                         const std::function<bool(ProviderKeyId)>& sink);
  [[nodiscard]] static Result<std::int64_t> count(Transaction& transaction, const Filter& filter);
  /// Errors: not_found, reason unknown_key.
  [[nodiscard]] static Result<Names> names(Transaction& transaction, ProviderKeyId id);
};

}  // namespace keyledger::store
