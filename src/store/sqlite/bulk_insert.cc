#include "store/sqlite/bulk_insert.h"

#include <sqlite3.h>

#include "store/sqlite/connection.h"

namespace keyledger::store {
namespace {

std::string with_rows(const BulkInsert& insert, std::size_t rows) {
  std::string row = "(?";
  for (std::size_t column = 1; column < insert.columns; ++column) row += ",?";
  row += ")";
  std::string text = insert.into + " VALUES " + row;
  for (std::size_t i = 1; i < rows; ++i) text += "," + row;
  if (!insert.conflict.empty()) text += " " + insert.conflict;
  return text;
}

}  // namespace

BulkTexts bulk_texts(const BulkInsert& insert) {
  return {.one = with_rows(insert, 1), .many = with_rows(insert, kRowsPerStatement)};
}

const BulkTexts& BulkTextCache::of(const BulkInsert& insert) {
  const auto found = texts_.find(&insert);
  if (found != texts_.end()) return found->second;
  return texts_.emplace(&insert, bulk_texts(insert)).first->second;
}

Result<void> SqliteConnection::insert_rows(const BulkInsert& insert, std::span<const RawValue> values) {
  check_invariant(insert.columns > 0 && values.size() % insert.columns == 0, "rows are whole");
  const Result<void> usable = still_in_transaction();
  if (!usable) return usable;
  const BulkTexts& texts = bulk_texts_.of(insert);
  const std::size_t step = insert.columns * kRowsPerStatement;
  const std::size_t in_many = values.size() / step * step;
  if (in_many > 0) {
    const Result<void> inserted = insert_each(texts.many, step, values.first(in_many));
    if (!inserted) return inserted;
  }
  if (in_many == values.size()) return {};
  return insert_each(texts.one, insert.columns, values.subspan(in_many));
}

/// Runs the statement over and over, each time with the next `step` values.
Result<void> SqliteConnection::insert_each(const std::string& sql, std::size_t step, std::span<const RawValue> values) {
  const Result<StatementLease> statement = statements_.lease(sql);
  if (!statement) return std::unexpected(statement.error());
  for (std::size_t at = 0; at < values.size(); at += step) {
    const Result<void> bound = (*statement)->bind_raw(values.subspan(at, step));
    if (!bound) return bound;
    const int code = (*statement)->step();
    if (code != SQLITE_DONE) return std::unexpected(failure(code));
    (*statement)->rewind();
  }
  return {};
}

}  // namespace keyledger::store
