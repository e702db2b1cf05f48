// tests/faults/preload.cc: puts the fault layer under a program that knows nothing of it, by LD_PRELOAD.
//
//   KEYLEDGER_FAULT_DIR          where the undo logs go; unset: nothing is remembered
//   KEYLEDGER_FAULT_TRIGGER      the file that says "enospc" or "eio" while writes or syncs are to fail
//   KEYLEDGER_FAULT_SYNCHRONOUS  "normal": the program believes it runs with synchronous=FULL, but does not
#include <dlfcn.h>
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "faults/fault_vfs.h"

namespace {

using keyledger::faults::weaken_synchronous;

bool weakening() {
  const char* const wanted = std::getenv("KEYLEDGER_FAULT_SYNCHRONOUS");
  return wanted != nullptr && std::string_view(wanted) == "normal";
}

std::filesystem::path path_from(const char* variable) {
  const char* const value = std::getenv(variable);
  return value == nullptr ? std::filesystem::path() : std::filesystem::path(value);
}

__attribute__((constructor)) void put_under_sqlite() {
  const keyledger::faults::FaultSettings settings{.undo_folder = path_from("KEYLEDGER_FAULT_DIR"),
                                                  .trigger = path_from("KEYLEDGER_FAULT_TRIGGER")};
  if (keyledger::faults::register_fault_vfs(settings, true)) return;
  std::fprintf(stderr, "fault vfs: SQLite refused it\n");
  std::abort();
}

template <typename Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

/// Calls `prepare` with the weaker text; the rest that it answers with is moved over to the caller's text.
template <typename Prepare>
int prepare_weaker(const char* sql, int bytes, const char** rest, Prepare prepare) {
  if (sql == nullptr || !weakening()) return prepare(sql, bytes, rest);
  const std::string_view given =
      bytes < 0 ? std::string_view(sql) : std::string_view(sql, static_cast<std::size_t>(bytes));
  const std::optional<std::string> weaker = weaken_synchronous(given);
  if (!weaker) return prepare(sql, bytes, rest);
  const char* weaker_rest = nullptr;
  const int code = prepare(weaker->c_str(), bytes < 0 ? -1 : static_cast<int>(weaker->size()), &weaker_rest);
  if (rest != nullptr) *rest = weaker_rest == nullptr ? sql : sql + (weaker_rest - weaker->c_str());
  return code;
}

}  // namespace

extern "C" {

int sqlite3_exec(sqlite3* handle, const char* sql, int (*callback)(void*, int, char**, char**), void* argument,
                 char** message) {
  static const auto kNext = next<decltype(&sqlite3_exec)>("sqlite3_exec");
  const std::optional<std::string> weaker = sql != nullptr && weakening() ? weaken_synchronous(sql) : std::nullopt;
  return kNext(handle, weaker ? weaker->c_str() : sql, callback, argument, message);
}

int sqlite3_prepare_v2(sqlite3* handle, const char* sql, int bytes, sqlite3_stmt** statement, const char** rest) {
  static const auto kNext = next<decltype(&sqlite3_prepare_v2)>("sqlite3_prepare_v2");
  return prepare_weaker(sql, bytes, rest, [&](const char* text, int length, const char** text_rest) {
    return kNext(handle, text, length, statement, text_rest);
  });
}

int sqlite3_prepare_v3(sqlite3* handle, const char* sql, int bytes, unsigned flags, sqlite3_stmt** statement,
                       const char** rest) {
  static const auto kNext = next<decltype(&sqlite3_prepare_v3)>("sqlite3_prepare_v3");
  return prepare_weaker(sql, bytes, rest, [&](const char* text, int length, const char** text_rest) {
    return kNext(handle, text, length, flags, statement, text_rest);
  });
}

}  // extern "C"
