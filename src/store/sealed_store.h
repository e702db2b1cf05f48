// store/sealed_store.h: every sealed value in the database, table by table, so that all can be sealed anew.
#pragma once

#include <functional>
#include <string>

#include "store/database.h"

namespace keyledger::store {

/// What becomes of one value: the new sealed bytes, or nothing if it stays as it is.
using Reseal = std::function<Result<std::optional<Bytes>>(const std::string& row, const Bytes& sealed)>;

/// Where a pass over all values stands. It is begun with an empty one and goes on until `done`.
struct SealedCursor {
  int table = 0;
  std::int64_t after = 0;
  bool done = false;
  std::int64_t seen = 0;  // values passed so far
};

class SealedStore {
 public:
  /// How many sealed values there are.
  [[nodiscard]] static Result<std::int64_t> count(Transaction& transaction);
  /// Passes over up to `limit` values and moves the cursor on. A table added later belongs into kTables.
  [[nodiscard]] static Result<void> pass(Transaction& transaction, SealedCursor& cursor, std::int64_t limit,
                                         const Reseal& reseal);
};

}  // namespace keyledger::store
