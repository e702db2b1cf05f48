// store/rental_account_store.h: the shared accounts of websites, and their passwords, sealed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/rentals/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction. What was removed is not there.
class RentalAccountStore {
 public:
  /// Without a password: sealing binds the id. Errors: conflict, reason duplicate_rental_account.
  [[nodiscard]] static Result<RentalAccountId> insert(Transaction& transaction, const rentals::RentalAccount& account);
  /// Everything but the password. Errors: not_found, reason unknown_rental_account; conflict, duplicate_rental_account.
  [[nodiscard]] static Result<void> update(Transaction& transaction, const rentals::RentalAccount& account);
  /// Where a removed account rests; its row stays, since rentals and events name it, and its passwords go.
  [[nodiscard]] static Result<void> remove(Transaction& transaction, RentalAccountId id, Instant now);

  [[nodiscard]] static Result<void> put_password(Transaction& transaction, RentalAccountId id, const Bytes& sealed);
  [[nodiscard]] static Result<Bytes> sealed_password(Transaction& transaction, RentalAccountId id);

  /// Adds a line to the history of passwords, sealed by `put_past_password`, since sealing binds the id.
  [[nodiscard]] static Result<std::int64_t> add_past_password(Transaction& transaction, RentalAccountId id,
                                                              Instant set_at, const std::string& set_by);
  [[nodiscard]] static Result<void> put_past_password(Transaction& transaction, std::int64_t id, const Bytes& sealed);
  struct PastPassword {
    std::int64_t id = 0;
    Instant set_at{};
    std::string set_by{};
  };
  /// Newest first.
  [[nodiscard]] static Result<std::vector<PastPassword>> past_passwords(Transaction& transaction, RentalAccountId id,
                                                                        std::int64_t limit);

  /// Errors: not_found, reason unknown_rental_account.
  [[nodiscard]] static Result<rentals::RentalAccount> get(Transaction& transaction, RentalAccountId id);
  [[nodiscard]] static Result<bool> has_username(Transaction& transaction, WebsiteId website,
                                                 const std::string& username);
  [[nodiscard]] static Result<std::int64_t> count(Transaction& transaction, WebsiteId website);

  [[nodiscard]] static Result<std::vector<rentals::RentalAccount>> all_free(Transaction& transaction);

  struct Leased {
    RentalAccountId id{};
    std::string username{}, email{};
    std::int64_t fencing = 0;  // of the rental that begins
    Bytes sealed_password{};
  };
  /// Takes the account of the website that has rested longest out of the pool; nothing if none is free.
  [[nodiscard]] static Result<std::optional<Leased>> lease(Transaction& transaction, WebsiteId website, Instant now);

  /// Accounts whose password a webhook or command is due to change, the longest due first.
  [[nodiscard]] static Result<std::vector<rentals::RentalAccount>> due_for_rotation(Transaction& transaction,
                                                                                    Instant now, std::int64_t limit);
  [[nodiscard]] static Result<std::optional<Instant>> next_rotation(Transaction& transaction);
  /// The website's rotation has changed: its waiting accounts are due at `due` (nothing: they wait for a person).
  [[nodiscard]] static Result<void> reschedule(Transaction& transaction, WebsiteId website, std::optional<Instant> due);
};

[[nodiscard]] std::unexpected<Error> unknown_rental_account(RentalAccountId id);

}  // namespace keyledger::store
