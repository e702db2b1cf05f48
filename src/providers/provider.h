// providers/provider.h: what Keyledger asks of a provider. One folder or one table row implements it per provider.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/secret.h"
#include "domain/keys/findings.h"
#include "domain/keys/provider_key.h"
#include "domain/usage/rows.h"
#include "net/client.h"

namespace keyledger::providers {

using runtime::Task;

/// What a provider can do, for the sync and for the page of providers.
struct Description {
  std::string id{};                   // "openai": the word in the API, in settings and in KEYLEDGER_OPENAI_BASE_URL
  std::string name{};                 // "OpenAI"
  std::string base_url{};             // default; with the version prefix where the provider has one
  std::string management_base_url{};  // where a second host serves the management API (xAI, Mistral); else empty
  std::string console_url{};          // where a person makes and revokes keys
  bool reads_usage = false;           // fetch() gives usage rows
  bool reads_cost = false;            // fetch() gives billed cost rows
  bool reads_readings = false;        // readings() gives quota or balance without costing anything
  bool hourly = false;                // fetch() can give Width::hour
  bool lists_keys = false;            // discover() gives keys for linking
  bool test_costs = false;            // a key test uses up quota (Brave): never run unasked
  int window_days = 31;               // the longest range of one fetch() with Width::day
  int hourly_window_days = 7;         // the same with Width::hour
  int history_days = 0;               // how far back it answers; 0: as far as it has
};

/// How to reach a provider with one key.
struct Access {
  net::BaseUrl base{};
  std::optional<net::BaseUrl> management_base{};
  Secret key{};
  keys::KeyType type = keys::KeyType::standard;
};

struct KeyTest {
  keys::Verdict verdict = keys::Verdict::unreachable;
  keys::Finding finding{};                                   // code "ok" when valid
  std::vector<usage::Reading> readings{};                    // what the answer told on the side
  std::vector<std::pair<std::string, std::string>> facts{};  // organization, plan, models, login: for the person
};

struct RemoteKey {
  std::string id{};  // key_..., apikey_...
  std::string name{};
  std::string redacted{};    // for matches_redacted; or
  std::string sha256_hex{};  // where the provider gives the digest of the key
  std::string project{};
  std::string status{};  // active, inactive, archived, expired; empty: not told
};
struct RemoteProject {
  std::string id{}, name{}, status{};
};
/// What an admin key can see around itself. `identity` is the same for every admin key of one organization, so that two
/// of them are not counted twice; empty if it cannot be told.
struct Discovery {
  std::string identity{};
  std::string organization{};
  std::vector<RemoteProject> projects{};
  std::vector<RemoteKey> keys{};
  std::vector<keys::Finding> findings{};  // what could not be read; the rest is there all the same
};

struct FetchRequest {
  usage::Width width = usage::Width::day;
  Instant from{};  // aligned to the width
  Instant to{};    // exclusive
};
/// Rows of a range. A dataset stands in `complete` when it was read to its last page: only then do its rows replace
/// what is stored for the range. What failed is told in `findings`, one per dataset at most.
struct Fetched {
  std::vector<usage::UsageRow> usage{};
  std::vector<usage::CostRow> costs{};
  std::vector<std::string> complete{};
  std::vector<keys::Finding> findings{};
};

class Provider {
 public:
  virtual ~Provider() = default;
  [[nodiscard]] virtual const Description& description() const = 0;

  /// Asks the cheapest endpoint. Never fails: what goes wrong is a verdict.
  [[nodiscard]] virtual Task<KeyTest> test(Access access) const = 0;
  /// Organization, projects and keys. The default knows nothing.
  [[nodiscard]] virtual Task<Discovery> discover(Access access) const;
  /// Usage and cost of a range, paged to the end. The default has none.
  [[nodiscard]] virtual Task<Fetched> fetch(Access access, FetchRequest request) const;
  /// Quota and balance of the moment. The default has none.
  struct Readings {
    std::vector<usage::Reading> readings{};
    std::vector<keys::Finding> findings{};
  };
  [[nodiscard]] virtual Task<Readings> readings(Access access) const;
};

/// What a provider speaks through; tests put a scripted one in its place.
class Http {
 public:
  virtual ~Http() = default;
  [[nodiscard]] virtual Task<Result<net::ClientReply>> send(net::ClientRequest request) const = 0;
  /// Waits before a retry; tests return at once and note the duration.
  [[nodiscard]] virtual Task<void> pause(std::chrono::milliseconds duration) const = 0;
};

class Caller;

/// All providers, made once at start. `http` and `clock` outlive it.
class Registry {
 public:
  Registry(const Http* http, const Clock* clock);
  ~Registry();
  [[nodiscard]] const Provider* find(std::string_view id) const;
  [[nodiscard]] std::vector<const Provider*> all() const;  // in the order in which a page shows them

 private:
  std::unique_ptr<Caller> caller_;  // what the providers call through: it outlives them
  std::vector<std::unique_ptr<Provider>> providers_{};
};

}  // namespace keyledger::providers
