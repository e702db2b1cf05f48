// store/usage_row_store.h: rows of use and cost, and the rollups that always agree with them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/usage/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction. Days and hours are half open ranges of UTC.
class UsageRowStore {
 public:
  struct Replacement {
    usage::SourceId source{};
    std::string provider{};
    usage::Width width = usage::Width::day;
    Instant from{};
    Instant to{};
    std::vector<std::string> datasets{};   // those that were read to the end: only their rows are replaced
    std::vector<usage::UsageRow> usage{};  // rows of other datasets, widths or times are passed over
    std::vector<usage::CostRow> costs{};   // by day only; with Width::hour they are passed over
  };
  /// Puts the rows in the place of those that the range has for these datasets, and makes the rollups of the range
  /// anew. Rows for the same thing are added up; counts are bounded. Nothing is written if nothing changed.
  /// Answers whether anything did. Errors: those of the database.
  [[nodiscard]] static Result<bool> replace(Transaction& transaction, const Replacement& replacement,
                                            const usage::PriceBook& prices);
};

}  // namespace keyledger::store
