// service/import/handed_out_import.h: takes over websites, shared accounts, rentals and customers' keys of the tool
// before us.
#pragma once

#include <optional>
#include <string>

#include "domain/rentals/records.h"
#include "service/import/taking.h"
#include "store/import_store.h"

namespace keyledger::service {

/// A customer's key in the file, and what is known of its history.
struct ImportedKey {
  CustomerId customer_id{};
  store::ImportedHistory history{};
  std::int64_t total_requests = 0;  // as the other program counted
};

/// What the rows of api_usage name by the ids of the file.
struct HandedOutIds {
  IdMap<rentals::Website> websites{};
  std::map<std::string, WebsiteId> websites_by_name{};  // folded
  IdMap<RentalAccountId> accounts{};
  IdMap<ImportedKey> keys{};
};

/// Runs in one mutation, so that all of it is stored or nothing; the history follows after it. Websites are found by
/// their name, accounts by website and user name, keys by the digest of their text, rentals by account and beginning:
/// what is here already is left as it is.
class HandedOutImport {
 public:
  /// The tables as in tables_of(handed_out_keys), without the history.
  HandedOutImport(ImportParts parts, std::vector<ImportTable>* tables)
      : parts_(parts),
        websites_(&(*tables)[0]),
        accounts_(&(*tables)[1]),
        keys_(&(*tables)[2]),
        rentals_(&(*tables)[3]) {}

  /// Errors: those of the database. What is wrong with a row stands in its table's report.
  [[nodiscard]] Result<void> run(store::Transaction& transaction);
  [[nodiscard]] HandedOutIds take_ids() { return std::move(ids_); }

 private:
  struct Holder {
    CustomerKeyId key{};
    CustomerId customer{};
  };
  [[nodiscard]] Result<void> take_website(store::Transaction& transaction, ForeignFields& row);
  [[nodiscard]] Result<void> take_account(store::Transaction& transaction, ForeignFields& row);
  [[nodiscard]] Result<void> add_account(store::Transaction& transaction, ForeignFields& row,
                                         rentals::RentalAccount account);
  [[nodiscard]] Result<void> take_key(store::Transaction& transaction, ForeignFields& row);
  [[nodiscard]] Result<void> know_key(store::Transaction& transaction, std::int64_t row, CustomerKeyId id,
                                      ImportedKey key);
  [[nodiscard]] Result<CustomerId> customer_of(store::Transaction& transaction, const std::string& name,
                                               const std::string& email);
  [[nodiscard]] Result<void> take_rental(store::Transaction& transaction, ForeignFields& row);
  [[nodiscard]] Result<Holder> holder_of(store::Transaction& transaction, const std::string& name,
                                         const std::string& email);
  [[nodiscard]] Result<rentals::RentalAccount*> account(store::Transaction& transaction, RentalAccountId id);
  [[nodiscard]] Result<void> save_accounts(store::Transaction& transaction);

  ImportParts parts_;
  ImportTable* websites_;
  ImportTable* accounts_;
  ImportTable* keys_;
  ImportTable* rentals_;
  Instant now_{};
  HandedOutIds ids_{};
  std::map<std::string, Holder> by_email_{}, by_name_{}, placeholders_{};
  std::map<RentalAccountId, rentals::RentalAccount> touched_{};
};

}  // namespace keyledger::service
