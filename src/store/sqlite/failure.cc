#include "store/sqlite/failure.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>

namespace keyledger::store {
namespace {

/// A disk without room, or a quota that is used up, shows as an I/O error where SQLite was not writing to a file as
/// such. A failed sync is never that harmless: what was written before it is unknown.
bool out_of_room(const SqliteFailure& failure) {
  const bool sync = failure.code == SQLITE_IOERR_FSYNC || failure.code == SQLITE_IOERR_DIR_FSYNC;
  return !sync && (failure.system_error == ENOSPC || failure.system_error == EDQUOT);
}

Error disk_full(std::string detail) {
  return {Code::unavailable, "The disk is full; make room and repeat the request.", "disk_full", {}, std::move(detail)};
}

Error io_error(const SqliteFailure& failure, std::string detail) {
  if (out_of_room(failure)) return disk_full(std::move(detail));
  return {Code::unavailable,
          "The database could not be read or written; see the log of the server.",
          "io_error",
          {},
          std::move(detail)};
}

Error constraint(const SqliteFailure& failure) {
  return {Code::conflict,
          "This contradicts something that is already stored.",
          "constraint_violated",
          {},
          constraint_name(failure)};
}

}  // namespace

SqliteFailure last_failure(sqlite3* handle, int code) {
  if (handle == nullptr) return {.code = code, .message = sqlite3_errstr(code)};
  const int extended = sqlite3_extended_errcode(handle);
  const bool same = (extended & 0xff) == (code & 0xff);  // the low byte is the class
  return {.code = same ? extended : code,
          .system_error = sqlite3_system_errno(handle),
          .message = same ? sqlite3_errmsg(handle) : sqlite3_errstr(code)};
}

std::string constraint_name(const SqliteFailure& failure) {
  if (failure.code == SQLITE_CONSTRAINT_FOREIGNKEY) return "foreign_key";
  constexpr std::string_view kFailed = " constraint failed: ";
  const std::size_t at = failure.message.find(kFailed);
  if (at == std::string::npos) return failure.message;
  std::string name = failure.message.substr(at + kFailed.size());
  constexpr std::string_view kIndex = "index '";  // an index over expressions is named instead of its columns
  if (!name.starts_with(kIndex)) return name;
  return name.substr(kIndex.size(), name.size() - kIndex.size() - 1);
}

Error to_error(const SqliteFailure& failure) {
  std::string detail = fmt::format("sqlite {}: {}", failure.code, failure.message);
  if (failure.system_error != 0) detail += fmt::format(" (errno {})", failure.system_error);
  switch (failure.code & 0xff) {
    case SQLITE_CONSTRAINT: return constraint(failure);
    case SQLITE_FULL: return disk_full(std::move(detail));
    case SQLITE_IOERR: return io_error(failure, std::move(detail));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {
          Code::unavailable, "The database is in use by another program; try again.", "busy", {}, std::move(detail)};
    case SQLITE_NOMEM:
      return {Code::unavailable, "The server is out of memory.", "out_of_memory", {}, std::move(detail)};
    case SQLITE_CANTOPEN:
      return {Code::unavailable,
              "The database file cannot be opened; check the folder and its permissions.",
              "cannot_open",
              {},
              std::move(detail)};
    case SQLITE_NOTADB:
      return {Code::invalid_argument,
              "The file is not a database of Keyledger, or its beginning is damaged.",
              "not_a_database",
              {},
              std::move(detail)};
    case SQLITE_CORRUPT:
      return {Code::internal,
              "The database file is damaged; stop the server and restore a backup.",
              "database_damaged",
              {},
              std::move(detail)};
    case SQLITE_INTERRUPT: return {Code::unavailable, "The work was ended.", "cancelled", {}, std::move(detail)};
    case SQLITE_TOOBIG:
      return {Code::too_large, "A value is larger than the database takes.", {}, {}, std::move(detail)};
    default: return {Code::internal, "Something went wrong inside the server.", {}, {}, std::move(detail)};
  }
}

}  // namespace keyledger::store
