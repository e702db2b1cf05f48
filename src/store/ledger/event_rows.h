// store/ledger/event_rows.h: rows of usage_events on their way into the database, many to a statement.
#pragma once

#include <vector>

#include "domain/ledger/chain.h"
#include "store/database.h"

namespace keyledger::store {

struct WordNumbers {
  std::int64_t action = 0, resource = 0, agent = 0;
};

/// Belongs to the writer's thread. Allocates nothing once it has grown.
class EventRows {
 public:
  EventRows();
  /// Takes a row, and writes those that it has when they are enough. The call's address stays where it is up to
  /// `write`.
  [[nodiscard]] Result<void> add(Transaction& transaction, const ledger::Event& event, const ledger::Call& call,
                                 const WordNumbers& words);
  /// Writes the rest.
  [[nodiscard]] Result<void> write(Transaction& transaction);
  void clear() { values_.clear(); }

 private:
  std::vector<RawValue> values_{};
};

}  // namespace keyledger::store
