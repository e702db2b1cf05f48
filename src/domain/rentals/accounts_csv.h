// domain/rentals/accounts_csv.h: a file of shared accounts: its good lines, and what is wrong with the others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/rentals/rules.h"

namespace keyledger::rentals {

struct CsvAccount {
  std::size_t line = 0;
  std::string website{};  // as written; whether it is known is for others to say
  AccountFields fields{};
  Secret password{};
};

struct BadLine {
  std::size_t line = 0;
  std::string field{};  // the column; empty: the line as a whole
  std::string message{};
};
BOOST_DESCRIBE_STRUCT(BadLine, (), (line, field, message))

struct AccountsCsv {
  std::vector<CsvAccount> accounts{};
  std::vector<BadLine> bad{};
};

inline constexpr std::size_t kCsvBytesMax = 4 << 20;
inline constexpr std::size_t kCsvLinesMax = 10'000;  // of accounts

/// Reads a file whose first line names its columns, in any order and case: website, username, password and, if wished,
/// email and notes. A line that cannot be taken is told with its number; the others are not touched by it.
/// Errors: what concerns the file as a whole: too_large, reason csv_too_large (bytes or lines); invalid_argument,
/// reason
///         malformed_csv, with `field` the column where one is meant: a column that is missing, unknown or there twice,
///         a quote that never ends, no line but the first.
[[nodiscard]] Result<AccountsCsv> read_accounts_csv(std::string_view text);

}  // namespace keyledger::rentals
