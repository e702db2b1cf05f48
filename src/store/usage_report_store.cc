#include "store/usage_report_store.h"

#include <fmt/format.h>

#include "store/usage_columns.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(UsageReportStore::Unpriced, (),
                      (provider, model, requests, requests_known, input_tokens, output_tokens))
BOOST_DESCRIBE_STRUCT(UsageReportStore::Line, (usage::Counts),
                      (bucket, source_id, provider, dataset_id, project_id, key_id, model_id, model, tier))
BOOST_DESCRIBE_STRUCT(UsageReportStore::CostLine, (),
                      (bucket, source_id, provider, project_id, key_id, model_id, currency, nanos, attos))
BOOST_DESCRIBE_STRUCT(UsageReportStore::BilledDay, (), (source_id, bucket, by_key))
BOOST_DESCRIBE_STRUCT(UsageReportStore::Word, (), (id, word))

namespace {

struct Asked {
  std::int64_t breakdown = 0;
  std::int64_t from = 0, to = 0;
  bool everything = true;
  std::string chosen{};
};
BOOST_DESCRIBE_STRUCT(Asked, (), (breakdown, from, to, everything, chosen))

struct CountRow : usage::Tally {
  std::int64_t bucket = 0;
  usage::SourceId source_id{};
  std::int64_t item_id = 0;
};
BOOST_DESCRIBE_STRUCT(CountRow, (usage::Tally), (bucket, source_id, item_id))

/// A sum in three parts, see usage::from_parts.
struct CostRow {
  std::int64_t bucket = 0;
  usage::SourceId source_id{};
  std::int64_t item_id = 0;
  Currency currency{};
  std::int64_t basis = 0, units = 0, nanos = 0, attos = 0;
};
BOOST_DESCRIBE_STRUCT(CostRow, (), (bucket, source_id, item_id, currency, basis, units, nanos, attos))

constexpr std::string_view kTallySums =
    "SUM(requests), SUM(requests_known), SUM(requests_unknown), SUM(input_tokens), SUM(cached_tokens), "
    "SUM(cache_write_tokens), SUM(cache_write_1h_tokens), SUM(output_tokens), SUM(input_audio_tokens), "
    "SUM(output_audio_tokens), SUM(images), SUM(characters), SUM(seconds), SUM(sessions), SUM(searches), SUM(bytes), "
    "SUM(credits)";
constexpr std::string_view kCostSums = "currency, basis, SUM(nanos / 1000000000), SUM(nanos % 1000000000), SUM(attos)";
/// A part of the rollups, with the columns of the table. Sources whose use is counted elsewhere are left out.
constexpr std::string_view kEverything = R"sql(
  FROM {0} u
 WHERE breakdown = :breakdown AND bucket >= :from AND bucket < :to
   AND source_id NOT IN (SELECT id FROM usage_sources WHERE superseded_by IS NOT NULL))sql";
constexpr std::string_view kBuckets = R"sql(
  WITH RECURSIVE asked (bucket) AS (
    SELECT CAST(:from AS BIGINT) WHERE :from < :to UNION ALL SELECT bucket + 1 FROM asked WHERE bucket + 1 < :to))sql";
/// The chosen keys and key 0 of their sources; one look-up for each of them and day, for some keys far less than
/// reading the rows of all. CROSS JOIN keeps SQLite to this order: the selection is compared once per key.
constexpr std::string_view kChosenKeys = R"sql(
  FROM (SELECT k.source_id AS chosen_source, k.id AS chosen_item FROM usage_keys k
        UNION ALL SELECT o.id, 0 FROM usage_sources o) c
  CROSS JOIN asked a CROSS JOIN {0} u
 WHERE :chosen LIKE '%,' || CAST(chosen_source AS TEXT) || '.' || CAST(chosen_item AS TEXT) || ',%'
   AND u.breakdown = :breakdown AND u.bucket = a.bucket AND u.source_id = chosen_source AND u.item_id = chosen_item
   AND chosen_source NOT IN (SELECT id FROM usage_sources WHERE superseded_by IS NOT NULL))sql";

Asked ask(usage::Breakdown by, UsageReportStore::Range range, const UsageSelection& selection) {
  return {static_cast<std::int64_t>(by), range.from, range.to, selection.all(), selection.text()};
}

