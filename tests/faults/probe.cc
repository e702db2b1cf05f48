// tests/faults/probe.cc: keyledger_faults_probe FILE COUNT: inserts rows, each in a transaction of its own with
// synchronous=FULL, says so after each, then waits to be killed. With COUNT 0 it says how many rows there are.
#include <sqlite3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

[[noreturn]] void give_up(sqlite3* handle) {
  std::printf("failed %s\n", sqlite3_errmsg(handle));
  std::fflush(stdout);
  std::_Exit(1);
}

void run(sqlite3* handle, const char* sql) {
  if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) give_up(handle);
}

int print_value(void*, int, char** values, char**) {
  std::printf("%s\n", values[0]);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  sqlite3* handle = nullptr;
  if (sqlite3_open(arguments[1], &handle) != SQLITE_OK) give_up(handle);
  const int rows = std::atoi(arguments[2]);
  if (rows == 0) {
    if (sqlite3_exec(handle, "SELECT COUNT(*) FROM t", print_value, nullptr, nullptr) != SQLITE_OK) give_up(handle);
    return 0;
  }
  run(handle, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS t (value INTEGER)");
  run(handle, "PRAGMA wal_checkpoint(TRUNCATE)");
  for (int i = 0; i < rows; ++i) {
    run(handle, "INSERT INTO t VALUES (1)");
    std::printf("stored %d\n", i + 1);
  }
  std::fflush(stdout);
  for (;;) ::pause();
}
