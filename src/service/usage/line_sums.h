// service/usage/line_sums.h: sums that no rollup has: of chosen keys by model, by project and by hour.
#pragma once

#include "service/usage/query.h"
#include "service/usage/sums.h"

namespace keyledger::service {

/// From the rows of the chosen keys, by the same rules as the rollups. By hour, or by `by` of each day, which also
/// tells what has no price. Errors: those of the database.
[[nodiscard]] Result<SumsPiece> sum_lines(store::Transaction& transaction, DayRange days,
                                          const store::UsageSelection& selection, usage::Breakdown by,
                                          const usage::PriceBook& prices);

}  // namespace keyledger::service
