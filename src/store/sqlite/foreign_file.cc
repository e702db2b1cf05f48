#include "store/foreign_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "store/sqlite/failure.h"
#include "store/sqlite/statement.h"

namespace keyledger::store {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyTimeoutMillis = 2'000;
constexpr int kStepsBetweenAsking = 10'000;
constexpr int kSqlBytesMax = 100'000;
constexpr std::string_view kFileStart = "SQLite format 3";

const char* const kPragmas = R"sql(
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
  PRAGMA mmap_size = 0;
  PRAGMA query_only = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -2048;
)sql";

struct CloseDatabase {
  void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
};
using Handle = std::unique_ptr<sqlite3, CloseDatabase>;

/// The messages of our own database speak of it; this is somebody else's file.
std::unexpected<Error> refused(sqlite3* handle, int code) {
  Error error = to_error(last_failure(handle, code));
  if (error.reason == "database_damaged") {
    error = {Code::invalid_argument, "The file is a damaged database.", "damaged_file", "file", error.detail};
  }
  if (error.reason == "not_a_database") error.message = "The file is no SQLite database.";
  if (error.reason == "busy") {
    error.message = "Another program holds a lock on the file; stop it, or import a copy of the file.";
  }
  if (error.reason == "cannot_open") {
    error.message =
        "The file, or the log beside it (-wal, -journal), cannot be opened; check the permissions, or import a copy of "
        "the file from a folder that this program may write to.";
  }
  return std::unexpected(std::move(error));
}

/// Whether it is a file that we may read and that looks like a database: SQLite takes an empty file for one.
Result<void> check_file(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    return fail(Code::not_found, "There is no file " + file.string() + ".", "no_such_file", "file");
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(Code::invalid_argument, file.string() + " is no file.", "not_a_database", "file");
  }
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return fail(Code::forbidden, file.string() + " cannot be read; check its permissions.", "unreadable_file", "file");
  }
  std::string start(kFileStart.size(), '\0');
  const ssize_t got = ::read(descriptor, start.data(), start.size());
  ::close(descriptor);
  if (got == static_cast<ssize_t>(start.size()) && start == kFileStart) return {};
  return fail(Code::invalid_argument, "The file is no SQLite database.", "not_a_database", "file");
}

Result<Handle> open_handle(const fs::path& file) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(fs::absolute(file).c_str(), &raw, flags, nullptr);
  Handle handle(raw);
  if (code != SQLITE_OK) return refused(raw, code);
  sqlite3_busy_timeout(raw, kBusyTimeoutMillis);
  for (const int on : {SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE}) {
    sqlite3_db_config(raw, on, 1, nullptr);
  }
  for (const int off : {SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_DQS_DML,
                        SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION}) {
    sqlite3_db_config(raw, off, 0, nullptr);
  }
  sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, static_cast<int>(ForeignFile::kRowBytesMax));
  sqlite3_limit(raw, SQLITE_LIMIT_SQL_LENGTH, kSqlBytesMax);
  sqlite3_limit(raw, SQLITE_LIMIT_ATTACHED, 0);
  const int configured = sqlite3_exec(raw, kPragmas, nullptr, nullptr, nullptr);
  if (configured != SQLITE_OK) return refused(raw, configured);
  return handle;
}

