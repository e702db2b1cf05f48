// store/sqlite/bulk_insert.h: how SQLite takes many rows: one prepared statement of sixteen rows, and one of a single
// row for the rest.
#pragma once

#include <string>
#include <unordered_map>

#include "store/database.h"

namespace keyledger::store {

/// A statement costs about as much to begin and to end as a row to insert; beyond sixteen rows there is little to win.
inline constexpr std::size_t kRowsPerStatement = 16;

struct BulkTexts {
  std::string one, many;
};

[[nodiscard]] BulkTexts bulk_texts(const BulkInsert& insert);

/// The texts of each BulkInsert, by its address, so that the prepared statements can be found by theirs.
class BulkTextCache {
 public:
  [[nodiscard]] const BulkTexts& of(const BulkInsert& insert);

 private:
  std::unordered_map<const BulkInsert*, BulkTexts> texts_{};
};

}  // namespace keyledger::store
