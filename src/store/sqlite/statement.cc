#include "store/sqlite/statement.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <stdexcept>

#include "store/sqlite/failure.h"

namespace keyledger::store {
namespace {

std::unexpected<Error> wrong_sql(std::string detail) {
  return fail(Code::internal, "Something went wrong inside the server.", {}, {}, std::move(detail));
}

int bind_cell(sqlite3_stmt* statement, int index, const Cell& cell) {
  struct Visitor {
    sqlite3_stmt* statement;
    int index;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, index, number); }
    int operator()(const std::string& text) const {
      return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(const Bytes& bytes) const {
      const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();  // a null pointer would bind NULL
      return sqlite3_bind_blob64(statement, index, data, bytes.size(), SQLITE_STATIC);
    }
  };
  return std::visit(Visitor{statement, index}, cell);
}

const Parameter* find(std::span<const Parameter> parameters, std::string_view name) {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

bool only_space(const char* text) {
  return std::string_view(text).find_first_not_of(" \t\r\n;") == std::string_view::npos;
}

std::string_view type_name(int type) {
  switch (type) {
    case SQLITE_INTEGER: return "integer";
    case SQLITE_FLOAT: return "float";
    case SQLITE_TEXT: return "text";
    case SQLITE_BLOB: return "bytes";
    default: return "null";
  }
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Result<SqliteStatement> SqliteStatement::prepare(sqlite3* handle, const std::string& sql, Lifetime lifetime) {
  const unsigned flags = lifetime == Lifetime::kept ? SQLITE_PREPARE_PERSISTENT : 0;
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  // The length counts the terminating zero, which saves SQLite a copy.
  const int code = sqlite3_prepare_v3(handle, sql.c_str(), static_cast<int>(sql.size() + 1), flags, &raw, &rest);
  SqliteStatement statement(raw);
  if (code != SQLITE_OK) return std::unexpected(to_error(last_failure(handle, code)));
  if (raw == nullptr) return wrong_sql("no statement in the SQL text");
  if (!only_space(rest)) return wrong_sql("more than one statement in the SQL text");
  return statement;
}

Result<void> SqliteStatement::bind(std::span<const Parameter> parameters) {
  sqlite3_stmt* const raw = statement_.get();
  const int count = sqlite3_bind_parameter_count(raw);
  for (int index = 1; index <= count; ++index) {
    const char* const name = sqlite3_bind_parameter_name(raw, index);
    if (name == nullptr || name[0] != ':') return wrong_sql("a parameter that is not of the form :name");
    const Parameter* const parameter = find(parameters, name + 1);
    if (parameter == nullptr) return wrong_sql(fmt::format("parameter {} was not given", name));
    const int code = bind_cell(raw, index, parameter->value);
    if (code != SQLITE_OK) return std::unexpected(to_error(last_failure(sqlite3_db_handle(raw), code)));
  }
  return {};
}

Result<void> SqliteStatement::bind_raw(std::span<const RawValue> values) {
  sqlite3_stmt* const raw = statement_.get();
  int index = 0;
  int code = SQLITE_OK;
  for (const RawValue& value : values) {
    ++index;
    if (value.is_bytes()) {
      code = sqlite3_bind_blob64(raw, index, value.bytes().data(), value.bytes().size(), SQLITE_STATIC);
    } else {
      code = sqlite3_bind_int64(raw, index, value.number());
    }
    if (code != SQLITE_OK) return std::unexpected(to_error(last_failure(sqlite3_db_handle(raw), code)));
  }
  return {};
}

int SqliteStatement::step() {
  return sqlite3_step(statement_.get());
}

void SqliteStatement::reset() noexcept {
  sqlite3_reset(statement_.get());  // repeats the failure of the last step, which was reported
  sqlite3_clear_bindings(statement_.get());
}

void SqliteStatement::rewind() noexcept {
  sqlite3_reset(statement_.get());
}

bool SqliteStatement::running() const {
  return sqlite3_stmt_busy(statement_.get()) != 0;
}
bool SqliteStatement::only_reads() const {
  return sqlite3_stmt_readonly(statement_.get()) != 0;
}

std::size_t SqliteRow::columns() const {
  return static_cast<std::size_t>(sqlite3_data_count(statement_));
}

void SqliteRow::refuse(std::size_t column, int found, int wanted) const {
  if (column >= columns()) throw std::out_of_range(fmt::format("the row has no column {}", column));
  throw std::domain_error(fmt::format("column {} ({}) is {}, not {}", column,
                                      sqlite3_column_name(statement_, static_cast<int>(column)), type_name(found),
                                      type_name(wanted)));
}

int SqliteRow::checked(std::size_t column, int type) const {
  const int index = static_cast<int>(column);
  const int found = sqlite3_column_type(statement_, index);  // NULL where there is no such column
  if (found != type) refuse(column, found, type);
  return index;
}

bool SqliteRow::is_null(std::size_t column) const {
  if (column >= columns()) throw std::out_of_range(fmt::format("the row has no column {}", column));
  return sqlite3_column_type(statement_, static_cast<int>(column)) == SQLITE_NULL;
}

std::int64_t SqliteRow::integer(std::size_t column) const {
  // Reports read these by the million: type and number of one look at the column, which may be taken apart like this
  // because a connection belongs to one thread. A column that is not there is a NULL, and refused as that.
  sqlite3_value* const value = sqlite3_column_value(statement_, static_cast<int>(column));
  const int found = sqlite3_value_type(value);
  if (found != SQLITE_INTEGER) refuse(column, found, SQLITE_INTEGER);
  return sqlite3_value_int64(value);
}

std::string_view SqliteRow::text(std::size_t column) const {
  const int index = checked(column, SQLITE_TEXT);
  const auto* const data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, index));
  if (data == nullptr) throw std::bad_alloc();
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, index))};
}

std::span<const std::uint8_t> SqliteRow::bytes(std::size_t column) const {
  const int index = checked(column, SQLITE_BLOB);
  const auto* const data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, index));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, index))};  // no bytes: a null pointer
}

}  // namespace keyledger::store
