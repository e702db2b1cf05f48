#include "store/usage_row_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "store/usage_columns.h"
#include "store/usage_names.h"
#include "store/usage_rollup_store.h"

namespace keyledger::store {
namespace {

using usage::SourceId;
using usage::Width;

// ---- Rows as they are stored. Described members are columns, base first.

struct CountRow : usage::Counts {
  std::int64_t bucket = 0;
  std::int64_t series_id = 0;
};
BOOST_DESCRIBE_STRUCT(CountRow, (usage::Counts), (bucket, series_id))

struct CostDayRow {
  std::int64_t bucket = 0;
  std::int64_t series_id = 0;
  std::int64_t nanos = 0;
  std::int64_t attos = 0;
};
BOOST_DESCRIBE_STRUCT(CostDayRow, (), (bucket, series_id, nanos, attos))

struct Range {
  SourceId source_id{};
  std::int64_t dataset_id = 0;
  std::int64_t from = 0, to = 0;  // buckets, half open
};
BOOST_DESCRIBE_STRUCT(Range, (), (source_id, dataset_id, from, to))

/// The statements of one of the two tables of use, which differ in nothing but their name.
struct UsageTable {
  Query<CountRow> existing;
  Query<void> remove;
  Query<void> insert;

  explicit UsageTable(std::string_view table)
      : existing{fmt::format(R"sql(
          SELECT {1}, bucket, series_id FROM {0} JOIN usage_series s ON s.id = series_id
           WHERE bucket >= :from AND bucket < :to AND s.source_id = :source_id AND s.dataset_id = :dataset_id)sql",
                             table, kUsageCounts)},
        remove{fmt::format(R"sql(
          DELETE FROM {0} WHERE bucket >= :from AND bucket < :to AND series_id IN
            (SELECT id FROM usage_series WHERE source_id = :source_id AND dataset_id = :dataset_id))sql",
                           table)},
        insert{fmt::format("INSERT INTO {0} (bucket, series_id, {1}) VALUES (:bucket, :series_id, {2})", table,
                           kUsageCounts, kUsageCountValues)} {}
};

const UsageTable& table_of(Width width) {
  static const UsageTable kDays("usage_days");
  static const UsageTable kHours("usage_hours");
  return width == Width::day ? kDays : kHours;
}

// ---- Replacing rows.

using UsageRows = std::map<std::pair<std::int64_t, std::int64_t>, usage::Counts>;  // by bucket and series
using CostRows = std::map<std::pair<std::int64_t, std::int64_t>, Amount>;

/// Both rows together; of requests that one row does not tell, the sum is not known either.
usage::Counts sum_of(const usage::Counts& left, const usage::Counts& right) {
  usage::Tally tally;
  usage::add(tally, left);
  usage::add(tally, right);
  usage::Counts sum;
  boost::mp11::mp_for_each<boost::describe::describe_members<usage::Counts, boost::describe::mod_public>>(
      [&](auto member) {
        if constexpr (std::is_same_v<decltype(sum.*member.pointer), std::int64_t&>) {
          sum.*member.pointer = std::min(left.*member.pointer + right.*member.pointer, usage::kCountMax);
        }
      });
  if (tally.requests_unknown == 0 && tally.requests_known > 0) sum.requests = tally.requests;
  return sum;
}

class Replacer {
 public:
  Replacer(Transaction& transaction, const UsageRowStore::Replacement& replacement, UsageNames names)
      : transaction_(transaction), wanted_(replacement), names_(std::move(names)) {}

  /// Answers whether anything changed.
  Result<bool> run() {
    for (const std::string& dataset : wanted_.datasets) {
      const Result<void> done = replace_dataset(dataset);
      if (!done) return std::unexpected(done.error());
    }
    return changed_;
  }

 private:
  [[nodiscard]] bool in_range(Instant instant) const { return instant >= wanted_.from && instant < wanted_.to; }
  [[nodiscard]] Range range_of(std::int64_t dataset_id) const {
    return {wanted_.source, dataset_id, bucket_of(wanted_.width, wanted_.from), bucket_of(wanted_.width, wanted_.to)};
  }

  Result<UsageRows> new_rows(const std::string& dataset) {
    UsageRows rows;
    for (const usage::UsageRow& row : wanted_.usage) {
      if (row.dataset != dataset || row.width != wanted_.width || !in_range(row.start)) continue;
      const Result<std::int64_t> series = names_.series(row);
      if (!series) return std::unexpected(series.error());
      const usage::Counts counts = usage::bounded(row.counts);
      const auto [at, fresh] = rows.try_emplace({bucket_of(wanted_.width, row.start), *series}, counts);
      if (!fresh) at->second = sum_of(at->second, counts);
    }
    return rows;
  }

