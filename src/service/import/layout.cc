#include "service/import/layout.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::service {
namespace {

using store::ForeignTable;

std::string lower(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return folded;
}

const ForeignTable* find(const std::vector<ForeignTable>& tables, std::string_view name) {
  const auto found = std::ranges::find_if(tables, [&](const ForeignTable& table) { return lower(table.name) == name; });
  return found == tables.end() ? nullptr : &*found;
}

bool has(const std::vector<ForeignTable>& tables, std::string_view name, std::string_view column = {}) {
  const ForeignTable* table = find(tables, name);
  return table != nullptr && (column.empty() || std::ranges::find(table->columns, column) != table->columns.end());
}

std::unexpected<Error> refuse(std::string message, std::string reason) {
  return fail(Code::invalid_argument, std::move(message), std::move(reason), "file");
}

/// Both have tables accounts and api_keys; these are what only one of them has.
Result<ImportSource> source_of(const std::vector<ForeignTable>& tables) {
  const bool held = has(tables, "api_keys", "full_key") || has(tables, "accounts", "organization_name");
  const bool handed_out = has(tables, "api_keys", "api_key_hash") || has(tables, "accounts", "current_password") ||
                          has(tables, "api_usage") || has(tables, "rentals") || has(tables, "websites");
  if (has(tables, "schema_migrations") && has(tables, "customer_keys")) {
    return refuse("This is a database of Keyledger itself: `keyledger restore` takes it, as a whole.",
                  "unknown_layout");
  }
  if (held && handed_out) {
    return refuse(
        "The file has tables of both programs, so what belongs to which is not certain; import a file of each.",
        "two_layouts");
  }
  if (!held && !handed_out) {
    return refuse("The file is of neither program: it has no table api_keys with a column full_key or api_key_hash.",
                  "unknown_layout");
  }
  return held ? ImportSource::held_keys : ImportSource::handed_out_keys;
}

bool is_read(const std::vector<KnownTable>& known, std::string_view table, std::string_view column = {}) {
  return std::ranges::any_of(known, [&](const KnownTable& each) {
    if (each.name != table) return false;
    return column.empty() || column == "id" || std::ranges::find(each.columns, column) != each.columns.end();
  });
}

std::vector<std::string> ignored_in(const std::vector<ForeignTable>& tables, const std::vector<KnownTable>& known) {
  std::vector<std::string> ignored;
  for (const ForeignTable& table : tables) {
    const std::string name = lower(table.name);
    if (!is_read(known, name)) {
      ignored.push_back(name);
      continue;
    }
    for (const std::string& column : table.columns) {
      // Our own mask is made from the key.
      if (!is_read(known, name, column) && column != "masked_key") ignored.push_back(name + "." + column);
    }
  }
  return ignored;
}

}  // namespace

const std::vector<KnownTable>& tables_of(ImportSource source) {
  static const std::vector<KnownTable> kHeld{
      {"accounts", {"email", "name", "organization_name", "created_at", "updated_at"}},
      {"api_keys",
       {"name", "full_key", "key_type", "provider", "account_id", "admin_key_id", "created_at", "updated_at"}}};
  static const std::vector<KnownTable> kHandedOut{
      {"websites", {"name", "url", "validity_hours", "description"}},
      {"accounts",
       {"website_id", "username", "email", "current_password", "status", "rented_at", "available_at", "last_reset",
        "exception_reason"}},
      {"api_keys",
       {"api_key_hash", "name", "email", "status", "rate_limit", "total_requests", "created_at", "last_used", "notes"}},
      {"rentals",
       {"account_id", "customer_name", "customer_email", "customer_phone", "rented_at", "expires_at", "returned_at",
        "status"}},
      {"api_usage",
       {"api_key_id", "account_id", "website", "action", "ip_address", "user_agent", "timestamp", "response_status"}}};
  return source == ImportSource::held_keys ? kHeld : kHandedOut;
}

Result<Layout> recognise(const std::vector<ForeignTable>& tables) {
  const Result<ImportSource> source = source_of(tables);
  if (!source) return std::unexpected(source.error());
  const std::vector<KnownTable>& known = tables_of(*source);
  Layout layout{.source = *source};
  std::vector<std::string> missing;
  for (const KnownTable& table : known) {
    const ForeignTable* found = find(tables, table.name);
    if (found == nullptr) {
      missing.emplace_back(table.name);
      continue;
    }
    layout.tables.push_back(*found);
    if (!has(tables, table.name, "id")) missing.push_back(fmt::format("{}.id", table.name));
    for (const std::string& column : table.columns) {
      if (!has(tables, table.name, column)) missing.push_back(fmt::format("{}.{}", table.name, column));
    }
  }
  layout.ignored = ignored_in(tables, known);
  if (missing.empty()) return layout;
  return refuse(fmt::format("The file is not whole, or of another version of that program: it lacks {}. Nothing was "
                            "taken.",
                            fmt::join(missing, ", ")),
                "incomplete_layout");
}

}  // namespace keyledger::service
