// store/usage_source_store.h: where use comes from, who reads it, and how far the reading has come.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/keys/findings.h"
#include "domain/usage/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction. Errors, of all: those of the database.
class UsageSourceStore {
 public:
  [[nodiscard]] static Result<std::vector<usage::Source>> list(Transaction& transaction);
  /// The source of that provider and identity, made if it is new.
  [[nodiscard]] static Result<usage::Source> find_or_add(Transaction& transaction, const std::string& provider,
                                                         const std::string& identity, Instant now);
  /// Writes everything but id, provider and creation.
  [[nodiscard]] static Result<void> update(Transaction& transaction, const usage::Source& source);

  struct Reader {
    ProviderKeyId provider_key_id{};
    usage::SourceId source_id{};
    bool duplicate = false;              // another key reads the source
    std::optional<Instant> denied_at{};  // the provider did not let it read
  };
  [[nodiscard]] static Result<std::vector<Reader>> readers(Transaction& transaction);
  [[nodiscard]] static Result<void> put_reader(Transaction& transaction, const Reader& reader);

  struct Dataset {
    usage::SourceId source_id{};
    std::string width{};
    std::string dataset{};
    Instant first_success_at{};
    Instant last_success_at{};
  };
  [[nodiscard]] static Result<std::vector<Dataset>> datasets(Transaction& transaction);
  /// Notes a success. Answers whether it was the first one of the dataset.
  [[nodiscard]] static Result<bool> note_success(Transaction& transaction, usage::SourceId source,
                                                 const std::string& width, const std::string& dataset, Instant now);

  [[nodiscard]] static Result<std::vector<usage::FindingRecord>> findings(Transaction& transaction);
  /// Puts these in the place of the stage's; one that was there before keeps since when.
  [[nodiscard]] static Result<void> put_findings(Transaction& transaction, ProviderKeyId key, const std::string& stage,
                                                 const std::vector<keys::Finding>& findings, Instant now);
  /// What is known about a key that is no longer there: its findings and its role as a reader go, its history stays.
  [[nodiscard]] static Result<void> forget_key(Transaction& transaction, ProviderKeyId key);
};

/// Names of remote keys and projects.
class UsageRemoteStore {
 public:
  [[nodiscard]] static Result<std::vector<usage::RemoteKeyRecord>> keys(Transaction& transaction);
  [[nodiscard]] static Result<std::vector<usage::RemoteProjectRecord>> projects(Transaction& transaction);
  /// Adds or renames by (source, remote id); what was held for a key stays.
  [[nodiscard]] static Result<void> put_key(Transaction& transaction, const usage::RemoteKeyRecord& key);
  [[nodiscard]] static Result<void> put_project(Transaction& transaction, const usage::RemoteProjectRecord& project);

  struct Held {
    std::int64_t id = 0;  // of the remote key
    ProviderKeyId held_key_id{};
    std::string held_name{}, held_mask{};
    AccountId account_id{};
    std::string account_name{};
  };
  /// Notes which of our keys a remote key is, so that the name outlives it.
  [[nodiscard]] static Result<void> put_held(Transaction& transaction, const Held& held);
};

}  // namespace keyledger::store
