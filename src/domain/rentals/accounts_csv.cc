#include "domain/rentals/accounts_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "domain/rentals/csv.h"

namespace keyledger::rentals {
namespace {

enum Column : std::size_t { website, username, password, email, notes, kColumns };
constexpr std::array<std::string_view, kColumns> kNames{"website", "username", "password", "email", "notes"};
constexpr std::size_t kRequired = 3;  // the first three

/// For each field of a line, which column it is.
using Layout = std::vector<Column>;

std::unexpected<Error> malformed(std::string message, std::string_view field = "csv") {
  return fail(Code::invalid_argument, std::move(message), "malformed_csv", std::string{field});
}

Result<Layout> read_header(const CsvRecord& header) {
  if (!header.problem.empty()) return malformed(fmt::format("Line {}: {}.", header.line, header.problem));
  Layout layout;
  for (const std::string& field : header.fields) {
    const std::string name = fold_name(field);
    const auto found = std::ranges::find(kNames, name);
    if (found == kNames.end()) {
      return malformed(fmt::format("Line {}, column {}: there is no column \"{}\"; the columns are website, username, "
                                   "password, email and notes, separated by commas.",
                                   header.line, layout.size() + 1, name.substr(0, 64)),
                       name.substr(0, 64));
    }
    const auto column = static_cast<Column>(found - kNames.begin());
    if (std::ranges::find(layout, column) != layout.end()) {
      return malformed(fmt::format("Line {}: the column {} is there twice.", header.line, name), name);
    }
    layout.push_back(column);
  }
  for (std::size_t column = 0; column < kRequired; ++column) {
    if (std::ranges::find(layout, column) != layout.end()) continue;
    return malformed(fmt::format("Line {}: the column {} is missing; website, username and password have to be there.",
                                 header.line, kNames[column]),
                     kNames[column]);
  }
  return layout;
}

/// The account of a line. Its error names the field.
Result<CsvAccount> read_account(const Layout& layout, CsvRecord& record) {
  if (!record.problem.empty()) return malformed(fmt::format("There, {}.", record.problem), "");
  if (record.fields.size() != layout.size()) {
    return malformed(fmt::format("The line has {} fields, and the first line names {}; a text with commas stands in "
                                 "quotes.",
                                 record.fields.size(), layout.size()),
                     record.fields.size() > layout.size() ? "" : kNames[layout[record.fields.size()]]);
  }
  std::array<std::string, kColumns> texts;
  for (std::size_t i = 0; i < layout.size(); ++i) texts[layout[i]] = std::move(record.fields[i]);
  CsvAccount account{.line = record.line, .password = Secret{std::move(texts[password])}};
  account.website = std::move(texts[website]);
  if (fold_name(account.website).empty()) return malformed("Name the website.", kNames[website]);
  Result<AccountFields> fields = check_account({texts[username], texts[email], texts[notes]});
  if (!fields) return std::unexpected(fields.error());
  account.fields = std::move(*fields);
  const Result<void> fine = check_password(account.password);
  if (!fine) return std::unexpected(fine.error());
  return account;
}

}  // namespace

Result<AccountsCsv> read_accounts_csv(std::string_view text) {
  if (text.size() > kCsvBytesMax) {
    return fail(Code::too_large, fmt::format("The file has over {} MB; split it.", kCsvBytesMax >> 20), "csv_too_large",
                "csv");
  }
  CsvReader reader(text);
  const Result<std::optional<CsvRecord>> header = reader.next();
  if (!header) return std::unexpected(header.error());
  if (!*header) return malformed("The file is empty; its first line names the columns.");
  const Result<Layout> layout = read_header(**header);
  if (!layout) return std::unexpected(layout.error());
  AccountsCsv out;
  std::set<std::pair<std::string, std::string>> seen;
  for (;;) {
    Result<std::optional<CsvRecord>> record = reader.next();
    if (!record) return std::unexpected(record.error());
    if (!*record) break;
    if (out.accounts.size() + out.bad.size() == kCsvLinesMax) {
      return fail(Code::too_large, fmt::format("The file has over {} lines; split it.", kCsvLinesMax), "csv_too_large",
                  "csv");
    }
    const std::size_t line = (*record)->line;
    Result<CsvAccount> account = read_account(*layout, **record);
    if (!account) {
      out.bad.push_back({line, account.error().field, account.error().message});
    } else if (!seen.emplace(fold_name(account->website), account->fields.username).second) {
      out.bad.push_back({line, "username", "The same account stands in a line above."});
    } else {
      out.accounts.push_back(std::move(*account));
    }
  }
  if (out.accounts.empty() && out.bad.empty()) return malformed("The file has no line but the one with the columns.");
  return out;
}

}  // namespace keyledger::rentals
