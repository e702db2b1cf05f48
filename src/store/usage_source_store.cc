#include "store/usage_source_store.h"

#include <algorithm>

#include "store/usage_names.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(UsageSourceStore::Reader, (), (provider_key_id, source_id, duplicate, denied_at))
BOOST_DESCRIBE_STRUCT(UsageSourceStore::Dataset, (), (source_id, width, dataset, first_success_at, last_success_at))
BOOST_DESCRIBE_STRUCT(UsageRemoteStore::Held, (), (id, held_key_id, held_name, held_mask, account_id, account_name))

namespace {

struct NewSource {
  std::string provider{}, identity{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(NewSource, (), (provider, identity, now))

struct OfStage {
  ProviderKeyId key{};
  std::string stage{};
};
BOOST_DESCRIBE_STRUCT(OfStage, (), (key, stage))

struct OfKey {
  ProviderKeyId key{};
};
BOOST_DESCRIBE_STRUCT(OfKey, (), (key))

constexpr std::size_t kMessageBytesMax = 500;

Result<void> done(const Result<std::int64_t>& changed) {
  if (!changed) return std::unexpected(changed.error());
  return {};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
  return std::string{cut_text(text, kMessageBytesMax)};
}

}  // namespace

Result<std::vector<usage::Source>> UsageSourceStore::list(Transaction& transaction) {
  static const Query<usage::Source> kList{R"sql(
    SELECT id, provider, identity, organization, reader_key_id, reader_name, reader_mask, reader_is_admin, account_id,
           account_name, superseded_by, created_at, last_attempt_at, last_success_at, backfill_before, backfill_empty,
           backfill_done, hourly_before, hourly_done
      FROM usage_sources ORDER BY id)sql"};
  return transaction.all(kList);
}

Result<usage::Source> UsageSourceStore::find_or_add(Transaction& transaction, const std::string& provider,
                                                    const std::string& identity, Instant now) {
  static const Query<usage::Source> kFind{R"sql(
    SELECT id, provider, identity, organization, reader_key_id, reader_name, reader_mask, reader_is_admin, account_id,
           account_name, superseded_by, created_at, last_attempt_at, last_success_at, backfill_before, backfill_empty,
           backfill_done, hourly_before, hourly_done
      FROM usage_sources WHERE provider = :provider AND identity = :identity)sql"};
  static const Query<usage::Source> kInsert{R"sql(
    INSERT INTO usage_sources (provider, identity, organization, reader_key_id, reader_name, reader_mask,
      reader_is_admin, account_id, account_name, created_at, backfill_empty, backfill_done, hourly_done)
    VALUES (:provider, :identity, '', 0, '', '', 0, 0, '', :now, 0, 0, 0)
    RETURNING id, provider, identity, organization, reader_key_id, reader_name, reader_mask, reader_is_admin,
      account_id, account_name, superseded_by, created_at, last_attempt_at, last_success_at, backfill_before,
      backfill_empty, backfill_done, hourly_before, hourly_done)sql"};
  const NewSource fields{provider, std::string{cut_text(identity, UsageNames::kNameBytesMax)}, now};
  Result<std::optional<usage::Source>> row = transaction.one(kFind, fields);
  if (row && !*row) row = transaction.one(kInsert, fields);
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "an insert returns its row");
  return std::move(**row);
}

Result<void> UsageSourceStore::update(Transaction& transaction, const usage::Source& source) {
  static const Query<void> kUpdate{R"sql(
    UPDATE usage_sources SET identity = :identity, organization = :organization, reader_key_id = :reader_key_id,
           reader_name = :reader_name, reader_mask = :reader_mask, reader_is_admin = :reader_is_admin,
           account_id = :account_id, account_name = :account_name, superseded_by = :superseded_by,
           last_attempt_at = :last_attempt_at, last_success_at = :last_success_at, backfill_before = :backfill_before,
           backfill_empty = :backfill_empty, backfill_done = :backfill_done, hourly_before = :hourly_before,
           hourly_done = :hourly_done
     WHERE id = :id)sql"};
  return done(transaction.change(kUpdate, source));
}

Result<std::vector<UsageSourceStore::Reader>> UsageSourceStore::readers(Transaction& transaction) {
  static const Query<Reader> kList{
      "SELECT provider_key_id, source_id, duplicate, denied_at FROM usage_readers ORDER BY provider_key_id"};
  return transaction.all(kList);
}

Result<void> UsageSourceStore::put_reader(Transaction& transaction, const Reader& reader) {
  static const Query<void> kPut{R"sql(
    INSERT INTO usage_readers (provider_key_id, source_id, duplicate, denied_at)
    VALUES (:provider_key_id, :source_id, :duplicate, :denied_at)
    ON CONFLICT (provider_key_id) DO UPDATE SET source_id = excluded.source_id, duplicate = excluded.duplicate,
      denied_at = excluded.denied_at)sql"};
  return done(transaction.change(kPut, reader));
}

Result<std::vector<UsageSourceStore::Dataset>> UsageSourceStore::datasets(Transaction& transaction) {
  static const Query<Dataset> kList{R"sql(
    SELECT source_id, width, dataset, first_success_at, last_success_at
      FROM usage_datasets ORDER BY source_id, width, dataset)sql"};
  return transaction.all(kList);
}

Result<bool> UsageSourceStore::note_success(Transaction& transaction, usage::SourceId source, const std::string& width,
                                            const std::string& dataset, Instant now) {
  static const Query<void> kUpdate{R"sql(
    UPDATE usage_datasets SET last_success_at = :last_success_at
     WHERE source_id = :source_id AND width = :width AND dataset = :dataset)sql"};
  static const Query<void> kInsert{R"sql(
    INSERT INTO usage_datasets (source_id, width, dataset, first_success_at, last_success_at)
    VALUES (:source_id, :width, :dataset, :first_success_at, :last_success_at))sql"};
  const Dataset row{source, width, std::string{cut_text(dataset, UsageNames::kNameBytesMax)}, now, now};
  const Result<std::int64_t> updated = transaction.change(kUpdate, row);
  if (!updated) return std::unexpected(updated.error());
  if (*updated > 0) return false;
  const Result<std::int64_t> inserted = transaction.change(kInsert, row);
  if (!inserted) return std::unexpected(inserted.error());
  return true;
}

Result<std::vector<usage::FindingRecord>> UsageSourceStore::findings(Transaction& transaction) {
  static const Query<usage::FindingRecord> kList{R"sql(
    SELECT provider_key_id, stage, code, provider_status, provider_message, missing_scopes, since, seen_at
      FROM usage_findings ORDER BY provider_key_id, stage, code)sql"};
  return transaction.all(kList);
}

Result<void> UsageSourceStore::put_findings(Transaction& transaction, ProviderKeyId key, const std::string& stage,
                                            const std::vector<keys::Finding>& findings, Instant now) {
  static const Query<usage::FindingRecord> kOld{R"sql(
    SELECT provider_key_id, stage, code, provider_status, provider_message, missing_scopes, since, seen_at
      FROM usage_findings WHERE provider_key_id = :key AND stage = :stage)sql"};
  static const Query<void> kRemove{"DELETE FROM usage_findings WHERE provider_key_id = :key AND stage = :stage"};
  static const Query<void> kInsert{R"sql(
    INSERT INTO usage_findings
      (provider_key_id, stage, code, provider_status, provider_message, missing_scopes, since, seen_at)
    VALUES (:provider_key_id, :stage, :code, :provider_status, :provider_message, :missing_scopes, :since, :seen_at)
    ON CONFLICT (provider_key_id, stage, code) DO NOTHING)sql"};
  const Result<std::vector<usage::FindingRecord>> old = transaction.all(kOld, OfStage{key, stage});
  if (!old) return std::unexpected(old.error());
  if (old->empty() && findings.empty()) return {};
  const Result<std::int64_t> removed = transaction.change(kRemove, OfStage{key, stage});
  if (!removed) return std::unexpected(removed.error());
  for (const keys::Finding& finding : findings) {
    const auto before = std::ranges::find(*old, finding.code, &usage::FindingRecord::code);
    const usage::FindingRecord row{key,
                                   stage,
                                   finding.code,
                                   finding.provider_status,
                                   std::string{cut_text(finding.provider_message, kMessageBytesMax)},
                                   joined(finding.missing_scopes),
                                   before == old->end() ? now : before->since,
                                   now};
    const Result<std::int64_t> inserted = transaction.change(kInsert, row);
    if (!inserted) return std::unexpected(inserted.error());
  }
  return {};
}

Result<void> UsageSourceStore::forget_key(Transaction& transaction, ProviderKeyId key) {
  static const Query<void> kFindings{"DELETE FROM usage_findings WHERE provider_key_id = :key"};
  static const Query<void> kReaders{"DELETE FROM usage_readers WHERE provider_key_id = :key"};
  const Result<void> first = done(transaction.change(kFindings, OfKey{key}));
  if (!first) return first;
  return done(transaction.change(kReaders, OfKey{key}));
}

Result<std::vector<usage::RemoteKeyRecord>> UsageRemoteStore::keys(Transaction& transaction) {
  static const Query<usage::RemoteKeyRecord> kList{R"sql(
    SELECT id, source_id, remote_id, name, redacted, project, status, held_key_id, held_name, held_mask, account_id,
           account_name, last_used_day, last_used_hour
      FROM usage_keys ORDER BY id)sql"};
  return transaction.all(kList);
}

Result<std::vector<usage::RemoteProjectRecord>> UsageRemoteStore::projects(Transaction& transaction) {
  static const Query<usage::RemoteProjectRecord> kList{
      "SELECT id, source_id, remote_id, name, status FROM usage_projects ORDER BY id"};
  return transaction.all(kList);
}

Result<void> UsageRemoteStore::put_key(Transaction& transaction, const usage::RemoteKeyRecord& key) {
  static const Query<void> kPut{R"sql(
    INSERT INTO usage_keys (source_id, remote_id, name, redacted, project, status, held_name, held_mask, account_name)
    VALUES (:source_id, :remote_id, :name, :redacted, :project, :status, '', '', '')
    ON CONFLICT (source_id, remote_id) DO UPDATE SET name = excluded.name, redacted = excluded.redacted,
      project = excluded.project, status = excluded.status)sql"};
  usage::RemoteKeyRecord row = key;
  for (std::string* text : {&row.remote_id, &row.name, &row.redacted, &row.project, &row.status}) {
    *text = cut_text(*text, UsageNames::kNameBytesMax);
  }
  return done(transaction.change(kPut, row));
}

Result<void> UsageRemoteStore::put_project(Transaction& transaction, const usage::RemoteProjectRecord& project) {
  static const Query<void> kPut{R"sql(
    INSERT INTO usage_projects (source_id, remote_id, name, status) VALUES (:source_id, :remote_id, :name, :status)
    ON CONFLICT (source_id, remote_id) DO UPDATE SET name = excluded.name, status = excluded.status)sql"};
  usage::RemoteProjectRecord row = project;
  for (std::string* text : {&row.remote_id, &row.name, &row.status}) {
    *text = cut_text(*text, UsageNames::kNameBytesMax);
  }
  return done(transaction.change(kPut, row));
}

Result<void> UsageRemoteStore::put_held(Transaction& transaction, const Held& held) {
  static const Query<void> kPut{R"sql(
    UPDATE usage_keys SET held_key_id = :held_key_id, held_name = :held_name, held_mask = :held_mask,
           account_id = :account_id, account_name = :account_name
     WHERE id = :id)sql"};
  return done(transaction.change(kPut, held));
}

}  // namespace keyledger::store
