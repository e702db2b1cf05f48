// store/ledger/sum_rows.h: rows of the tables of sums on their way into the database.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "store/database.h"

namespace keyledger::store {

/// What is added to a row: events, units, and microseconds where the table keeps them.
using Sums = std::array<std::int64_t, 3>;

/// The columns of the primary key in their order, and what is added.
template <std::size_t Names>
struct SumRow {
  std::array<std::int64_t, Names> name{};
  Sums sums{};
};

using HourRow = SumRow<5>;    // ledger_hours: bucket, customer_key_id, action_id, status, website_id
using HourOfAll = SumRow<4>;  // ledger_all_hours: bucket, action_id, status, website_id
using DayOfKey = SumRow<4>;   // ledger_days: day, customer_key_id, action_id, status

/// Each adds the rows to those of its table, rows of the same name together, in the order of the table, in which
/// neighbours share pages. Then `rows` is empty, and keeps its room.
/// Errors: those of the database; then some may have been added, and the transaction has to go.
[[nodiscard]] Result<void> add_to_hours(Transaction& transaction, std::vector<HourRow>& rows);
[[nodiscard]] Result<void> add_to_all_hours(Transaction& transaction, std::vector<HourOfAll>& rows);
[[nodiscard]] Result<void> add_to_days(Transaction& transaction, std::vector<DayOfKey>& rows);

/// What is added to a key's totals. `last_event_id` is higher than the one that is there.
struct TotalsToAdd {
  std::int64_t key = 0, admitted = 0, refused = 0, last_event_id = 0;
  std::int64_t last_at = 0;  // milliseconds since 1970
};
/// One row for each key, in the order of the keys. As above.
[[nodiscard]] Result<void> add_to_totals(Transaction& transaction, std::vector<TotalsToAdd>& rows);

}  // namespace keyledger::store
