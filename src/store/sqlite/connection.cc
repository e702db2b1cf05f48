#include "store/sqlite/connection.h"

#include <sqlite3.h>

#include "store/sqlite/failure.h"

namespace keyledger::store {
namespace {

// Statements of the whole program are some hundred; each takes a few kilobytes.
constexpr std::size_t kStatementsMax = 256;
// A checkpoint waits for readers for the busy timeout of five seconds; they are short, so a few rounds are plenty.
constexpr int kCheckpointRounds = 3;

// A millisecond or so of work.
constexpr int kStepsBetweenAsking = 10'000;

const std::string kBeginRead = "BEGIN DEFERRED";
const std::string kBeginWrite = "BEGIN IMMEDIATE";
const std::string kCommit = "COMMIT";
const std::string kRollback = "ROLLBACK";
const std::string kSavepoint = "SAVEPOINT mutation";
const std::string kRelease = "RELEASE mutation";
const std::string kRollbackTo = "ROLLBACK TO mutation";
const std::string kCheckpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
const std::string kQuickCheck = "PRAGMA quick_check(1)";

bool no_more_rows(const RowView&) {
  return false;
}

Error inner_failure(std::string detail) {
  return {Code::internal, "Something went wrong inside the server.", {}, {}, std::move(detail)};
}

}  // namespace

SqliteConnection::SqliteConnection(SQLite::Database database, std::function<bool()> cancelled)
    : cancelled_(std::move(cancelled)),
      database_(std::move(database)),
      statements_(database_.getHandle(), kStatementsMax) {
  if (!cancelled_) return;
  const auto ask = [](void* self) { return static_cast<SqliteConnection*>(self)->cancelled_() ? 1 : 0; };
  sqlite3_progress_handler(database_.getHandle(), kStepsBetweenAsking, ask, this);
}

Result<std::int64_t> SqliteConnection::execute(const std::string& sql, std::span<const Parameter> parameters,
                                               const RowSink& sink) {
  const Result<void> usable = still_in_transaction();
  if (!usable) return std::unexpected(usable.error());
  try {
    return run(sql, parameters, sink);
  } catch (const std::exception& exception) {  // a column of another type, memory, or what the sink threw
    return std::unexpected(inner_failure(exception.what()));
  }
}

Result<std::int64_t> SqliteConnection::run(const std::string& sql, std::span<const Parameter> parameters,
                                           const RowSink& sink) {
  const Result<StatementLease> statement = statements_.lease(sql);
  if (!statement) return std::unexpected(statement.error());
  const Result<void> bound = (*statement)->bind(parameters);
  if (!bound) return std::unexpected(bound.error());
  const std::int64_t total_before = sqlite3_total_changes64(database_.getHandle());
  const Result<void> stepped = step_through(*statement->operator->(), sink);
  if (!stepped) return std::unexpected(stepped.error());
  const bool changed = sqlite3_total_changes64(database_.getHandle()) != total_before;
  return changed ? sqlite3_changes64(database_.getHandle()) : 0;  // changes64 alone keeps an older statement's count
}

/// A statement that changes something is run to its end even when nobody wants more rows: only there does SQLite check
/// its foreign keys.
Result<void> SqliteConnection::step_through(SqliteStatement& statement, const RowSink& sink) {
  const SqliteRow row(statement.handle());
  bool wanted = true;
  int code = statement.step();
  while (code == SQLITE_ROW) {
    if (wanted) wanted = sink(row);
    if (!wanted && statement.only_reads()) return {};
    code = statement.step();
  }
  if (code != SQLITE_DONE) return std::unexpected(failure(code));
  return {};
}

Error SqliteConnection::failure(int code) {
  Error error = to_error(last_failure(database_.getHandle(), code));
  const bool ended = in_transaction_ && sqlite3_get_autocommit(database_.getHandle()) != 0;
  if (ended && !lost_) lost_ = error;
  return error;
}

Result<void> SqliteConnection::still_in_transaction() const {
  if (!in_transaction_ || sqlite3_get_autocommit(database_.getHandle()) == 0) return {};
  return std::unexpected(lost_ ? *lost_ : inner_failure("a statement ended the transaction"));
}

Result<void> SqliteConnection::run_script(std::string_view script) {
  const Result<void> usable = still_in_transaction();
  if (!usable) return usable;
  const int code = database_.tryExec(std::string(script));
  if (code != SQLITE_OK) return std::unexpected(failure(code));
  return still_in_transaction();
}

/// Runs a statement that governs the transaction itself.
Result<void> SqliteConnection::control(const std::string& sql) {
  const Result<StatementLease> statement = statements_.lease(sql);
  if (!statement) return std::unexpected(statement.error());
  return step_through(*statement->operator->(), no_more_rows);
}

Result<void> SqliteConnection::begin(Access access) {
  lost_.reset();
  const Result<void> begun = control(access == Access::write ? kBeginWrite : kBeginRead);
  in_transaction_ = begun.has_value();
  return begun;
}

Result<void> SqliteConnection::commit() {
  const Result<void> usable = still_in_transaction();
  if (!usable) return usable;
  Result<void> committed = control(kCommit);
  if (committed) in_transaction_ = false;
  return committed;
}

Result<void> SqliteConnection::rollback() {
  in_transaction_ = false;
  lost_.reset();
  if (sqlite3_get_autocommit(database_.getHandle()) != 0) return {};
  return control(kRollback);
}

Result<void> SqliteConnection::savepoint() {
  const Result<void> usable = still_in_transaction();
  if (!usable) return usable;
  return control(kSavepoint);
}

Result<void> SqliteConnection::release_savepoint() {
  const Result<void> usable = still_in_transaction();
  if (!usable) return usable;
  return control(kRelease);
}

/// Going back leaves the savepoint on SQLite's stack, so it is released as well.
Result<void> SqliteConnection::rollback_to_savepoint() {
  const Result<void> usable = still_in_transaction();
  if (!usable) return usable;
  const Result<void> undone = control(kRollbackTo);
  if (!undone) return undone;
  return control(kRelease);
}

Result<void> SqliteConnection::verify() {
  const Result<void> moved = move_log_into_database();
  if (!moved) return moved;
  return check_structure();
}

/// Rewrites every page that the log holds and syncs the database file, then empties the log, so that no half-synced
/// transaction in it can come back.
Result<void> SqliteConnection::move_log_into_database() {
  bool busy = true;
  const RowSink sink = [&busy](const RowView& row) {
    busy = row.integer(0) != 0;
    return true;
  };
  for (int round = 0; busy && round < kCheckpointRounds; ++round) {
    const Result<std::int64_t> done = execute(kCheckpoint, {}, sink);
    if (!done) return std::unexpected(done.error());
  }
  if (!busy) return {};
  return fail(Code::unavailable, "The database is in use by another program; try again.", "busy", {},
              "readers kept the log from being moved into the database");
}

Result<void> SqliteConnection::check_structure() {
  std::string found;
  const RowSink sink = [&found](const RowView& row) {
    found = row.text(0);
    return false;
  };
  const Result<std::int64_t> done = execute(kQuickCheck, {}, sink);
  if (!done) return std::unexpected(done.error());
  if (found == "ok") return {};
  return fail(Code::internal, "The database file is damaged; stop the server and restore a backup.", "database_damaged",
              {}, "quick_check: " + found);
}

}  // namespace keyledger::store
