// app/view.h: which members of the API's answers a table shows, and how.
#pragma once

#include <string>
#include <vector>

#include "app/table.h"
#include "json/value.h"

namespace keyledger::app {

enum class Kind {
  text,
  number,  // 1,204; right
  money,   // {"amount", "currency"} or a list of them: $12.35; right
  time,    // 2026-11-21 20:14 (UTC)
  words,   // a list of words
  status,  // a word with a tone: valid is good, invalid is bad
  yes_no,
};

/// A column: `path` leads through members, as in "last_test.code".
struct Column {
  std::string heading{};
  std::string path{};
  Kind kind = Kind::text;
  bool gives = false;  // gives way when the terminal is narrow
};
using Columns = std::vector<Column>;

/// The value that a path leads to; null if it leads nowhere.
[[nodiscard]] const json::Value& at(const json::Value& value, std::string_view path);

/// What is not known is "–", as everywhere.
[[nodiscard]] Cell to_cell(const json::Value& value, Kind kind);

/// "$12.35", "12.35 EUR", several joined with " + "; "est." behind where some of it is estimated.
[[nodiscard]] std::string money_text(const json::Value& value);

[[nodiscard]] std::string to_table(const Columns& columns, const std::vector<json::Value>& rows,
                                   const TableStyle& style);

/// The members' words as column names; money takes two columns, NAME and NAME_currency, with all decimals; several
/// currencies stand in one cell, separated by blanks, in the same order. What is not known is empty.
[[nodiscard]] std::string to_csv(const Columns& columns, const std::vector<json::Value>& rows);

/// "Name   value" lines for one thing.
[[nodiscard]] std::string to_card(const Columns& columns, const json::Value& value, const TableStyle& style);

}  // namespace keyledger::app
