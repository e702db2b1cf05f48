// store/ledger/day_sums.h: rows of ledger_days, gathered in memory and then added to the table.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>

#include "store/database.h"

namespace keyledger::store {

class DaySums {
 public:
  struct Row {
    std::int64_t day = 0;  // since 1970-01-01, on the clocks of the key's customer
    std::int64_t key = 0, action_id = 0, status = 0;
    auto operator<=>(const Row&) const = default;
    template <typename H>
    friend H AbslHashValue(H hash, const Row& row) {
      return H::combine(std::move(hash), row.day, row.key, row.action_id, row.status);
    }
  };

  void add(const Row& row, std::int64_t events, std::int64_t units);
  /// Adds everything to the rows of ledger_days. What is here stays; `clear` follows.
  [[nodiscard]] Result<void> write(Transaction& transaction) const;
  void clear();
  [[nodiscard]] std::size_t rows() const { return rows_.size(); }

 private:
  struct Counts {
    std::int64_t events = 0, units = 0;
  };
  absl::flat_hash_map<Row, Counts> rows_{};
};

}  // namespace keyledger::store
