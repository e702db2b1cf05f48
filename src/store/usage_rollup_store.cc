#include "store/usage_rollup_store.h"

#include <fmt/format.h>

#include "store/usage_columns.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(UsageRollupStore::Place, (), (source_id, provider, bucket))
BOOST_DESCRIBE_STRUCT(UsageRollupStore::Extent, (), (first, last))

namespace {

using usage::Breakdown;
using usage::SourceId;
using usage::Width;

// Described members are columns, those of the base first.

struct LineRow : usage::Counts {
  std::int64_t dataset_id = 0, project_id = 0, key_id = 0, model_id = 0;
  std::string model{};
  std::string tier{};
};
BOOST_DESCRIBE_STRUCT(LineRow, (usage::Counts), (dataset_id, project_id, key_id, model_id, model, tier))

struct CostLineRow {
  std::int64_t project_id = 0, key_id = 0, model_id = 0;
  Currency currency{};
  std::int64_t nanos = 0;
  std::int64_t attos = 0;
};
BOOST_DESCRIBE_STRUCT(CostLineRow, (), (project_id, key_id, model_id, currency, nanos, attos))

struct RollupRow : usage::Tally {
  std::int64_t breakdown = 0, bucket = 0;
  SourceId source_id{};
  std::int64_t item_id = 0;
};
BOOST_DESCRIBE_STRUCT(RollupRow, (usage::Tally), (breakdown, bucket, source_id, item_id))

struct CostRollupRow {
  std::int64_t breakdown = 0, bucket = 0;
  SourceId source_id{};
  std::int64_t item_id = 0;
  Currency currency{};
  std::int64_t basis = 0, nanos = 0, attos = 0;
};
BOOST_DESCRIBE_STRUCT(CostRollupRow, (), (breakdown, bucket, source_id, item_id, currency, basis, nanos, attos))

struct UnpricedRow {
  std::int64_t bucket = 0;
  SourceId source_id{};
  std::int64_t label_id = 0, requests = 0, requests_known = 0, input_tokens = 0, output_tokens = 0;
};
BOOST_DESCRIBE_STRUCT(UnpricedRow, (),
                      (bucket, source_id, label_id, requests, requests_known, input_tokens, output_tokens))

struct Bucket {
  SourceId source_id{};
  std::int64_t bucket = 0;
  std::int64_t first_breakdown = 0, last_breakdown = 0;
};
BOOST_DESCRIBE_STRUCT(Bucket, (), (source_id, bucket, first_breakdown, last_breakdown))

/// The statements over one of the two tables of use, which differ in nothing but their name.
struct Sources {
  Query<LineRow> lines;
  Query<UsageRollupStore::Place> places;
  Query<UsageRollupStore::Extent> extent;

  explicit Sources(std::string_view table)
      : lines{fmt::format(R"sql(
          SELECT {1}, s.dataset_id, s.project_id, s.key_id, s.model_id, COALESCE(m.word, ''), COALESCE(t.word, '')
            FROM {0} JOIN usage_series s ON s.id = series_id
            LEFT JOIN usage_words m ON m.id = s.model_id LEFT JOIN usage_words t ON t.id = s.tier_id
           WHERE bucket = :bucket AND s.source_id = :source_id)sql",
                          table, kUsageCounts)},
        places{fmt::format(R"sql(
          SELECT DISTINCT s.source_id, o.provider, bucket FROM {0} JOIN usage_series s ON s.id = series_id
            JOIN usage_sources o ON o.id = s.source_id
           WHERE bucket >= :from AND bucket < :to ORDER BY bucket, s.source_id)sql",
                           table)},
        extent{fmt::format("SELECT (SELECT MIN(bucket) FROM {0}), (SELECT MAX(bucket) FROM {0})", table)} {}
};

const Sources& table_of(Width width) {
  static const Sources kDays("usage_days");
  static const Sources kHours("usage_hours");
  return width == Width::day ? kDays : kHours;
}

