#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "store/sqlite.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/failure.h"
#include "store/sqlite/files.h"

namespace keyledger::store {
namespace {

// Another program, such as the sqlite3 shell during a backup, may hold a lock for a moment.
constexpr int kBusyTimeoutMillis = 5'000;

// trusted_schema: functions with side effects do not run from a schema that someone has altered. temp_store: what a
// query sorts may be secret and stays out of /tmp.
constexpr std::string_view kPragmas = R"sql(
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA foreign_keys = ON;
)sql";

// Caches are in KiB (negative) and fill on demand: the whole process is to rest within 30 MiB. A checkpoint comes every
// 1000 pages (4 MiB), since every call waits for it; the log is cut to 32 MiB after it had to outgrow that.
constexpr std::string_view kWriterPragmas = R"sql(
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 1000;
  PRAGMA journal_size_limit = 33554432;
  PRAGMA cache_size = -4096;
)sql";
constexpr std::string_view kReaderPragmas = R"sql(
  PRAGMA query_only = ON;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA cache_size = -2048;
)sql";

const std::string kUseLog = "PRAGMA journal_mode = WAL";

std::unexpected<Error> cannot_open(const std::filesystem::path& file, int number) {
  return fail(Code::unavailable, fmt::format("{} cannot be opened: {}.", file.string(), std::strerror(number)),
              "cannot_open", {}, fmt::format("errno {}", number));
}

/// The database, and with it the log that takes over its mode, is for nobody else to read. An existing file is not
/// opened here: closing a descriptor of it would drop the locks that other connections of this process hold.
Result<void> make_private(const std::filesystem::path& file) {
  const Result<bool> made = create_private_file(file);
  if (!made) return std::unexpected(made.error());
  if (!*made && ::chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0) return cannot_open(file, errno);
  return {};
}

Result<SQLite::Database> open_file(const SqliteOptions& options) {
  const int access = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  try {
    // Absolute, since a relative name that begins with "file:" would be taken for a URI.
    return SQLite::Database(std::filesystem::absolute(options.file).string(), access | SQLITE_OPEN_NOMUTEX,
                            kBusyTimeoutMillis, options.vfs);
  } catch (const SQLite::Exception& exception) {
    const int code = exception.getExtendedErrorCode() > 0 ? exception.getExtendedErrorCode() : exception.getErrorCode();
    return std::unexpected(to_error({.code = code, .message = exception.what()}));
  } catch (const std::exception& exception) {
    return fail(Code::unavailable, "The database file cannot be opened.", "cannot_open", {}, exception.what());
  }
}

void configure(sqlite3* handle, bool read_only) {
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);  // "x" is a name, never a text
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  if (read_only) sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

/// Some network file systems cannot share the log's index; SQLite then stays with another mode without an error.
Result<void> use_log(Connection& connection) {
  std::string mode;
  const RowSink sink = [&mode](const RowView& row) {
    mode = row.text(0);
    return true;
  };
  const Result<std::int64_t> done = connection.execute(kUseLog, {}, sink);
  if (!done) return std::unexpected(done.error());
  if (mode == "wal") return {};
  return fail(Code::unavailable, "The file system of the data folder does not support SQLite's write-ahead log.",
              "cannot_open", {}, "journal_mode " + mode);
}

Result<void> prepare_writer(Connection& connection) {
  const Result<void> logged = use_log(connection);
  if (!logged) return logged;
  return connection.run_script(kWriterPragmas);
}

}  // namespace

Result<std::unique_ptr<Connection>> open_sqlite(const SqliteOptions& options) {
  if (!options.read_only) {
    const Result<void> made = make_private(options.file);
    if (!made) return std::unexpected(made.error());
  }
  Result<SQLite::Database> database = open_file(options);
  if (!database) return std::unexpected(database.error());
  configure(database->getHandle(), options.read_only);
  auto connection = std::make_unique<SqliteConnection>(std::move(*database), options.cancelled);
  Result<void> ready = connection->run_script(kPragmas);
  if (ready) ready = options.read_only ? connection->run_script(kReaderPragmas) : prepare_writer(*connection);
  if (!ready) return std::unexpected(ready.error());
  return connection;
}

}  // namespace keyledger::store
