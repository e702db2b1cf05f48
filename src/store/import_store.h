// store/import_store.h: what an import asks for beyond what everybody does: whether a row was taken before.
#pragma once

#include <optional>
#include <string>

#include "crypto/hash.h"
#include "domain/rentals/records.h"
#include "store/database.h"

namespace keyledger::store {

/// How much of the history of a key was taken from another program.
struct ImportedHistory {
  CustomerKeyId customer_key_id{};
  std::int64_t last_usage_id = 0;
  std::int64_t usage_taken = 0;      // of them, admitted calls
  std::int64_t requests_before = 0;  // counted there, without a line
  std::optional<Instant> last_used_at{};
};
BOOST_DESCRIBE_STRUCT(ImportedHistory, (), (customer_key_id, last_usage_id, usage_taken, requests_before, last_used_at))

/// Every function runs inside the caller's transaction. Errors, of all: those of the database.
class ImportStore {
 public:
  [[nodiscard]] static Result<std::optional<AccountId>> account_of(Transaction& transaction,
                                                                   const std::string& email_folded);
  [[nodiscard]] static Result<std::optional<ProviderKeyId>> provider_key_of(Transaction& transaction,
                                                                            const std::string& fingerprint);

  struct KeyOf {
    CustomerKeyId id{};
    CustomerId customer_id{};
  };
  /// The key that has this text, whether it is in force or was before a rotation.
  [[nodiscard]] static Result<std::optional<KeyOf>> key_of(Transaction& transaction, const crypto::Digest& digest);
  /// The oldest key of a customer that has this name.
  [[nodiscard]] static Result<std::optional<CustomerKeyId>> key_named(Transaction& transaction, CustomerId customer,
                                                                      const std::string& name);
  [[nodiscard]] static Result<std::optional<RentalAccountId>> rental_account(Transaction& transaction,
                                                                             WebsiteId website,
                                                                             const std::string& username);
  [[nodiscard]] static Result<bool> has_rental(Transaction& transaction, RentalAccountId account, Instant rented_at);
  /// With its end, if it has one.
  [[nodiscard]] static Result<void> insert_rental(Transaction& transaction, const rentals::Rental& rental);
  [[nodiscard]] static Result<std::int64_t> open_rentals(Transaction& transaction, CustomerKeyId key);

  [[nodiscard]] static Result<std::optional<ImportedHistory>> history(Transaction& transaction, CustomerKeyId key);
  [[nodiscard]] static Result<void> put_history(Transaction& transaction, const ImportedHistory& history);
};

}  // namespace keyledger::store
