// service/import/report.h: what an import has taken of a file, and what not, and why. Never a secret.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/instant.h"
#include "service/import/layout.h"

namespace keyledger::service {

BOOST_DEFINE_ENUM_CLASS(RowOutcome, skipped, adjusted)

/// A row that was not taken, or not as it stood.
struct RowNote {
  std::int64_t id = 0;  // of the row in the file
  RowOutcome outcome = RowOutcome::skipped;
  std::string code{};  // missing_email, unknown_website, ...
  std::string why{};
};
BOOST_DESCRIBE_STRUCT(RowNote, (), (id, outcome, code, why))

/// rows = taken + known + skipped, in the end. `known` are those that are here already, of an earlier import for
/// example.
struct TableReport {
  static constexpr std::size_t kNotesMax = 500;

  std::string name{};
  std::int64_t rows = 0, taken = 0, known = 0, skipped = 0, adjusted = 0;
  std::vector<RowNote> notes{};  // the first kNotesMax
  std::int64_t notes_left_out = 0;

  void take() { ++taken; }
  void know() { ++known; }
  void skip(std::int64_t id, std::string code, std::string why);
  void skip(std::int64_t id, const Error& error) { skip(id, error.reason, error.message); }
  void adjust(std::int64_t id, std::string code, std::string why);

 private:
  void note(RowNote note);
};
BOOST_DESCRIBE_STRUCT(TableReport, (), (name, rows, taken, known, skipped, adjusted, notes, notes_left_out))

BOOST_DEFINE_ENUM_CLASS(ImportPhase, idle, reading, taking, history, finished, failed)

struct ImportState {
  ImportPhase state = ImportPhase::idle;
  std::optional<Instant> started_at{}, finished_at{};
  std::string file{};
  bool dry_run = false;
  std::optional<ImportSource> source{};
  std::vector<TableReport> tables{};
  std::vector<std::string> ignored{};  // tables and columns that there is no place for here
  std::string code{}, explanation{};   // why it failed, or what to do now
};
BOOST_DESCRIBE_STRUCT(ImportState, (),
                      (state, started_at, finished_at, file, dry_run, source, tables, ignored, code, explanation))

}  // namespace keyledger::service
