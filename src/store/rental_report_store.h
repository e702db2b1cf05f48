// store/rental_report_store.h: rentals of a time, for those who count them, and the names of what was counted.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/rental_sheet.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class RentalReportStore {
 public:
  struct Scope {
    Instant from{}, to{};  // of rented_at; `to` is exclusive
    std::optional<CustomerKeyId> key{};
    std::optional<CustomerId> customer{};  // not looked at where there is a key
    std::vector<WebsiteId> websites{};     // empty: of any
  };
  /// In any order.
  [[nodiscard]] static Result<void> each(Transaction& transaction, const Scope& scope,
                                         const std::function<void(const RentalFact&)>& sink);

  struct AccountName {
    RentalAccountId id{};
    WebsiteId website_id{};
    std::string username{}, website{};
    bool removed = false;
  };
  /// Also of accounts and websites that are gone.
  [[nodiscard]] static Result<AccountName> account_name(Transaction& transaction, RentalAccountId id);
  /// The accounts that there are.
  [[nodiscard]] static Result<std::vector<RentalAccountId>> accounts(Transaction& transaction,
                                                                     const std::vector<WebsiteId>& websites);

  struct WebsiteName {
    WebsiteId id{};
    std::string name{};
    bool removed = false;
    std::int64_t accounts = 0;
  };
  /// All that ever were, with how many accounts each has now.
  [[nodiscard]] static Result<std::vector<WebsiteName>> websites(Transaction& transaction);
};

}  // namespace keyledger::store
