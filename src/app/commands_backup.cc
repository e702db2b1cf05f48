#include <fmt/format.h>

#include "app/commands.h"
#include "app/restore.h"
#include "json/write.h"

namespace keyledger::app {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPollEvery{100};
constexpr std::int64_t kMebibyte = 1 << 20;

const Columns kBackup{{"Copy", "file"},
                      {"Bytes", "verified.bytes", Kind::number},
                      {"SHA-256", "verified.sha256"},
                      {"Whole", "verified.whole", Kind::yes_no},
                      {"Usage events", "verified.events", Kind::number},
                      {"Blocks of them", "verified.blocks", Kind::number},
                      {"Lines of the audit log", "verified.audit_lines", Kind::number},
                      {"Schema version", "verified.schema_version", Kind::number},
                      {"Older copies removed", "removed", Kind::words},
                      {"Master key (not in the copy)", "master_key"}};
const Columns kImport{{"Table", "name"},
                      {"Rows", "rows", Kind::number},
                      {"Taken", "taken", Kind::number},
                      {"Here already", "known", Kind::number},
                      {"Skipped", "skipped", Kind::number},
                      {"Adjusted", "adjusted", Kind::number}};
const Columns kNotes{{"Table", "table"},
                     {"Row", "id", Kind::number},
                     {"Outcome", "outcome"},
                     {"Reason", "code"},
                     {"Why", "why", Kind::text, true}};

/// Why work in the background failed, as an error of its own.
std::unexpected<Error> failure_of(const json::Value& state) {
  const std::string code{state["code"].text().value_or("")};
  const bool later = code == "disk_full" || code == "io_error" || code == "cannot_open" || code == "cancelled" ||
                     code == "stopping" || code == "busy" || code == "overloaded";
  return fail(later ? Code::unavailable : Code::internal, std::string{state["explanation"].text().value_or("")}, code);
}

/// Asks for the state until the work has come to an end.
template <typename Tell>
Result<Answer> follow(Session& session, ApiClient& api, const std::string& path, Result<Answer> state, Tell tell) {
  Progress progress(&session.console());
  while (state) {
    const std::string_view phase = state->value["state"].text().value_or("");
    if (phase == "finished") return state;
    if (phase == "failed") return failure_of(state->value);
    progress.show(tell(state->value));
    session.console().pause(kPollEvery);
    state = api.get(Target{path});
  }
  return state;
}

/// As the server has to read it, which works in another folder.
std::string absolute(const std::string& path) {
  std::error_code error;
  const fs::path whole = fs::absolute(path, error).lexically_normal();
  return error ? path : whole.string();
}

std::string tell_backup(const json::Value& state) {
  if (state["state"].text() == "verifying") return "Verifying the copy";
  return fmt::format("Copied: {} MiB", state["bytes_copied"].integer().value_or(0) / kMebibyte);
}

std::string tell_import(const json::Value& state) {
  if (state["state"].text() != "history" || state["tables"].items().empty()) return "Reading the file";
  const json::Value& history = state["tables"].items().back();
  std::int64_t seen = 0;
  for (const char* const member : {"taken", "known", "skipped"}) seen += history[member].integer().value_or(0);
  return fmt::format("Calls: {} of {}", seen, history["rows"].integer().value_or(0));
}

/// The notes of all tables as rows of one.
json::Array notes_of(const json::Value& state) {
  json::Array rows;
  for (const json::Value& table : state["tables"].items()) {
    for (const json::Value& note : table["notes"].items()) {
      json::Object row = *note.object();
      row.emplace_back("table", table["name"]);
      rows.emplace_back(std::move(row));
    }
  }
  return rows;
}

std::int64_t left_out(const json::Value& state) {
  std::int64_t sum = 0;
  for (const json::Value& table : state["tables"].items()) sum += table["notes_left_out"].integer().value_or(0);
  return sum;
}

void show_import(Session& session, const json::Value& state) {
  const json::Array notes = notes_of(state);
  session.print(to_table(kImport, state["tables"].items(), session.console().style));
  if (!notes.empty()) session.print("\n" + to_table(kNotes, notes, session.console().style));
  if (const std::int64_t more = left_out(state); more > 0) session.say(fmt::format("And {} notes more.", more));
  std::string ignored;
  for (const json::Value& name : state["ignored"].items()) {
    ignored += (ignored.empty() ? "" : ", ") + std::string{name.text().value_or("")};
  }
  if (!ignored.empty()) session.say("There is no place here for " + ignored + ".");
  session.say(state["explanation"].text().value_or(""));
}

std::string restored_json(const Restored& restored) {
  json::Writer out;
  out.begin_object();
  json::write_members(out, restored.inspection);
  out.name("database").string(restored.database.string());
  out.name("moved_aside");
  if (restored.moved_aside) {
    out.string(restored.moved_aside->string());
  } else {
    out.null();
  }
  out.name("warnings");
  json::write(out, restored.warnings);
  out.end_object();
  return out.take();
}

}  // namespace

ExitCode make_backup(Session& session) {
  const Result<std::optional<std::string>> keep = session.number("--keep");
  if (!keep) return session.failed(keep.error());
  return with_api(session, [&](ApiClient& api) {
    Body body;
    if (const std::optional<std::string> place = session.value("PLACE")) body.text("place", absolute(*place));
    if (*keep) body.number("keep", **keep);
    const Result<Answer> state =
        follow(session, api, "/api/backup", api.post(Target{"/api/backup"}, body.take()), &tell_backup);
    const ExitCode shown = session.show_one(state, kBackup);
    if (shown != ExitCode::ok) return shown;
    session.say(state->value["explanation"].text().value_or(""));
    const bool* whole = state->value["verified"]["whole"].boolean();
    return whole != nullptr && *whole ? ExitCode::ok : ExitCode::bad_news;
  });
}

ExitCode restore_backup(Session& session) {
  const Result<Restored> restored = restore_database(session.settings(), session.text("FILE"), session.on("--force"));
  if (!restored) return session.failed(restored.error());
  if (session.on("--json")) session.print(restored_json(*restored) + "\n");
  for (const std::string& warning : restored->warnings) session.say("Warning: " + warning);
  session.say(fmt::format("{} holds the backup now: {} usage events and {} lines of the audit log were verified.",
                          restored->database.string(), restored->inspection.events, restored->inspection.audit_lines));
  if (restored->moved_aside) {
    session.say(fmt::format("The database that was there is kept as {}.", restored->moved_aside->string()));
  }
  session.say(
      "What was revoked after the backup was made (keys, tokens, sessions) is valid again: look through it after the "
      "start.");
  return ExitCode::ok;
}

ExitCode import_file(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    Body body;
    body.text("file", absolute(session.text("FILE")));
    if (session.on("--dry-run")) body.raw("dry_run", "true");
    const Result<Answer> state =
        follow(session, api, "/api/import", api.post(Target{"/api/import"}, body.take()), &tell_import);
    if (!state) return session.failed(state.error());
    if (session.on("--json")) {
      session.print(state->text + "\n");
    } else if (session.on("--csv")) {
      session.print(to_csv(kImport, state->value["tables"].items()));
    } else {
      show_import(session, state->value);
    }
    return ExitCode::ok;
  });
}

}  // namespace keyledger::app