struct Range {
  std::int64_t from = 0, to = 0;
};
BOOST_DESCRIBE_STRUCT(Range, (), (from, to))

Result<void> clear_rollups(Transaction& transaction, const Bucket& bucket) {
  static const Query<void> kCounts{R"sql(
    DELETE FROM usage_rollups WHERE breakdown >= :first_breakdown AND breakdown <= :last_breakdown
       AND bucket = :bucket AND source_id = :source_id)sql"};
  static const Query<void> kCosts{R"sql(
    DELETE FROM cost_rollups WHERE breakdown >= :first_breakdown AND breakdown <= :last_breakdown
       AND bucket = :bucket AND source_id = :source_id)sql"};
  static const Query<void> kUnpriced{
      "DELETE FROM usage_unpriced WHERE bucket = :bucket AND source_id = :source_id AND :first_breakdown = 0"};
  for (const Query<void>* query : {&kCounts, &kCosts, &kUnpriced}) {
    const Result<std::int64_t> done = transaction.change(*query, bucket);
    if (!done) return std::unexpected(done.error());
  }
  return {};
}

Result<void> write_counts(Transaction& transaction, const Bucket& bucket, const usage::Rollup& rollup) {
  static const Query<void> kInsert{fmt::format(R"sql(
    INSERT INTO usage_rollups (breakdown, bucket, source_id, item_id, requests_known, requests_unknown, {})
    VALUES (:breakdown, :bucket, :source_id, :item_id, :requests_known, :requests_unknown, {}))sql",
                                               kUsageCounts, kUsageCountValues)};
  static const Query<void> kUnpriced{R"sql(
    INSERT INTO usage_unpriced (bucket, source_id, label_id, requests, requests_known, input_tokens, output_tokens)
    VALUES (:bucket, :source_id, :label_id, :requests, :requests_known, :input_tokens, :output_tokens))sql"};
  for (const auto& [cell, tally] : rollup.counts) {
    RollupRow row;
    static_cast<usage::Tally&>(row) = tally;
    row.breakdown = static_cast<std::int64_t>(cell.by);
    row.bucket = bucket.bucket;
    row.source_id = bucket.source_id;
    row.item_id = cell.id;
    const Result<std::int64_t> inserted = transaction.change(kInsert, row);
    if (!inserted) return std::unexpected(inserted.error());
  }
  for (const auto& [label, tally] : rollup.unpriced) {
    const UnpricedRow row{bucket.bucket,      bucket.source_id,   label, tally.requests, tally.requests_known,
                          tally.input_tokens, tally.output_tokens};
    const Result<std::int64_t> inserted = transaction.change(kUnpriced, row);
    if (!inserted) return std::unexpected(inserted.error());
  }
  return {};
}

Result<void> write_costs(Transaction& transaction, const Bucket& bucket, const usage::Rollup& rollup) {
  static const Query<void> kInsert{R"sql(
    INSERT INTO cost_rollups (breakdown, bucket, source_id, item_id, currency, basis, nanos, attos)
    VALUES (:breakdown, :bucket, :source_id, :item_id, :currency, :basis, :nanos, :attos))sql"};
  for (const auto& [cell, amount] : rollup.costs) {
    const CostRollupRow row{
        static_cast<std::int64_t>(cell.by),    bucket.bucket, bucket.source_id, cell.id, cell.currency,
        static_cast<std::int64_t>(cell.basis), amount.nanos,  amount.attos};
    const Result<std::int64_t> inserted = transaction.change(kInsert, row);
    if (!inserted) return std::unexpected(inserted.error());
  }
  return {};
}

