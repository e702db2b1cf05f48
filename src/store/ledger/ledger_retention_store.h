// store/ledger/ledger_retention_store.h: raw events go after a time, block by block; hashes, rollups and totals stay.
#pragma once

#include <optional>

#include "store/database.h"

namespace keyledger::store {

class LedgerRetentionStore {
 public:
  /// First to last, by the ids of blocks.
  struct Blocks {
    std::int64_t first = 0, last = 0;
  };
  /// The oldest blocks that still have their events and lie wholly before `cut`; nothing if there are none. The newest
  /// block is never among them: it tells with which number the ledger goes on.
  [[nodiscard]] static Result<std::optional<Blocks>> droppable(Transaction& transaction, Instant cut);
  /// Drops the events of this block, which has to be the oldest that has any, and remembers from where on events are
  /// kept. Answers how many went. Errors: conflict, reason block_not_oldest.
  [[nodiscard]] static Result<std::int64_t> drop(Transaction& transaction, std::int64_t block);
};

}  // namespace keyledger::store
