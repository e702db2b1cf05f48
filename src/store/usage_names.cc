#include "store/usage_names.h"

namespace keyledger::store {
namespace {

struct ByText {
  usage::SourceId source_id{};
  std::string text{};
};
BOOST_DESCRIBE_STRUCT(ByText, (), (source_id, text))

struct BySource {
  usage::SourceId source_id{};
};
BOOST_DESCRIBE_STRUCT(BySource, (), (source_id))

struct SeriesRow {
  std::int64_t id = 0;
  usage::SourceId source_id{};
  std::int64_t dataset_id = 0, project_id = 0, key_id = 0, model_id = 0, tier_id = 0;
};
BOOST_DESCRIBE_STRUCT(SeriesRow, (), (id, source_id, dataset_id, project_id, key_id, model_id, tier_id))

struct CostSeriesRow {
  std::int64_t id = 0;
  usage::SourceId source_id{};
  std::int64_t dataset_id = 0, project_id = 0, key_id = 0, model_id = 0, line_item_id = 0;
  std::string currency{};
};
BOOST_DESCRIBE_STRUCT(CostSeriesRow, (),
                      (id, source_id, dataset_id, project_id, key_id, model_id, line_item_id, currency))

using FindId = Query<Single<std::int64_t>>;

template <typename Parameters>
Result<std::int64_t> one_id(Transaction& transaction, const FindId& query, const Parameters& parameters) {
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(query, parameters);
  if (!row) return std::unexpected(row.error());
  return *row ? (*row)->value : 0;
}

}  // namespace

std::string_view cut_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

Result<UsageNames> UsageNames::load(Transaction& transaction, usage::SourceId source) {
  static const Query<SeriesRow> kSeries{R"sql(
    SELECT id, source_id, dataset_id, project_id, key_id, model_id, tier_id
      FROM usage_series WHERE source_id = :source_id)sql"};
  static const Query<CostSeriesRow> kCostSeries{R"sql(
    SELECT id, source_id, dataset_id, project_id, key_id, model_id, line_item_id, currency
      FROM cost_series WHERE source_id = :source_id)sql"};
  UsageNames names(transaction, source);
  Result<void> read = transaction.each<SeriesRow>(kSeries, BySource{source}, [&](SeriesRow row) {
    names.series_.emplace(Series{row.dataset_id, row.project_id, row.key_id, row.model_id, row.tier_id}, row.id);
    return true;
  });
  if (!read) return std::unexpected(read.error());
  read = transaction.each<CostSeriesRow>(kCostSeries, BySource{source}, [&](CostSeriesRow row) {
    names.cost_series_.emplace(
        CostSeries{row.dataset_id, row.project_id, row.key_id, row.model_id, row.line_item_id, std::move(row.currency)},
        row.id);
    return true;
  });
  if (!read) return std::unexpected(read.error());
  return names;
}

Result<std::int64_t> UsageNames::find_or_add(std::unordered_map<std::string, std::int64_t>& known,
                                             std::string_view text, const FindId& find, const FindId& insert) {
  if (text.empty()) return 0;
  const std::string name{cut_text(text, kNameBytesMax)};
  const auto cached = known.find(name);
  if (cached != known.end()) return cached->second;
  const ByText parameters{source_, name};
  Result<std::int64_t> id = one_id(*transaction_, find, parameters);
  if (id && *id == 0) id = one_id(*transaction_, insert, parameters);
  if (id) known.emplace(name, *id);
  return id;
}

Result<std::int64_t> UsageNames::word(std::string_view text) {
  static const FindId kFind{"SELECT id FROM usage_words WHERE word = :text"};
  static const FindId kInsert{"INSERT INTO usage_words (word) VALUES (:text) RETURNING id"};
  return find_or_add(words_, text, kFind, kInsert);
}

Result<std::int64_t> UsageNames::project(std::string_view remote_id) {
  static const FindId kFind{"SELECT id FROM usage_projects WHERE source_id = :source_id AND remote_id = :text"};
  static const FindId kInsert{R"sql(
    INSERT INTO usage_projects (source_id, remote_id, name, status) VALUES (:source_id, :text, '', '')
    RETURNING id)sql"};
  return find_or_add(projects_, remote_id, kFind, kInsert);
}

Result<std::int64_t> UsageNames::key(std::string_view remote_id) {
  static const FindId kFind{"SELECT id FROM usage_keys WHERE source_id = :source_id AND remote_id = :text"};
  static const FindId kInsert{R"sql(
    INSERT INTO usage_keys (source_id, remote_id, name, redacted, project, status, held_name, held_mask, account_name)
    VALUES (:source_id, :text, '', '', '', '', '', '', '') RETURNING id)sql"};
  return find_or_add(keys_, remote_id, kFind, kInsert);
}

Result<std::int64_t> UsageNames::series(const usage::UsageRow& row) {
  static const FindId kInsert{R"sql(
    INSERT INTO usage_series (source_id, dataset_id, project_id, key_id, model_id, tier_id)
    VALUES (:source_id, :dataset_id, :project_id, :key_id, :model_id, :tier_id) RETURNING id)sql"};
  const Result<std::int64_t> ids[] = {word(row.dataset), project(row.project), key(row.remote_key), word(row.model),
                                      word(row.tier)};
  for (const Result<std::int64_t>& id : ids) {
    if (!id) return id;
  }
  const Series series{*ids[0], *ids[1], *ids[2], *ids[3], *ids[4]};
  const auto known = series_.find(series);
  if (known != series_.end()) return known->second;
  const SeriesRow fields{
      0, source_, series.dataset_id, series.project_id, series.key_id, series.model_id, series.tier_id};
  const Result<std::int64_t> id = one_id(*transaction_, kInsert, fields);
  if (id) series_.emplace(series, *id);
  return id;
}

Result<std::int64_t> UsageNames::series(const usage::CostRow& row) {
  static const FindId kInsert{R"sql(
    INSERT INTO cost_series (source_id, dataset_id, project_id, key_id, model_id, line_item_id, currency)
    VALUES (:source_id, :dataset_id, :project_id, :key_id, :model_id, :line_item_id, :currency) RETURNING id)sql"};
  const Result<std::int64_t> ids[] = {word(row.dataset), project(row.project), key(row.remote_key), word(row.model),
                                      word(row.line_item)};
  for (const Result<std::int64_t>& id : ids) {
    if (!id) return id;
  }
  CostSeries series{*ids[0], *ids[1], *ids[2], *ids[3], *ids[4], std::string{row.currency.text()}};
  const auto known = cost_series_.find(series);
  if (known != cost_series_.end()) return known->second;
  const CostSeriesRow fields{0,
                             source_,
                             series.dataset_id,
                             series.project_id,
                             series.key_id,
                             series.model_id,
                             series.line_item_id,
                             series.currency};
  const Result<std::int64_t> id = one_id(*transaction_, kInsert, fields);
  if (id) cost_series_.emplace(std::move(series), *id);
  return id;
}

}  // namespace keyledger::store
