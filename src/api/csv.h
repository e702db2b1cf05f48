// api/csv.h: a table as a CSV file, sent page by page, so that its size is bounded by nothing but the table's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/message.h"

namespace keyledger::api {

/// Some rows, in the table's order, and where the next ones begin.
struct CsvPage {
  std::vector<std::vector<std::string>> rows{};
  std::optional<std::string> next{};  // nothing: these were the last
};

/// Reads the page at `cursor`, the first one where there is none. It is asked while the answer is sent, long after the
/// handler has returned: it owns what it needs by value, and is no capturing lambda that is a coroutine itself, but one
/// that returns the task of a function that takes values.
using CsvPages = std::function<net::Task<Result<CsvPage>>(std::optional<std::string> cursor)>;

/// The answer: headings, then every row that `pages` has; lines as base/csv.h writes them. In `file_name` whatever is
/// no letter, digit, full stop, underline or hyphen becomes a hyphen, so that the name of a time zone can stand in it.
///
/// The first page is read before the answer begins: its errors are the handler's. A later one, or a cursor that does
/// not move, cuts the connection, and the reader sees that the file is not whole.
[[nodiscard]] net::Task<Result<net::Reply>> csv_reply(std::string file_name, std::vector<std::string> columns,
                                                      CsvPages pages);

}  // namespace keyledger::api
