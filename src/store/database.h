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
#include "domain/ledger/call.h"

namespace keyledger::store {

using Bytes = std::vector<std::uint8_t>;

/// A value on its way into or out of the database. Times are milliseconds UTC, booleans 0 and 1, days are days since
/// 1970-01-01, enums are their names.
using Cell = std::variant<std::monostate, std::int64_t, std::string, Bytes>;

struct Parameter {
  std::string_view name;  // without the colon
  Cell value;
};

/// A row as the engine gives it; valid only inside the callback. Reading a column as another kind than it has throws;
/// `execute` turns that into an internal error.
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

/// A number, or bytes that lie elsewhere and stay there for the call. A plain value of two words.
class RawValue {
 public:
  RawValue(std::int64_t number) : number_(number) {}
  RawValue(std::span<const std::uint8_t> bytes)
      : number_(static_cast<std::int64_t>(bytes.size())), bytes_(bytes.empty() ? kNoBytes : bytes.data()) {}
  [[nodiscard]] bool is_bytes() const { return bytes_ != nullptr; }
  [[nodiscard]] std::int64_t number() const { return number_; }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {bytes_, static_cast<std::size_t>(number_)}; }

 private:
  static constexpr std::uint8_t kNoBytes[1]{};
  std::int64_t number_;  // or how many bytes
  const std::uint8_t* bytes_ = nullptr;
};

/// An INSERT for rows by the thousand, whose values are bound by position. Declare it static const, as a Query.
struct BulkInsert {
  std::string into;  // "INSERT INTO events (id, at)"
  std::size_t columns = 0;
  std::string conflict{};  // "ON CONFLICT (id) DO UPDATE SET at = excluded.at", or nothing
};

enum class Access { read, write };

/// One open connection; used by one thread at a time. Prepared statements are kept by the address of the text, so SQL
/// is a static.
///
/// Errors: conflict, reason constraint_violated and `detail` the constraint, as "accounts.email" for a unique column,
///         "a.x, a.y" for several, "foreign_key", or a check's name;
///         unavailable (busy, disk full: reason disk_full, I/O: reason io_error);
///         internal for SQL that is wrong, a `:name` that was not given, or a column read as what it is not: a NULL as
///         a number, say. Sums over no rows are NULL, so they are read as optional or wrapped in COALESCE.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Runs one statement; answers how many rows it changed. A statement that changes something runs to its end, and is
  /// checked, also when the sink stops early.
  [[nodiscard]] virtual Result<std::int64_t> execute(const std::string& sql, std::span<const Parameter> parameters,
                                                     const RowSink& sink) = 0;
  /// Inserts as many rows as `values` fills, many to a statement, and allocates nothing for a row. Each engine has its
  /// own way. A statement that fails leaves those before it; the transaction decides.
  [[nodiscard]] virtual Result<void> insert_rows(const BulkInsert& insert, std::span<const RawValue> values) = 0;
  /// Runs a script of several statements without parameters (migrations).
  [[nodiscard]] virtual Result<void> run_script(std::string_view script) = 0;

  /// Opens a transaction. When the engine gives it up by itself (some do when the disk fills), everything up to the
  /// `rollback` answers with that failure, so that nothing slips out of the transaction.
  [[nodiscard]] virtual Result<void> begin(Access access) = 0;
  /// Holds: what was changed is on the disk before this returns. After a failure `rollback` has to follow.
  [[nodiscard]] virtual Result<void> commit() = 0;
  /// Ends the transaction without a trace; fine when there is none.
  [[nodiscard]] virtual Result<void> rollback() = 0;

  /// One savepoint at a time inside the transaction. A failure means that the transaction is lost.
  [[nodiscard]] virtual Result<void> savepoint() = 0;
  [[nodiscard]] virtual Result<void> release_savepoint() = 0;
  [[nodiscard]] virtual Result<void> rollback_to_savepoint() = 0;

  /// Proves what is on the disk after a failed sync: writes everything that was committed to its final place anew,
  /// syncs it, and checks the structure. Slow; outside a transaction.
  [[nodiscard]] virtual Result<void> verify() = 0;
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
  /// A call of a customer key, to be appended to the ledger in this very commit, if the mutation succeeds.
  void record(ledger::OwnedCall call) { calls_.push_back(std::move(call)); }
  [[nodiscard]] std::vector<ledger::OwnedCall> take_calls() { return std::move(calls_); }
  [[nodiscard]] Connection& connection() { return connection_; }

 private:
  Connection& connection_;
  std::vector<std::move_only_function<void()>> effects_{};
  std::vector<ledger::OwnedCall> calls_{};
};

}  // namespace keyledger::store

#include "store/database_typed.h"  // the templates