Result<void> note_last_used(Transaction& transaction, const Bucket& bucket, Width width) {
  static const Query<void> kDay{R"sql(
    UPDATE usage_keys SET last_used_day = :bucket
     WHERE (last_used_day IS NULL OR last_used_day < :bucket) AND id IN
           (SELECT s.key_id FROM usage_days u JOIN usage_series s ON s.id = u.series_id
             WHERE u.bucket = :bucket AND s.source_id = :source_id))sql"};
  static const Query<void> kHour{R"sql(
    UPDATE usage_keys SET last_used_hour = :bucket
     WHERE (last_used_hour IS NULL OR last_used_hour < :bucket) AND id IN
           (SELECT s.key_id FROM usage_hours u JOIN usage_series s ON s.id = u.series_id
             WHERE u.bucket = :bucket AND s.source_id = :source_id))sql"};
  const Result<std::int64_t> done = transaction.change(width == Width::day ? kDay : kHour, bucket);
  if (!done) return std::unexpected(done.error());
  return {};
}

/// The rows of one source and bucket. The texts of `usage` point into `rows`.
struct Lines {
  std::vector<LineRow> rows{};
  std::vector<usage::UsageLine> usage{};
  std::vector<usage::CostLine> costs{};
};

Result<void> read_lines(Transaction& transaction, const Bucket& bucket, Width width, Lines& lines) {
  static const Query<CostLineRow> kCosts{R"sql(
    SELECT s.project_id, s.key_id, s.model_id, s.currency, nanos, attos
      FROM cost_days JOIN cost_series s ON s.id = series_id
     WHERE bucket = :bucket AND s.source_id = :source_id)sql"};
  Result<std::vector<LineRow>> rows = transaction.all(table_of(width).lines, bucket);
  if (!rows) return std::unexpected(rows.error());
  lines.rows = std::move(*rows);
  for (const LineRow& row : lines.rows) {
    lines.usage.push_back({.project = row.project_id,
                           .key = row.key_id,
                           .model = row.model_id,
                           .label = row.model_id != 0 ? row.model_id : row.dataset_id,
                           .model_name = row.model,
                           .tier = row.tier,
                           .counts = row});
  }
  if (width != Width::day) return {};
  return transaction.each<CostLineRow>(kCosts, bucket, [&](CostLineRow row) {
    lines.costs.push_back({row.project_id, row.key_id, row.model_id, row.currency, Amount{row.nanos, row.attos}});
    return true;
  });
}

}  // namespace

Result<void> UsageRollupStore::roll_up(Transaction& transaction, const Place& place, Width width,
                                       const usage::PriceBook& prices) {
  const bool daily = width == Width::day;
  const Bucket bucket{place.source_id, place.bucket,
                      static_cast<std::int64_t>(daily ? Breakdown::total : Breakdown::hour),
                      static_cast<std::int64_t>(daily ? Breakdown::project : Breakdown::hour)};
  Lines lines;
  const Result<void> read = read_lines(transaction, bucket, width, lines);
  if (!read) return read;
  const usage::Rollup rollup = usage::roll_up({.provider = place.provider,
                                               .start = start_of(width, place.bucket),
                                               .span = daily ? usage::Span::day : usage::Span::hour,
                                               .billed = !lines.costs.empty(),
                                               .usage = lines.usage,
                                               .costs = lines.costs},
                                              prices);
  const Result<void> cleared = clear_rollups(transaction, bucket);
  if (!cleared) return cleared;
  const Result<void> counted = write_counts(transaction, bucket, rollup);
  if (!counted) return counted;
  const Result<void> costed = write_costs(transaction, bucket, rollup);
  if (!costed) return costed;
  return note_last_used(transaction, bucket, width);
}

Result<std::vector<UsageRollupStore::Place>> UsageRollupStore::places(Transaction& transaction, Width width,
                                                                      std::int64_t from, std::int64_t to) {
  return transaction.all(table_of(width).places, Range{from, to});
}

Result<UsageRollupStore::Extent> UsageRollupStore::extent(Transaction& transaction, Width width) {
  const Result<std::optional<Extent>> row = transaction.one(table_of(width).extent);
  if (!row) return std::unexpected(row.error());
  return row->value_or(Extent{});
}

}  // namespace keyledger::store