std::string as_name(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

std::string lower(std::string_view name) {
  std::string text(name);
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

ForeignValue value_of(sqlite3_stmt* statement, int column) {
  const int type = sqlite3_column_type(statement, column);
  if (type == SQLITE_NULL) return {};
  if (type == SQLITE_INTEGER) return sqlite3_column_int64(statement, column);
  if (type == SQLITE_BLOB) {
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
    return Bytes(bytes, bytes + sqlite3_column_bytes(statement, column));
  }
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  if (text == nullptr) return {};
  return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

}  // namespace

std::size_t ForeignRow::bytes() const {
  std::size_t sum = 0;
  for (const ForeignValue& value : values) {
    if (const auto* text = std::get_if<std::string>(&value)) sum += text->size();
    if (const auto* bytes = std::get_if<Bytes>(&value)) sum += bytes->size();
  }
  return sum + values.size() * sizeof(ForeignValue);
}

struct ForeignFile::Impl {
  explicit Impl(Handle opened) : handle(std::move(opened)) {}

  /// Steps through a statement; SQLITE_DONE where it came to its end or the sink has enough.
  [[nodiscard]] Result<int> run(const std::string& sql, std::span<const Parameter> parameters,
                                const std::function<bool(sqlite3_stmt*)>& sink) const;
  [[nodiscard]] Result<void> read_tables();
  [[nodiscard]] Result<void> add_table(std::string name);

  Handle handle;
  Cancelled cancelled{};
  std::vector<ForeignTable> tables{};
};

Result<int> ForeignFile::Impl::run(const std::string& sql, std::span<const Parameter> parameters,
                                   const std::function<bool(sqlite3_stmt*)>& sink) const {
  Result<SqliteStatement> statement = SqliteStatement::prepare(handle.get(), sql, Lifetime::once);
  if (!statement) return refused(handle.get(), sqlite3_extended_errcode(handle.get()));
  const Result<void> bound = statement->bind(parameters);
  if (!bound) return std::unexpected(bound.error());
  int code = statement->step();
  while (code == SQLITE_ROW) {
    if (!sink(statement->handle())) return SQLITE_DONE;
    code = statement->step();
  }
  if (code == SQLITE_DONE || (code & 0xff) == SQLITE_TOOBIG) return code & 0xff;
  return refused(handle.get(), code);
}

Result<void> ForeignFile::Impl::add_table(std::string name) {
  ForeignTable table{std::move(name), {}};
  const Parameter parameters[] = {{"name", table.name}};
  const auto add = [&](sqlite3_stmt* row) {
    table.columns.push_back(lower(std::get<std::string>(value_of(row, 0))));
    return true;
  };
  const Result<int> done = run("SELECT name FROM pragma_table_info(:name)", parameters, add);
  if (!done) return std::unexpected(done.error());
  tables.push_back(std::move(table));
  return {};
}

Result<void> ForeignFile::Impl::read_tables() {
  std::vector<std::string> names;
  const auto add = [&](sqlite3_stmt* row) {
    if (const ForeignValue name = value_of(row, 0); std::holds_alternative<std::string>(name)) {
      names.push_back(std::get<std::string>(name));
    }
    return true;
  };
  const Result<int> listed =
      run("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0 AND name NOT LIKE "
          "'sqlite!_%' ESCAPE '!' ORDER BY name",
          {}, add);
  if (!listed) return std::unexpected(listed.error());
  if (*listed != SQLITE_DONE)
    return fail(Code::too_large, "The file's schema is larger than this program takes.", "file_too_large", "file");
  for (std::string& name : names) {
    const Result<void> added = add_table(std::move(name));
    if (!added) return added;
  }
  return {};
}

Result<ForeignFile> ForeignFile::open(const fs::path& file, const Cancelled& cancelled) {
  const Result<void> fine = check_file(file);
  if (!fine) return std::unexpected(fine.error());
  Result<Handle> handle = open_handle(file);
  if (!handle) return std::unexpected(handle.error());
  auto impl = std::make_unique<Impl>(std::move(*handle));
  impl->cancelled = cancelled;
  if (cancelled) {
    const auto ask = [](void* self) { return static_cast<Impl*>(self)->cancelled() ? 1 : 0; };
    sqlite3_progress_handler(impl->handle.get(), kStepsBetweenAsking, ask, impl.get());
  }
  // One read transaction for as long as the file is open.
  const Result<int> begun = impl->run("BEGIN", {}, [](sqlite3_stmt*) { return true; });
  if (!begun) return std::unexpected(begun.error());
  const Result<void> read = impl->read_tables();
  if (!read) return std::unexpected(read.error());
  return ForeignFile(std::move(impl));
}

ForeignFile::ForeignFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ForeignFile::ForeignFile(ForeignFile&&) noexcept = default;
ForeignFile& ForeignFile::operator=(ForeignFile&&) noexcept = default;
ForeignFile::~ForeignFile() = default;

const std::vector<ForeignTable>& ForeignFile::tables() const {
  return impl_->tables;
}

Result<std::int64_t> ForeignFile::count(const ForeignTable& table) const {
  std::int64_t rows = 0;
  const auto take = [&](sqlite3_stmt* row) {
    rows = sqlite3_column_int64(row, 0);
    return true;
  };
  const Result<int> done = impl_->run("SELECT COUNT(*) FROM " + as_name(table.name), {}, take);
  if (!done) return std::unexpected(done.error());
  return rows;
}

Result<void> ForeignFile::each(const ForeignTable& table, const std::vector<std::string>& columns, std::int64_t after,
                               const std::function<bool(ForeignRow)>& sink) const {
  const std::string from = " FROM " + as_name(table.name) + " WHERE _rowid_ > :after ORDER BY _rowid_";
  std::string all = "SELECT _rowid_";
  for (const std::string& column : columns) all += ", " + as_name(column);
  all += from;
  const std::string next = "SELECT _rowid_" + from + " LIMIT 1";
  bool wanted = true;
  const auto take = [&](sqlite3_stmt* statement) {
    ForeignRow row{.id = sqlite3_column_int64(statement, 0)};
    for (std::size_t i = 0; i < columns.size(); ++i) row.values.push_back(value_of(statement, static_cast<int>(i) + 1));
    after = row.id;
    wanted = sink(std::move(row));
    return wanted;
  };
  const auto pass = [&](sqlite3_stmt* statement) {
    after = sqlite3_column_int64(statement, 0);
    wanted = sink({.id = after, .too_large = true});
    return false;
  };
  while (wanted) {  // again only behind a row that is too large
    const Parameter begin[] = {{"after", after}};
    const Result<int> done = impl_->run(all, begin, take);
    if (!done) return std::unexpected(done.error());
    if (*done == SQLITE_DONE) return {};
    const Parameter last[] = {{"after", after}};
    const std::int64_t before = after;
    const Result<int> passed = impl_->run(next, last, pass);
    if (!passed) return std::unexpected(passed.error());
    if (after == before) return {};
  }
  return {};
}

}  // namespace keyledger::store
