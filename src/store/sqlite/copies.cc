#include "store/copies.h"

#include <sys/stat.h>

#include "store/sqlite/copy_file.h"
#include "store/sqlite/files.h"
#include "store/sqlite/migrations.h"

namespace keyledger::store {
namespace {

namespace fs = std::filesystem;

struct CopyTarget {
  std::string file;
};
BOOST_DESCRIBE_STRUCT(CopyTarget, (), (file))

const Query<void> kCopy{"VACUUM INTO :file"};
const std::string kCheck = "PRAGMA integrity_check(1)";
const std::string kReferences = "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1";

std::unexpected<Error> damaged(std::string detail) {
  return fail(Code::internal, "The database in the file is damaged.", "database_damaged", {}, std::move(detail));
}

/// The first column of a statement's first row; empty where there is none.
Result<std::string> first_text(Connection& connection, const std::string& sql) {
  std::string found;
  const RowSink sink = [&found](const RowView& row) {
    found = row.text(0);
    return false;
  };
  const Result<std::int64_t> done = connection.execute(sql, {}, sink);
  if (done) return found;
  if (done.error().reason == "database_damaged") return damaged(done.error().detail);
  return std::unexpected(done.error());
}

Result<void> write_partial(Connection& connection, const fs::path& partial) {
  std::error_code error;
  fs::remove(partial, error);  // of an attempt that was interrupted
  const Result<bool> made = create_private_file(partial);
  if (!made) return std::unexpected(made.error());
  Transaction transaction(connection);
  const Result<std::int64_t> written = transaction.change(kCopy, CopyTarget{.file = partial.string()});
  if (!written) return std::unexpected(written.error());
  return sync_file(partial);
}

std::unexpected<Error> is_there(const fs::path& copy) {
  return fail(Code::conflict, copy.string() + " is there already; give another name, or move it away.", "file_exists");
}

/// Gives the copy its name. Linking never replaces a file; where the file system has no links, a look has to do.
Result<void> put_in_place(const fs::path& partial, const fs::path& copy, IfThere if_there) {
  std::error_code error;
  if (if_there == IfThere::refuse) {
    fs::create_hard_link(partial, copy, error);
    if (!error) {
      fs::remove(partial, error);
      return sync_folder_of(copy);
    }
    if (fs::exists(fs::symlink_status(copy, error))) return is_there(copy);
  }
  fs::rename(partial, copy, error);
  if (!error) return sync_folder_of(copy);
  return fail(Code::unavailable, "The copy of the database could not be renamed.", "io_error", {}, error.message());
}

}  // namespace

Result<void> copy_file(Connection& connection, const fs::path& copy, IfThere if_there) {
  fs::path partial = copy;
  partial += ".partial";
  std::error_code error;
  if (if_there == IfThere::refuse && fs::exists(fs::symlink_status(copy, error))) return is_there(copy);
  Result<void> done = write_partial(connection, partial);
  if (done) done = put_in_place(partial, copy, if_there);
  if (!done) fs::remove(partial, error);
  return done;
}

Result<void> copy_database(const fs::path& database, const fs::path& copy, const Cancelled& cancelled) {
  Result<std::unique_ptr<Connection>> connection =
      open_sqlite({.file = database, .read_only = true, .cancelled = cancelled});
  if (!connection) return std::unexpected(connection.error());
  // The file is open for reading only; the pragma on top of it would also forbid to write the copy.
  const Result<void> ready = (*connection)->run_script("PRAGMA query_only = OFF");
  if (!ready) return ready;
  return copy_file(**connection, copy, IfThere::refuse);
}

Result<std::unique_ptr<Connection>> open_copy(const fs::path& file, const Cancelled& cancelled) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    return fail(Code::not_found, "There is no file " + file.string() + ".", "no_such_file");
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(Code::invalid_argument, file.string() + " is no file.", "not_a_database");
  }
  return open_sqlite({.file = file, .read_only = true, .cancelled = cancelled});
}

Result<std::int64_t> check_copy(Connection& connection) {
  Result<std::int64_t> version = known_version(connection);
  if (!version) {
    if (version.error().reason == "database_damaged") return damaged(version.error().detail);
    return version;
  }
  const Result<std::string> structure = first_text(connection, kCheck);
  if (!structure) return std::unexpected(structure.error());
  if (*structure != "ok") return damaged("integrity_check: " + *structure);
  const Result<std::string> reference = first_text(connection, kReferences);
  if (!reference) return std::unexpected(reference.error());
  if (!reference->empty()) return damaged("a row without its counterpart in " + *reference);
  return version;
}

}  // namespace keyledger::store
