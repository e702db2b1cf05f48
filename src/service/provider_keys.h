// service/provider_keys.h: the keys you hold: stored sealed, shown masked, tested, revealed one at a time.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/listing.h"
#include "base/secret.h"
#include "domain/keys/orders.h"
#include "domain/keys/records.h"
#include "providers/endpoints.h"
#include "service/actor.h"
#include "service/core.h"
#include "service/once.h"

namespace keyledger::service {

/// A key as lists show it.
struct KeyView : keys::ProviderKey {
  std::string account_name{};  // or the e-mail of the account
  std::optional<std::string> admin_key_name{};
  std::optional<keys::KeyTestRecord> last_test{};
};
BOOST_DESCRIBE_STRUCT(KeyView, (keys::ProviderKey), (account_name, admin_key_name, last_test))

struct NewKey {
  std::string name{};
  Secret full_key{};
  AccountId account_id{};
  std::optional<std::string> provider{};
  std::optional<keys::KeyType> key_type{};
  std::optional<ProviderKeyId> admin_key_id{};
  std::string notes{};
  std::string base_url{};
};

/// Absent fields stay as they are; `change_link` with no admin_key_id unlinks, and keeps the automatic linking away.
/// A new full_key takes the place of the old one: name, history and links stay, the status is unknown again.
struct KeyPatch {
  std::optional<std::string> name{}, notes{}, base_url{}, provider{};
  std::optional<Secret> full_key{};
  std::optional<AccountId> account_id{};
  std::optional<keys::KeyType> key_type{};
  bool change_link = false;
  std::optional<ProviderKeyId> admin_key_id{};
};

struct KeyFilter {
  std::optional<std::string> provider{};
  std::optional<AccountId> account_id{};
  std::optional<keys::KeyStatus> status{};
  std::optional<keys::KeyType> key_type{};
  std::optional<ProviderKeyId> admin_key_id{};  // only keys that are linked to it
  std::string search{};                         // in name, mask, notes and the account's name and e-mail
};

struct KeyQuery {
  ListPage<keys::KeySort> page{};
  KeyFilter filter{};
};

struct UnsavedKey {
  Secret full_key{};
  std::optional<std::string> provider{};
  std::optional<keys::KeyType> key_type{};
  std::string base_url{};
};

struct NumberedTest {
  std::int64_t number = 0;
  keys::KeyTestRecord record{};
};

/// The outcome of a test, with what the answer told on the side.
struct TestOutcome : keys::KeyTestRecord {
  std::vector<usage::Reading> readings{};
  std::vector<std::pair<std::string, std::string>> facts{};
};

/// A new key, and the outcome of its first test.
struct TestedKey {
  KeyView key{};
  TestOutcome test{};
};

struct Recognised {
  std::optional<std::string> provider{};  // nothing: cannot be told
  keys::KeyType key_type = keys::KeyType::standard;
  bool certain = false;
  std::string masked_key{};
  std::string explanation{};  // what such a key is for
};
BOOST_DESCRIBE_STRUCT(Recognised, (), (provider, key_type, certain, masked_key, explanation))

/// A quota or balance of a key, and when it was read.
struct ReadingShown : usage::Reading {
  Instant taken_at{};
};
BOOST_DESCRIBE_STRUCT(ReadingShown, (usage::Reading), (taken_at))

/// What a provider can do, for people.
struct ProviderInfo {
  std::string id{}, name{};
  std::optional<std::string> base_url{};  // as the settings have it; nothing: each key brings its own
  std::optional<std::string> console_url{};
  bool reads_usage = false, reads_cost = false, reads_readings = false, hourly = false, lists_keys = false;
  bool test_costs = false;
  std::optional<std::int64_t> history_days{};
};
BOOST_DESCRIBE_STRUCT(ProviderInfo, (),
                      (id, name, base_url, console_url, reads_usage, reads_cost, reads_readings, hourly, lists_keys,
                       test_costs, history_days))

class ProviderKeys {
 public:
  ProviderKeys(Core core, const providers::Endpoints* endpoints) : core_(core), endpoints_(endpoints) {}

  /// Makes the key of the fingerprints on the first start and reads it. Blocks: for the start only.
  [[nodiscard]] Result<void> prepare();

