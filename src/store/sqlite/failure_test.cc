#include "store/sqlite/failure.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cerrno>

namespace keyledger::store {
namespace {

TEST(SqliteFailure, EachClassHasItsCodeAndReason) {
  const struct {
    int code;
    int system_error;
    Code want;
    const char* reason;
  } cases[] = {
      {SQLITE_FULL, 0, Code::unavailable, "disk_full"},
      {SQLITE_IOERR_WRITE, EIO, Code::unavailable, "io_error"},
      {SQLITE_IOERR_WRITE, EDQUOT, Code::unavailable, "disk_full"},
      {SQLITE_IOERR_SHMSIZE, ENOSPC, Code::unavailable, "disk_full"},
      {SQLITE_IOERR_FSYNC, ENOSPC, Code::unavailable, "io_error"},
      {SQLITE_BUSY, 0, Code::unavailable, "busy"},
      {SQLITE_BUSY_SNAPSHOT, 0, Code::unavailable, "busy"},
      {SQLITE_NOMEM, 0, Code::unavailable, "out_of_memory"},
      {SQLITE_CANTOPEN, 0, Code::unavailable, "cannot_open"},
      {SQLITE_NOTADB, 0, Code::invalid_argument, "not_a_database"},
      {SQLITE_CORRUPT, 0, Code::internal, "database_damaged"},
      {SQLITE_TOOBIG, 0, Code::too_large, ""},
      {SQLITE_READONLY, 0, Code::internal, ""},
      {SQLITE_ERROR, 0, Code::internal, ""},
      {SQLITE_CONSTRAINT_UNIQUE, 0, Code::conflict, "constraint_violated"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.code);
    const Error error = to_error({.code = c.code, .system_error = c.system_error, .message = "text"});
    EXPECT_EQ(error.code, c.want);
    EXPECT_EQ(error.reason, c.reason);
    EXPECT_FALSE(error.message.empty());
  }
  EXPECT_EQ(to_error({.code = SQLITE_FULL}).message, "The disk is full; make room and repeat the request.");
}

TEST(SqliteFailure, AConstraintIsNamedByItsColumnsOrItsName) {
  const struct {
    int code;
    const char* message;
    const char* want;
  } cases[] = {
      {SQLITE_CONSTRAINT_UNIQUE, "UNIQUE constraint failed: accounts.email_folded", "accounts.email_folded"},
      {SQLITE_CONSTRAINT_PRIMARYKEY, "UNIQUE constraint failed: a.x, a.y", "a.x, a.y"},
      {SQLITE_CONSTRAINT_UNIQUE, "UNIQUE constraint failed: index 'one_open_rental'", "one_open_rental"},
      {SQLITE_CONSTRAINT_CHECK, "CHECK constraint failed: age_is_possible", "age_is_possible"},
      {SQLITE_CONSTRAINT_NOTNULL, "NOT NULL constraint failed: accounts.name", "accounts.name"},
      {SQLITE_CONSTRAINT_FOREIGNKEY, "FOREIGN KEY constraint failed", "foreign_key"},
      {SQLITE_CONSTRAINT_TRIGGER, "said by a trigger", "said by a trigger"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.message);
    EXPECT_EQ(constraint_name({.code = c.code, .message = c.message}), c.want);
  }
}

}  // namespace
}  // namespace keyledger::store