usage::Breakdown breakdown_for(const UsageSelection& selection, bool by_hour) {
  if (by_hour) return usage::Breakdown::hour;
  return selection.all() ? usage::Breakdown::total : usage::Breakdown::key;
}

Result<std::vector<usage::CountSum>> counts(Transaction& transaction, const Query<CountRow>& query,
                                            const Asked& asked) {
  std::vector<usage::CountSum> sums;
  const Result<void> read = transaction.each<CountRow>(query, asked, [&](CountRow row) {
    sums.push_back({row.bucket, row.source_id, row.item_id, static_cast<const usage::Tally&>(row)});
    return true;
  });
  if (!read) return std::unexpected(read.error());
  return sums;
}

Result<std::vector<usage::CostSum>> costs(Transaction& transaction, const Query<CostRow>& query, const Asked& asked) {
  std::vector<usage::CostSum> sums;
  const Result<void> read = transaction.each<CostRow>(query, asked, [&](CostRow row) {
    sums.push_back({row.bucket, row.source_id, row.item_id, row.currency, static_cast<usage::Basis>(row.basis),
                    usage::from_parts(row.units, row.nanos, row.attos)});
    return true;
  });
  if (!read) return std::unexpected(read.error());
  return sums;
}

/// One question over a table of rollups, for everything and for a selection.
template <typename Row>
struct RollupQuery {
  Query<Row> everything;
  Query<Row> chosen;

  /// `columns` and `groups` in the words of SQL; the table is `u` where a name could be another's, too.
  RollupQuery(std::string_view table, std::string_view columns, std::string_view groups)
      : everything{fmt::format("SELECT {} {} GROUP BY {}", columns, fmt::format(fmt::runtime(kEverything), table),
                               groups)},
        chosen{fmt::format("{} SELECT {} {} GROUP BY {}", kBuckets, columns,
                           fmt::format(fmt::runtime(kChosenKeys), table), groups)} {}
  [[nodiscard]] const Query<Row>& of(const UsageSelection& selection) const {
    return selection.all() ? everything : chosen;
  }
};

}  // namespace

UsageSelection::UsageSelection(std::span<const std::pair<usage::SourceId, std::int64_t>> keys)
    : all_(false), text_(",") {
  for (const auto& [source, key] : keys) text_ += fmt::format("{}.{},", source.value, key);
}

Result<std::vector<usage::CountSum>> UsageReportStore::counts_by_bucket(Transaction& transaction, Range range,
                                                                        const UsageSelection& selection, bool by_hour) {
  static const RollupQuery<CountRow> kQuery("usage_rollups", fmt::format("{}, u.bucket, u.source_id, 0", kTallySums),
                                            "u.bucket, u.source_id");
  return counts(transaction, kQuery.of(selection), ask(breakdown_for(selection, by_hour), range, selection));
}

Result<std::vector<usage::CostSum>> UsageReportStore::costs_by_bucket(Transaction& transaction, Range range,
                                                                      const UsageSelection& selection, bool by_hour) {
  static const RollupQuery<CostRow> kQuery("cost_rollups", fmt::format("u.bucket, u.source_id, 0, {}", kCostSums),
                                           "u.bucket, u.source_id, currency, basis");
  return costs(transaction, kQuery.of(selection), ask(breakdown_for(selection, by_hour), range, selection));
}

Result<std::vector<usage::CountSum>> UsageReportStore::counts_by_item(Transaction& transaction, Range range,
                                                                      usage::Breakdown by,
                                                                      const UsageSelection& selection) {
  check_invariant(selection.all() || by == usage::Breakdown::key, "only keys can be selected in a rollup");
  static const RollupQuery<CountRow> kQuery("usage_rollups", fmt::format("{}, 0, u.source_id, item_id", kTallySums),
                                            "u.source_id, item_id");
  return counts(transaction, kQuery.of(selection), ask(by, range, selection));
}

Result<std::vector<usage::CostSum>> UsageReportStore::costs_by_item(Transaction& transaction, Range range,
                                                                    usage::Breakdown by,
                                                                    const UsageSelection& selection) {
  check_invariant(selection.all() || by == usage::Breakdown::key, "only keys can be selected in a rollup");
  static const RollupQuery<CostRow> kQuery("cost_rollups", fmt::format("0, u.source_id, item_id, {}", kCostSums),
                                           "u.source_id, item_id, currency, basis");
  return costs(transaction, kQuery.of(selection), ask(by, range, selection));
}

