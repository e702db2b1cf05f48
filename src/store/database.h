// store/database.h: the small interface that every engine implements, and the typed queries on top of it.
//
// SQL is portable (SQLite, PostgreSQL) and bound by name: `:email` takes the member `email` of the parameter struct.
// A row becomes a struct, column by column in the order of its described members.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/money.h"

namespace keyledger::store {

using Bytes = std::vector<std::uint8_t>;

/// A value on its way into or out of the database. Times are milliseconds UTC, booleans 0 and 1, days are days since
/// 1970-01-01, enums are their names.
using Cell = std::variant<std::monostate, std::int64_t, std::string, Bytes>;

struct Parameter {
  std::string_view name;  // without the colon
  Cell value;
};

/// A row as the engine gives it; valid only inside the callback.
class RowView {
 public:
  virtual ~RowView() = default;
  [[nodiscard]] virtual std::size_t columns() const = 0;
  [[nodiscard]] virtual bool is_null(std::size_t column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(std::size_t column) const = 0;
  [[nodiscard]] virtual std::string_view text(std::size_t column) const = 0;
  [[nodiscard]] virtual std::span<const std::uint8_t> bytes(std::size_t column) const = 0;
};

using RowSink = std::function<bool(const RowView&)>;  // false stops early

/// One open connection; used by one thread. Prepared statements are kept by the address of the text, so SQL is a
/// static.
///
/// Errors: conflict, reason constraint_violated and `detail` the constraint, as "accounts.email" for a unique column;
///         unavailable (busy, disk full: reason disk_full, I/O: reason io_error); internal for SQL that is wrong.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Runs one statement; answers how many rows it changed.
  [[nodiscard]] virtual Result<std::int64_t> execute(const std::string& sql, std::span<const Parameter> parameters,
                                                     const RowSink& sink) = 0;
  /// Runs a script of several statements without parameters (migrations).
  [[nodiscard]] virtual Result<void> run_script(std::string_view script) = 0;
};

namespace detail {

template <typename T>
Cell to_cell(const T& value);
template <typename T>
void from_cell(const RowView& row, std::size_t column, T& into);

}  // namespace detail

/// A statement and the struct that its rows become. Declare it static const: its address names the prepared statement.
template <typename Row>
struct Query {
  std::string sql;
};

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

/// A row of a single column.
template <typename T>
struct Single {
  T value{};
  BOOST_DESCRIBE_CLASS(Single, (), (value), (), ())
};

/// What a query runs in. On the writer it can change things; on a reader the engine refuses that.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  template <typename Row, typename Parameters = NoParameters>
  [[nodiscard]] Result<std::vector<Row>> all(const Query<Row>& query, const Parameters& parameters = {});
  template <typename Row, typename Parameters = NoParameters>
  [[nodiscard]] Result<std::optional<Row>> one(const Query<Row>& query, const Parameters& parameters = {});
  /// Calls `sink` for each row, without keeping them; false stops.
  template <typename Row, typename Parameters = NoParameters>
  [[nodiscard]] Result<void> each(const Query<Row>& query, const Parameters& parameters,
                                  const std::function<bool(Row)>& sink);
  /// Answers how many rows were changed.
  template <typename Parameters = NoParameters>
  [[nodiscard]] Result<std::int64_t> change(const Query<void>& query, const Parameters& parameters = {});

  /// Runs after the commit, on the writer thread, in order: memory follows the database. Nothing that blocks.
  void after_commit(std::move_only_function<void()> effect) { effects_.push_back(std::move(effect)); }
  [[nodiscard]] std::vector<std::move_only_function<void()>> take_effects() { return std::move(effects_); }
  [[nodiscard]] Connection& connection() { return connection_; }

 private:
  Connection& connection_;
  std::vector<std::move_only_function<void()>> effects_{};
};

}  // namespace keyledger::store

#include "store/database_typed.h"  // the templates
