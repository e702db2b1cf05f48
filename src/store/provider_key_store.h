// store/provider_key_store.h: the keys you hold, sealed, and the history of their tests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/keys/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class ProviderKeyStore {
 public:
  struct NewKey {
    AccountId account_id{};
    std::string name{}, provider{};
    keys::KeyType key_type = keys::KeyType::standard;
    std::string base_url{}, masked_key{}, fingerprint{};
    std::optional<ProviderKeyId> admin_key_id{};
    keys::LinkedBy linked_by = keys::LinkedBy::nobody;
    std::string notes{};
    Instant now{};
  };
  /// Inserts without the sealed text, since sealing binds the id: `put_sealed` follows in the same transaction.
  /// Errors: conflict, reason duplicate_key.
  [[nodiscard]] static Result<ProviderKeyId> insert(Transaction& transaction, const NewKey& key);
  [[nodiscard]] static Result<void> put_sealed(Transaction& transaction, ProviderKeyId id, const Bytes& sealed);

  /// Another text for the same key. Errors: conflict, reason duplicate_key.
  [[nodiscard]] static Result<void> replace_text(Transaction& transaction, ProviderKeyId id, const Bytes& sealed,
                                                 const std::string& fingerprint);

  /// What a person may change, and the links. Errors: not_found, reason unknown_key.
  [[nodiscard]] static Result<void> update(Transaction& transaction, const keys::ProviderKey& key, Instant now);
  [[nodiscard]] static Result<void> set_status(Transaction& transaction, ProviderKeyId id, keys::KeyStatus status);
  /// Deletes the key with its tests, and the links to it. Errors: not_found.
  [[nodiscard]] static Result<void> remove(Transaction& transaction, ProviderKeyId id);

  /// Errors: not_found, reason unknown_key.
  [[nodiscard]] static Result<keys::ProviderKey> get(Transaction& transaction, ProviderKeyId id);
  [[nodiscard]] static Result<Bytes> sealed(Transaction& transaction, ProviderKeyId id);

  struct Filter {
    std::optional<std::string> provider{};
    std::optional<AccountId> account_id{};
    std::optional<keys::KeyStatus> status{};
    std::string like{"%"};  // an escaped LIKE pattern over name and mask, in lower case
    ProviderKeyId after{};
    std::int64_t limit = 0;
  };
  [[nodiscard]] static Result<std::vector<keys::ProviderKey>> list(Transaction& transaction, const Filter& filter);
  [[nodiscard]] static Result<std::vector<keys::ProviderKey>> of_account(Transaction& transaction, AccountId id);

  struct StoredTest {
    std::int64_t id = 0;
    ProviderKeyId provider_key_id{};
    Instant at{};
    keys::Verdict verdict = keys::Verdict::unreachable;
    std::string code{};
    std::int64_t provider_status = 0;
    std::string provider_message{};
    std::string missing_scopes{};  // separated by blanks
    std::string facts{};           // "name\tvalue" lines
  };
  /// Adds a test and keeps the newest kTestsKept of the key.
  [[nodiscard]] static Result<void> add_test(Transaction& transaction, const StoredTest& test);
  /// The tests of one key with an id below `before` (nothing: all), newest first.
  [[nodiscard]] static Result<std::vector<StoredTest>> tests(Transaction& transaction, ProviderKeyId id,
                                                             std::optional<std::int64_t> before, std::int64_t limit);
  /// The newest test of each key with an id in (after, last].
  [[nodiscard]] static Result<std::vector<StoredTest>> last_tests(Transaction& transaction, ProviderKeyId after,
                                                                  ProviderKeyId last);
  static constexpr std::int64_t kTestsKept = 50;
};

[[nodiscard]] std::unexpected<Error> unknown_key(ProviderKeyId id, std::string field = {});

}  // namespace keyledger::store
