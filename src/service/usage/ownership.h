// service/usage/ownership.h: whose use a sum is: one of our keys, a key that only the provider knows, or the
// organization as a whole.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "service/usage/key_directory.h"
#include "service/usage/query.h"
#include "store/usage_report_store.h"
#include "store/usage_source_store.h"

namespace keyledger::service {

/// held: a key of ours; remote: one that we do not hold; gone: one that we held and deleted; organization: use or cost
/// that the provider tells for no key.
BOOST_DEFINE_ENUM_CLASS(OwnerKind, held, remote, gone, organization)

struct Owner {
  OwnerKind kind = OwnerKind::organization;
  std::optional<ProviderKeyId> key_id{};  // of a held one
  std::string remote_key_id{};
  std::string name{};
  std::string masked_key{};
  std::string provider{};
  std::optional<AccountId> account_id{};
  std::string account_name{};
  std::string status{};
  std::string project{};
  std::optional<ProviderKeyId> reader_key_id{};  // the key through which it is known
  std::optional<Day> last_used{};
  std::optional<Instant> last_used_at{};  // the beginning of the hour
};

/// The names behind the numbers of the sums.
class Ownership {
 public:
  Ownership(const std::vector<HeldKey>& held, const std::vector<usage::Source>& sources,
            const std::vector<usage::RemoteKeyRecord>& remote);

  [[nodiscard]] Owner owner(usage::SourceId source, std::int64_t key) const;
  [[nodiscard]] const usage::Source* source(usage::SourceId id) const;
  [[nodiscard]] Owner held(const HeldKey& key) const;
  [[nodiscard]] bool holds(ProviderKeyId key) const { return held_.contains(key); }
  /// Whether a source tells the use of that key: then no use is 0 and not unknown.
  [[nodiscard]] bool covered(const HeldKey& key) const;

  /// What an account or a key is about. An admin key stands for its whole organization, other keys for themselves;
  /// without either, everything, and so where there is nothing else.
  [[nodiscard]] store::UsageSelection select(std::optional<AccountId> account, std::optional<ProviderKeyId> key) const;
  /// The sources that have something to do with them.
  [[nodiscard]] std::set<usage::SourceId> chosen_sources(std::optional<AccountId> account,
                                                         std::optional<ProviderKeyId> key) const;
  [[nodiscard]] bool selected(usage::SourceId source, std::int64_t key, std::optional<AccountId> account,
                              std::optional<ProviderKeyId> key_id) const;

 private:
  using Places = std::vector<std::pair<usage::SourceId, std::int64_t>>;
  [[nodiscard]] Places places(std::optional<AccountId> account, std::optional<ProviderKeyId> key) const;
  [[nodiscard]] Owner without_key(const usage::Source& source) const;
  [[nodiscard]] Owner of_remote(const usage::RemoteKeyRecord& remote, const usage::Source* source) const;

  std::map<ProviderKeyId, const HeldKey*> held_{};
  std::map<std::pair<std::string, std::string>, const HeldKey*> by_remote_{};  // provider and remote id
  std::map<usage::SourceId, const usage::Source*> sources_{};
  std::map<std::int64_t, const usage::RemoteKeyRecord*> remote_{};
};

}  // namespace keyledger::service
