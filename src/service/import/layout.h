// service/import/layout.h: which of the two predecessors has written a file. Pure.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <string>
#include <vector>

#include "store/foreign_file.h"

namespace keyledger::service {

/// held_keys: the dashboard with accounts and provider keys. handed_out_keys: the tool with websites, shared accounts,
/// customers' keys and their usage.
BOOST_DEFINE_ENUM_CLASS(ImportSource, held_keys, handed_out_keys)

/// A table, and the columns of it that are read, in this order.
struct KnownTable {
  std::string_view name;
  std::vector<std::string> columns;
};
[[nodiscard]] const std::vector<KnownTable>& tables_of(ImportSource source);

struct Layout {
  ImportSource source = ImportSource::held_keys;
  std::vector<store::ForeignTable> tables{};  // those of tables_of, in its order
  std::vector<std::string> ignored{};         // "api_keys.colour", "sessions": there is no place for them here
};

/// Errors: invalid_argument, field file, reasons unknown_layout, two_layouts, incomplete_layout; the message names the
/// tables and columns that are missing.
[[nodiscard]] Result<Layout> recognise(const std::vector<store::ForeignTable>& tables);

}  // namespace keyledger::service