  [[nodiscard]] runtime::Task<Result<Listed<KeyView>>> list(KeyQuery query) const;
  /// Of all keys under the filter, the oldest first.
  [[nodiscard]] runtime::Task<Result<std::vector<ProviderKeyId>>> ids(KeyFilter filter) const;
  [[nodiscard]] runtime::Task<Result<KeyView>> get(ProviderKeyId id) const;
  /// The tests of a key before `before` (nothing: from the newest), newest first, one more than `limit` where there are
  /// more. The number of each is its cursor.
  [[nodiscard]] runtime::Task<Result<std::vector<NumberedTest>>> tests(ProviderKeyId id,
                                                                       std::optional<std::int64_t> before,
                                                                       std::int64_t limit) const;
  /// The newest reading of each quota and balance of a key. Errors: not_found, reason unknown_key.
  [[nodiscard]] runtime::Task<Result<std::vector<ReadingShown>>> readings(ProviderKeyId id) const;
  [[nodiscard]] Result<Recognised> recognise(Secret pasted) const;
  [[nodiscard]] bool has_provider(const std::string& id) const { return endpoints_->registry().find(id) != nullptr; }
  /// In the order in which a page shows them.
  [[nodiscard]] std::vector<ProviderInfo> providers() const;

  /// Errors: invalid_argument, each with its field: malformed_key, missing_name, too_long, unknown_provider,
  ///         provider_unclear, wrong_provider, wrong_key_type, malformed_base_url, insecure_base_url,
  ///         private_address, base_url_required, not_an_admin_key,
  ///         admin_key_of_other_provider, admin_key_not_linkable; not_found: unknown_account,
  ///         unknown_admin_key; conflict: duplicate_key.
  [[nodiscard]] runtime::Task<Result<KeyView>> create(Actor actor, NewKey key, Once<KeyView> once);
  /// The same, and tests it before it is stored, with the outcome, which may be that the provider refuses it.
  [[nodiscard]] runtime::Task<Result<TestedKey>> create_tested(Actor actor, NewKey key, Once<TestedKey> once);
  /// The same inside the mutation of an import, for a key that was first kept at `created_at`. One that is here already
  /// is left as it is.
  struct TakenOver {
    ProviderKeyId id{};
    bool known = false;
  };
  [[nodiscard]] Result<TakenOver> take_over(store::Transaction& transaction, const Actor& actor, NewKey key,
                                            Instant created_at) const;
  [[nodiscard]] runtime::Task<Result<KeyView>> update(Actor actor, ProviderKeyId id, KeyPatch patch);
  [[nodiscard]] runtime::Task<Result<void>> remove(Actor actor, ProviderKeyId id);
  /// The full key. Written to the audit log before it is answered.
  [[nodiscard]] runtime::Task<Result<Secret>> reveal(Actor actor, ProviderKeyId id);

  [[nodiscard]] runtime::Task<Result<TestOutcome>> test(Actor actor, ProviderKeyId id);
  /// Tests a key that is not stored, and does not store it; the audit log gets a line.
  [[nodiscard]] runtime::Task<Result<TestOutcome>> test_unsaved(Actor actor, UnsavedKey key);

  /// How to reach the provider with this key; for the sync.
  [[nodiscard]] runtime::Task<Result<providers::Access>> access(ProviderKeyId id) const;

 private:
  struct Checked;
  [[nodiscard]] Result<void> check_provider(const std::optional<std::string>& provider) const;
  [[nodiscard]] Result<Checked> check(NewKey key) const;
  [[nodiscard]] Result<KeyView> insert(store::Transaction& transaction, const Actor& actor, const Checked& key,
                                       const Once<KeyView>& once) const;
  [[nodiscard]] Result<void> change_identity(store::Transaction& transaction, keys::ProviderKey& key,
                                             const KeyPatch& patch) const;
  [[nodiscard]] Result<KeyView> change(store::Transaction& transaction, const Actor& actor, ProviderKeyId id,
                                       const KeyPatch& patch, Instant now) const;
  [[nodiscard]] runtime::Task<TestOutcome> run_test(std::string provider, providers::Access access) const;

  Core core_;
  const providers::Endpoints* endpoints_;
  crypto::Bytes fingerprint_key_{};
};

/// The row name under which a key is sealed.
[[nodiscard]] std::string sealed_row(ProviderKeyId id);

}  // namespace keyledger::service
