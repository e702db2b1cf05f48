// service/admission/loading.h: fills the key table from the database, and its counters from the ledger.
#pragma once

#include "service/admission/key_table.h"
#include "service/core.h"

namespace keyledger::service {

/// Customers, keys, digests and limits. Blocks. Errors: those of the database; internal for a row that makes no sense.
[[nodiscard]] Result<void> load_keys(const Core& core, KeyTable& table);

/// Counts what was used before in the windows that stand now: admitted calls from rollups, which have to be settled;
/// rentals, and how many are open, from their table; calls of the last two minutes from the events. Blocks.
[[nodiscard]] Result<void> count_used(const Core& core, KeyTable& table);

/// What the window of a limit that was added to a key saw before that. Rollups are to be settled, or nearly so.
[[nodiscard]] Result<std::int64_t> used_before(store::Transaction& transaction, CustomerKeyId id,
                                               const AddedLimit& added, const Zone& zone);

}  // namespace keyledger::service
