#include "store/ledger/day_sums.h"

#include "store/ledger/sums_in_order.h"

namespace keyledger::store {

void DaySums::add(const Row& row, std::int64_t events, std::int64_t units) {
  Counts& counts = rows_[row];
  counts.events += events;
  counts.units += units;
}

Result<void> DaySums::write(Transaction& transaction) const {
  static const BulkInsert kAdd{
      .into = "INSERT INTO ledger_days (day, customer_key_id, action_id, status, events, units)",
      .columns = 6,
      .conflict = R"sql(ON CONFLICT (day, customer_key_id, action_id, status) DO UPDATE SET
      events = ledger_days.events + excluded.events,
      units = ledger_days.units + excluded.units)sql"};
  std::vector<RawValue> values;
  values.reserve(rows_.size() * kAdd.columns);
  for (const auto& [row, counts] : in_order(rows_)) {
    values.insert(values.end(), {row.day, row.key, row.action_id, row.status, counts.events, counts.units});
  }
  return transaction.connection().insert_rows(kAdd, values);
}

void DaySums::clear() {
  clear_keeping_room(rows_);
}

}  // namespace keyledger::store
