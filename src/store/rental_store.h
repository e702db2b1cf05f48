// store/rental_store.h: who rents which account, from when to when.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/rentals/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class RentalStore {
 public:
  /// Holds: no account ever has two open rentals (a partial unique index backs this up).
  [[nodiscard]] static Result<RentalId> insert(Transaction& transaction, const rentals::Rental& rental);
  [[nodiscard]] static Result<void> end(Transaction& transaction, RentalId id, Instant ended_at,
                                        rentals::EndedBy ended_by);

  /// Errors: not_found, reason unknown_rental.
  [[nodiscard]] static Result<rentals::Rental> get(Transaction& transaction, RentalId id);
  [[nodiscard]] static Result<std::optional<rentals::Rental>> open_of(Transaction& transaction, RentalAccountId id);
  /// The newest rental of an account; of this customer, where one is given.
  [[nodiscard]] static Result<std::optional<rentals::Rental>> newest(Transaction& transaction, RentalAccountId id,
                                                                     std::optional<CustomerId> customer);

  /// Open rentals whose time is over, in the order in which it ended.
  [[nodiscard]] static Result<std::vector<rentals::Rental>> due(Transaction& transaction, Instant now,
                                                                std::optional<WebsiteId> website, std::int64_t limit);
  /// When the next open rental expires; of this website, where one is given.
  [[nodiscard]] static Result<std::optional<Instant>> next_expiry(Transaction& transaction,
                                                                  std::optional<WebsiteId> website);

  struct OpenOfKey {
    CustomerKeyId customer_key_id{};
    std::int64_t open = 0;
  };
  [[nodiscard]] static Result<std::vector<OpenOfKey>> open_by_key(Transaction& transaction);

  /// A rental with the names that belong to its ids.
  struct Row : rentals::Rental {
    std::string username{}, website{}, customer_name{}, key_name{};
  };
  /// Errors: not_found, reason unknown_rental.
  [[nodiscard]] static Result<Row> get_row(Transaction& transaction, RentalId id);
  /// The rentals of an account, newest first.
  [[nodiscard]] static Result<std::vector<Row>> newest_rows(Transaction& transaction, RentalAccountId id,
                                                            std::int64_t limit);
};

[[nodiscard]] std::unexpected<Error> unknown_rental(RentalId id);

}  // namespace keyledger::store
