// domain/usage/records.h: what the store keeps about use beside the rows, as everybody above it sees it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/instant.h"
#include "base/money.h"
#include "domain/usage/rollup.h"

namespace keyledger::usage {

using SourceId = Id<struct UsageSourceTag>;

/// An organization at a provider, or a single key where nothing is known above it. Use belongs to it.
struct Source {
  SourceId id{};
  std::string provider{};
  std::string identity{};      // the provider's id of the organization, or "key:17"
  std::string organization{};  // its name; may be empty
  ProviderKeyId reader_key_id{};
  std::string reader_name{};
  std::string reader_mask{};
  bool reader_is_admin = false;  // then use without a key belongs to the organization, else to the reader itself
  AccountId account_id{};        // of the reader
  std::string account_name{};
  std::optional<SourceId> superseded_by{};  // the same use is counted there
  Instant created_at{};
  std::optional<Instant> last_attempt_at{};
  std::optional<Instant> last_success_at{};
  std::optional<Day> backfill_before{};  // history from this day on was read, or is read by the regular sync
  std::int64_t backfill_empty = 0;       // windows without any row in succession, the oldest ones
  bool backfill_done = false;
  std::optional<Day> hourly_before{};
  bool hourly_done = false;
};
BOOST_DESCRIBE_STRUCT(Source, (),
                      (id, provider, identity, organization, reader_key_id, reader_name, reader_mask, reader_is_admin,
                       account_id, account_name, superseded_by, created_at, last_attempt_at, last_success_at,
                       backfill_before, backfill_empty, backfill_done, hourly_before, hourly_done))

/// A key as the provider knows it, and whom of ours it was linked to when that was last seen.
struct RemoteKeyRecord {
  std::int64_t id = 0;
  SourceId source_id{};
  std::string remote_id{};
  std::string name{};
  std::string redacted{};
  std::string project{};
  std::string status{};
  std::optional<ProviderKeyId> held_key_id{};
  std::string held_name{};
  std::string held_mask{};
  std::optional<AccountId> account_id{};
  std::string account_name{};
  std::optional<Day> last_used_day{};
  std::optional<std::int64_t> last_used_hour{};  // since 1970-01-01, where the provider tells hours
};
BOOST_DESCRIBE_STRUCT(RemoteKeyRecord, (),
                      (id, source_id, remote_id, name, redacted, project, status, held_key_id, held_name, held_mask,
                       account_id, account_name, last_used_day, last_used_hour))

struct RemoteProjectRecord {
  std::int64_t id = 0;
  SourceId source_id{};
  std::string remote_id{};
  std::string name{};
  std::string status{};
};
BOOST_DESCRIBE_STRUCT(RemoteProjectRecord, (), (id, source_id, remote_id, name, status))

/// What stands in the way of reading, and since when.
struct FindingRecord {
  ProviderKeyId provider_key_id{};
  std::string stage{};  // access, discover, fetch, hourly, readings, backfill
  std::string code{};
  std::int64_t provider_status = 0;
  std::string provider_message{};
  std::string missing_scopes{};  // separated by blanks
  Instant since{};
  Instant seen_at{};
};
BOOST_DESCRIBE_STRUCT(FindingRecord, (),
                      (provider_key_id, stage, code, provider_status, provider_message, missing_scopes, since, seen_at))

/// A sum of a rollup.
struct CountSum {
  std::int64_t bucket = 0;  // day or hour; 0 where it was summed over all
  SourceId source_id{};
  std::int64_t item_id = 0;
  Tally tally{};
};
struct CostSum {
  std::int64_t bucket = 0;
  SourceId source_id{};
  std::int64_t item_id = 0;
  Currency currency{};
  Basis basis = Basis::billed;
  Amount amount{};
};

}  // namespace keyledger::usage