Result<std::vector<UsageReportStore::Unpriced>> UsageReportStore::unpriced(Transaction& transaction, Range range) {
  static const Query<Unpriced> kQuery{R"sql(
    SELECT o.provider, COALESCE(w.word, ''), SUM(u.requests), SUM(u.requests_known), SUM(u.input_tokens),
           SUM(u.output_tokens)
      FROM usage_unpriced u JOIN usage_sources o ON o.id = u.source_id LEFT JOIN usage_words w ON w.id = u.label_id
     WHERE u.bucket >= :from AND u.bucket < :to AND o.superseded_by IS NULL
     GROUP BY o.provider, w.word ORDER BY SUM(u.input_tokens) + SUM(u.output_tokens) DESC, o.provider, w.word)sql"};
  return transaction.all(kQuery, ask(usage::Breakdown::total, range, {}));
}

namespace {

/// One look-up per chosen series and day: for some keys far less than reading all rows of the days. CROSS JOIN keeps
/// SQLite to this order: the selection is compared once per series, and the rows come last.
constexpr std::string_view kChosen = R"sql(
  o.superseded_by IS NULL AND (:everything = 1 OR :chosen LIKE
    '%,' || CAST(s.source_id AS TEXT) || '.' || CAST(s.key_id AS TEXT) || ',%'))sql";

Query<UsageReportStore::Line> line_query(std::string_view table) {
  return {fmt::format(R"sql({0}
    SELECT {1}, u.bucket, s.source_id, o.provider, s.dataset_id, s.project_id, s.key_id, s.model_id,
           COALESCE(m.word, ''), COALESCE(t.word, '')
      FROM usage_series s CROSS JOIN asked a CROSS JOIN {2} u
      JOIN usage_sources o ON o.id = s.source_id
      LEFT JOIN usage_words m ON m.id = s.model_id LEFT JOIN usage_words t ON t.id = s.tier_id
     WHERE u.bucket = a.bucket AND u.series_id = s.id AND {3} ORDER BY u.bucket, s.source_id, s.id)sql",
                      kBuckets, kUsageCounts, table, kChosen)};
}

}  // namespace

Result<std::vector<UsageReportStore::Line>> UsageReportStore::lines(Transaction& transaction, Range range,
                                                                    const UsageSelection& selection,
                                                                    usage::Width width) {
  static const Query<Line> kDays = line_query("usage_days");
  static const Query<Line> kHours = line_query("usage_hours");
  return transaction.all(width == usage::Width::day ? kDays : kHours, ask(usage::Breakdown::key, range, selection));
}

Result<std::vector<UsageReportStore::CostLine>> UsageReportStore::cost_lines(Transaction& transaction, Range range,
                                                                             const UsageSelection& selection) {
  static const Query<CostLine> kQuery{fmt::format(R"sql({0}
    SELECT c.bucket, s.source_id, o.provider, s.project_id, s.key_id, s.model_id, s.currency, c.nanos, c.attos
      FROM cost_series s CROSS JOIN asked a CROSS JOIN cost_days c
      JOIN usage_sources o ON o.id = s.source_id
     WHERE c.bucket = a.bucket AND c.series_id = s.id AND {1} ORDER BY c.bucket, s.source_id, s.id)sql",
                                                  kBuckets, kChosen)};
  return transaction.all(kQuery, ask(usage::Breakdown::key, range, selection));
}

Result<std::vector<UsageReportStore::BilledDay>> UsageReportStore::billed_days(Transaction& transaction, Range range) {
  static const Query<BilledDay> kQuery{R"sql(
    SELECT source_id, bucket, MAX(CASE WHEN item_id <> 0 THEN 1 ELSE 0 END)
      FROM cost_rollups WHERE breakdown = :breakdown AND bucket >= :from AND bucket < :to AND basis = 0
     GROUP BY source_id, bucket)sql"};
  return transaction.all(kQuery, ask(usage::Breakdown::key, range, {}));
}

Result<std::vector<UsageReportStore::Word>> UsageReportStore::words(Transaction& transaction) {
  static const Query<Word> kQuery{"SELECT id, word FROM usage_words ORDER BY id"};
  return transaction.all(kQuery);
}

}  // namespace keyledger::store