  Result<CostRows> new_costs(const std::string& dataset) {
    CostRows rows;
    if (wanted_.width != Width::day) return rows;
    for (const usage::CostRow& row : wanted_.costs) {
      if (row.dataset != dataset || !in_range(Instant{row.day})) continue;
      const Result<std::int64_t> series = names_.series(row);
      if (!series) return std::unexpected(series.error());
      Amount& sum = rows[{row.day.time_since_epoch().count(), *series}];
      sum = usage::add_bounded(sum, row.amount);
    }
    return rows;
  }

  Result<void> replace_dataset(const std::string& dataset) {
    const Result<std::int64_t> id = names_.word(dataset);
    if (!id) return std::unexpected(id.error());
    const Result<UsageRows> rows = new_rows(dataset);
    if (!rows) return std::unexpected(rows.error());
    const Result<CostRows> costs = new_costs(dataset);
    if (!costs) return std::unexpected(costs.error());
    const Result<void> used = replace_usage(range_of(*id), *rows);
    if (!used || wanted_.width != Width::day) return used;
    return replace_costs(range_of(*id), *costs);
  }

  Result<void> replace_usage(const Range& range, const UsageRows& rows) {
    const UsageTable& table = table_of(wanted_.width);
    UsageRows before;
    const Result<void> read = transaction_.each<CountRow>(table.existing, range, [&](CountRow row) {
      before.emplace(std::pair{row.bucket, row.series_id}, static_cast<const usage::Counts&>(row));
      return true;
    });
    if (!read || before == rows) return read;
    changed_ = true;
    const Result<std::int64_t> removed = transaction_.change(table.remove, range);
    if (!removed) return std::unexpected(removed.error());
    for (const auto& [at, counts] : rows) {
      CountRow row;
      static_cast<usage::Counts&>(row) = counts;
      row.bucket = at.first;
      row.series_id = at.second;
      const Result<std::int64_t> inserted = transaction_.change(table.insert, row);
      if (!inserted) return std::unexpected(inserted.error());
    }
    return {};
  }

  Result<void> replace_costs(const Range& range, const CostRows& rows) {
    static const Query<CostDayRow> kExisting{R"sql(
      SELECT bucket, series_id, nanos, attos FROM cost_days JOIN cost_series s ON s.id = series_id
       WHERE bucket >= :from AND bucket < :to AND s.source_id = :source_id AND s.dataset_id = :dataset_id)sql"};
    static const Query<void> kRemove{R"sql(
      DELETE FROM cost_days WHERE bucket >= :from AND bucket < :to AND series_id IN
        (SELECT id FROM cost_series WHERE source_id = :source_id AND dataset_id = :dataset_id))sql"};
    static const Query<void> kInsert{
        "INSERT INTO cost_days (bucket, series_id, nanos, attos) VALUES (:bucket, :series_id, :nanos, :attos)"};
    CostRows before;
    const Result<void> read = transaction_.each<CostDayRow>(kExisting, range, [&](CostDayRow row) {
      before.emplace(std::pair{row.bucket, row.series_id}, Amount{row.nanos, row.attos});
      return true;
    });
    if (!read || before == rows) return read;
    changed_ = true;
    const Result<std::int64_t> removed = transaction_.change(kRemove, range);
    if (!removed) return std::unexpected(removed.error());
    for (const auto& [at, amount] : rows) {
      const Result<std::int64_t> inserted =
          transaction_.change(kInsert, CostDayRow{at.first, at.second, amount.nanos, amount.attos});
      if (!inserted) return std::unexpected(inserted.error());
    }
    return {};
  }

  Transaction& transaction_;
  const UsageRowStore::Replacement& wanted_;
  UsageNames names_;
  bool changed_ = false;
};

}  // namespace

Result<bool> UsageRowStore::replace(Transaction& transaction, const Replacement& replacement,
                                    const usage::PriceBook& prices) {
  Result<UsageNames> names = UsageNames::load(transaction, replacement.source);
  if (!names) return std::unexpected(names.error());
  const Result<bool> changed = Replacer(transaction, replacement, std::move(*names)).run();
  if (!changed || !*changed) return changed;
  const std::int64_t to = bucket_of(replacement.width, replacement.to);
  for (std::int64_t bucket = bucket_of(replacement.width, replacement.from); bucket < to; ++bucket) {
    const Result<void> done = UsageRollupStore::roll_up(transaction, {replacement.source, replacement.provider, bucket},
                                                        replacement.width, prices);
    if (!done) return std::unexpected(done.error());
  }
  return true;
}

}  // namespace keyledger::store
