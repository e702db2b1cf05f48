#include "store/ledger/sum_rows.h"

#include <algorithm>

namespace keyledger::store {
namespace {

const BulkInsert kAddToHours{
    .into = R"sql(INSERT INTO ledger_hours
      (bucket, customer_key_id, action_id, status, website_id, events, units, duration_micros))sql",
    .columns = 8,
    .conflict = R"sql(ON CONFLICT (bucket, customer_key_id, action_id, status, website_id) DO UPDATE SET
      events = ledger_hours.events + excluded.events,
      units = ledger_hours.units + excluded.units,
      duration_micros = ledger_hours.duration_micros + excluded.duration_micros)sql"};

const BulkInsert kAddToAllHours{.into = R"sql(INSERT INTO ledger_all_hours
      (bucket, action_id, status, website_id, events, units, duration_micros))sql",
                                .columns = 7,
                                .conflict = R"sql(ON CONFLICT (bucket, action_id, status, website_id) DO UPDATE SET
      events = ledger_all_hours.events + excluded.events,
      units = ledger_all_hours.units + excluded.units,
      duration_micros = ledger_all_hours.duration_micros + excluded.duration_micros)sql"};

const BulkInsert kAddToDays{.into = "INSERT INTO ledger_days (day, customer_key_id, action_id, status, events, units)",
                            .columns = 6,
                            .conflict = R"sql(ON CONFLICT (day, customer_key_id, action_id, status) DO UPDATE SET
      events = ledger_days.events + excluded.events,
      units = ledger_days.units + excluded.units)sql"};

const BulkInsert kAddToTotals{
    .into = "INSERT INTO customer_key_totals (customer_key_id, admitted, refused, last_event_id, last_at)",
    .columns = 5,
    .conflict = R"sql(ON CONFLICT (customer_key_id) DO UPDATE SET
      admitted = customer_key_totals.admitted + excluded.admitted,
      refused = customer_key_totals.refused + excluded.refused,
      last_event_id = excluded.last_event_id,
      last_at = CASE WHEN excluded.last_at > customer_key_totals.last_at THEN excluded.last_at
                     ELSE customer_key_totals.last_at END)sql"};

/// In order, and one row for each name.
template <std::size_t Names>
void put_together(std::vector<SumRow<Names>>& rows) {
  std::sort(rows.begin(), rows.end(), [](const auto& left, const auto& right) { return left.name < right.name; });
  std::size_t kept = 0;
  for (std::size_t at = 1; at < rows.size(); ++at) {
    if (rows[at].name != rows[kept].name) {
      rows[++kept] = rows[at];
      continue;
    }
    for (std::size_t sum = 0; sum < rows[at].sums.size(); ++sum) rows[kept].sums[sum] += rows[at].sums[sum];
  }
  rows.resize(std::min(rows.size(), kept + 1));
}

/// Of the sums, as many as the table has columns beyond its key.
template <std::size_t Names>
Result<void> add_rows(Transaction& transaction, const BulkInsert& insert, std::vector<SumRow<Names>>& rows) {
  put_together(rows);
  std::vector<RawValue> values;
  values.reserve(rows.size() * insert.columns);
  for (const SumRow<Names>& row : rows) {
    values.insert(values.end(), row.name.begin(), row.name.end());
    values.insert(values.end(), row.sums.begin(),
                  row.sums.begin() + static_cast<std::ptrdiff_t>(insert.columns - Names));
  }
  rows.clear();
  return transaction.connection().insert_rows(insert, values);
}

}  // namespace

Result<void> add_to_hours(Transaction& transaction, std::vector<HourRow>& rows) {
  return add_rows(transaction, kAddToHours, rows);
}

Result<void> add_to_all_hours(Transaction& transaction, std::vector<HourOfAll>& rows) {
  return add_rows(transaction, kAddToAllHours, rows);
}

Result<void> add_to_days(Transaction& transaction, std::vector<DayOfKey>& rows) {
  return add_rows(transaction, kAddToDays, rows);
}

Result<void> add_to_totals(Transaction& transaction, std::vector<TotalsToAdd>& rows) {
  std::vector<RawValue> values;
  values.reserve(rows.size() * kAddToTotals.columns);
  for (const TotalsToAdd& row : rows) {
    values.insert(values.end(), {row.key, row.admitted, row.refused, row.last_event_id, row.last_at});
  }
  rows.clear();
  return transaction.connection().insert_rows(kAddToTotals, values);
}

}  // namespace keyledger::store
