// service/import/held_keys_import.h: takes over the accounts and provider keys of the dashboard before us.
#pragma once

#include "service/import/taking.h"
#include "store/database.h"

namespace keyledger::service {

/// Runs in one mutation, so that all of it is stored or nothing. Accounts are found by their e-mail, keys by their
/// fingerprint: what is here already is left as it is.
class HeldKeysImport {
 public:
  /// The tables as in tables_of(held_keys).
  HeldKeysImport(ImportParts parts, Actor actor, std::vector<ImportTable>* tables)
      : parts_(parts), actor_(std::move(actor)), accounts_(&(*tables)[0]), keys_(&(*tables)[1]) {}

  /// Errors: those of the database. What is wrong with a row stands in its table's report.
  [[nodiscard]] Result<void> run(store::Transaction& transaction);

 private:
  struct Link {
    std::int64_t row = 0;
    ProviderKeyId key{};
    std::optional<std::int64_t> admin_row{};
    Instant updated_at{};
  };
  [[nodiscard]] Result<void> take_account(store::Transaction& transaction, ForeignFields& row);
  [[nodiscard]] Result<void> take_key(store::Transaction& transaction, ForeignFields& row);
  [[nodiscard]] Result<void> link(store::Transaction& transaction, const Link& link);

  ImportParts parts_;
  Actor actor_;
  ImportTable* accounts_;
  ImportTable* keys_;
  Instant now_{};
  IdMap<AccountId> account_ids_{};
  IdMap<ProviderKeyId> key_ids_{};
  std::vector<Link> links_{};
};

}  // namespace keyledger::service
