#include "service/import/imports.h"

#include <fmt/format.h>

#include "base/log.h"
#include "service/admission/key_table.h"
#include "service/audit.h"
#include "service/events.h"
#include "service/import/held_keys_import.h"
#include "service/import/usage_import.h"

namespace keyledger::service {
namespace {

namespace fs = std::filesystem;

using store::ForeignFile;
using store::Transaction;

constexpr std::chrono::days kCountedInLimits{31};  // no window is longer than a month
const std::string kHistory = "api_usage";

bool busy(ImportPhase phase) {
  return phase != ImportPhase::idle && phase != ImportPhase::finished && phase != ImportPhase::failed;
}

std::unexpected<Error> import_running() {
  return fail(Code::conflict, "An import is under way; ask for its state.", "import_running");
}

/// What a mutation ends with so that it is rolled back.
std::unexpected<Error> rolled_back() {
  return fail(Code::conflict, "A dry run changes nothing.", "dry_run");
}

/// Reads a table into memory. `bytes` counts what all of them take.
Result<ImportTable> read_table(const ForeignFile& file, const store::ForeignTable& table, const KnownTable& known,
                               std::size_t& bytes) {
  ImportTable read;
  read.report.name = known.name;
  const Result<void> done =
      file.each(table, known.columns, std::numeric_limits<std::int64_t>::min(), [&](store::ForeignRow row) {
        ++read.report.rows;
        if (row.too_large) {
          read.report.skip(row.id, "too_large", "The row is larger than 1 MiB.");
          return true;
        }
        bytes += sizeof(row) + row.bytes();
        read.rows.emplace_back(std::move(row));
        return bytes <= Imports::kBytesMax;
      });
  if (!done) return std::unexpected(done.error());
  if (bytes <= Imports::kBytesMax) return read;
  return fail(Code::too_large, fmt::format("The tables hold over {} MiB.", Imports::kBytesMax >> 20), "file_too_large",
              "file");
}

/// Counts against the limits of today what was called before today's midnight came, wherever.
void count_in_limits(KeyTable& keys, const std::vector<ledger::OwnedCall>& calls, Instant now) {
  for (const ledger::OwnedCall& each : calls) {
    const ledger::Call& call = each.call;
    if (!ledger::admitted(call.status) || call.at < now - kCountedInLimits) continue;
    for (const limits::Window window : {limits::Window::hour, limits::Window::day, limits::Window::month}) {
      keys.count_before(call.customer_key_id, limits::Metric::requests, window, 1, call.at);
    }
  }
}

}  // namespace

struct Imports::Run {
  Actor actor{};
  ImportRequest request{};
  std::optional<ForeignFile> file{};
  Layout layout{};
  store::Cancelled cancelled{};
  std::vector<ImportTable> tables{};  // those that are read into memory
  HandedOutIds ids{};
  TableReport history{};

  [[nodiscard]] bool has_history() const { return layout.source == ImportSource::handed_out_keys; }
};

ImportState Imports::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

Result<void> Imports::check_idle() const {
  if (busy(state().state)) return import_running();
  return {};
}

Result<void> Imports::claim(const ImportRequest& request) {
  const std::lock_guard lock(mutex_);
  if (busy(state_.state)) return import_running();
  state_ = ImportState{};
  state_.state = ImportPhase::reading;
  state_.started_at = parts_.core.clock->now();
  state_.file = request.upload ? request.name() : request.file.string();
  state_.dry_run = request.dry_run;
  return {};
}

runtime::Task<Result<ImportState>> Imports::start(Actor actor, ImportRequest request) {
  const Result<void> claimed = claim(request);
  if (!claimed) co_return std::unexpected(claimed.error());
  auto run = std::make_shared<Run>();
  run->actor = std::move(actor);
  run->request = std::move(request);
  auto stop = std::make_shared<std::stop_token>();
  run->cancelled = [stop] { return stop->stop_requested(); };
  // A look at the file takes a moment, or two seconds where it is locked; not on a thread that serves others.
  auto look = [run]() -> Result<bool> {
    const fs::path& place = run->request.upload ? run->request.upload->file() : run->request.file;
    Result<ForeignFile> file = ForeignFile::open(place, run->cancelled);
    if (!file) return std::unexpected(file.error());
    Result<Layout> layout = recognise(file->tables());
    if (!layout) return std::unexpected(layout.error());
    run->file.emplace(std::move(*file));
    run->layout = std::move(*layout);
    return true;
  };
  const Result<bool> known = co_await parts_.core.pool->run<bool>(std::move(look));
  if (!known) {
    fail_with(known.error());
    co_return std::unexpected(known.error());
  }
  const bool begun = errand_.begin([this, run, stop](const std::stop_token& token) {
    *stop = token;
    this->run(*run, token);
  });
  if (!begun) {
    const Error stopping{Code::unavailable, "The server is stopping; import after its next start.", "stopping"};
    fail_with(stopping);
    co_return std::unexpected(stopping);
  }
  co_return state();
}

void Imports::show(const Run& run, ImportPhase phase) {
  const std::lock_guard lock(mutex_);
  state_.state = phase;
  state_.source = run.layout.source;
  state_.ignored = run.layout.ignored;
  state_.tables.clear();
  for (const ImportTable& table : run.tables) state_.tables.push_back(table.report);
  if (run.has_history() && !run.history.name.empty()) state_.tables.push_back(run.history);
}

void Imports::fail_with(const Error& error) {
  log::warn("import failed", {{"reason", error.reason}, {"message", error.message}, {"detail", error.detail}});
  {
    const std::lock_guard lock(mutex_);
    const bool half_way = state_.state == ImportPhase::history && !state_.dry_run;
    state_.state = ImportPhase::failed;
    state_.finished_at = parts_.core.clock->now();
    state_.code = error.reason.empty() ? std::string{to_string(error.code)} : error.reason;
    state_.explanation = error.message + (half_way ? " What was taken so far stays; import the file again to go on."
                                                   : " Nothing was changed.");
  }
  tell({"imports"});
}

void Imports::run(Run& run, const std::stop_token&) {
  Result<void> done = take(run);
  if (done && run.has_history()) done = take_history(run);
  run.file.reset();  // whoever locks the file waits no longer
  run.request.upload.reset();
  if (!done) return fail_with(done.error());
  show(run, ImportPhase::finished);
  {
    const std::lock_guard lock(mutex_);
    state_.finished_at = parts_.core.clock->now();
    state_.explanation = run.request.dry_run ? "This was a dry run: nothing was changed."
                                             : "The file was taken over; importing it again takes only what is new.";
  }
  tell_finished(run);
}

void Imports::tell(std::vector<std::string> changed) const {
  if (parts_.events != nullptr) parts_.events->publish(EventKind::changed, std::move(changed));
}

void Imports::tell_finished(const Run& run) const {
  if (run.request.dry_run) return tell({"imports"});
  if (!run.has_history()) return tell({"imports", "accounts", "keys", "audit"});
  tell({"imports", "websites", "rental_accounts", "rentals", "customers", "customer_keys", "activity", "audit"});
}

/// All tables but the history: into memory, then in one mutation into the database.
Result<void> Imports::take(Run& run) {
  const std::vector<KnownTable>& known = tables_of(run.layout.source);
  std::size_t bytes = 0;
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].name == kHistory) continue;
    const Result<std::int64_t> count = run.file->count(run.layout.tables[i]);
    if (!count) return std::unexpected(count.error());
    rows += *count;
    if (rows > kRowsMax) {
      return fail(Code::too_large, fmt::format("The tables have over {} rows beside api_usage.", kRowsMax),
                  "file_too_large", "file");
    }
    Result<ImportTable> table = read_table(*run.file, run.layout.tables[i], known[i], bytes);
    if (!table) return std::unexpected(table.error());
    run.tables.push_back(std::move(*table));
  }
  show(run, ImportPhase::taking);
  auto mutation = [this, &run](Transaction& transaction) -> Result<void> {
    Result<void> taken{};
    if (run.layout.source == ImportSource::held_keys) {
      taken = HeldKeysImport(parts_, run.actor, &run.tables).run(transaction);
    } else {
      HandedOutImport import(parts_, &run.tables);
      taken = import.run(transaction);
      run.ids = import.take_ids();
    }
    if (!taken) return taken;
    if (run.request.dry_run) return rolled_back();
    std::int64_t rows_taken = 0;
    for (const ImportTable& table : run.tables) rows_taken += table.report.taken;
    return record_audit(transaction, parts_.core.clock->now(), run.actor, "imports.create", run.request.name(),
                        {{"source", boost::describe::enum_to_string(run.layout.source, "")},
                         {"rows_taken", std::to_string(rows_taken)}});
  };
  Result<void> stored = parts_.core.store->writer().run_blocking<void>(std::move(mutation));
  for (ImportTable& table : run.tables) table.rows.clear();
  if (!stored && run.request.dry_run && stored.error().reason == "dry_run") stored = {};
  return stored;
}

Result<void> Imports::take_history(Run& run) {
  const KnownTable& known = tables_of(run.layout.source).back();
  const store::ForeignTable& table = run.layout.tables.back();
  const Result<std::int64_t> rows = run.file->count(table);
  if (!rows) return std::unexpected(rows.error());
  run.history.name = known.name;
  run.history.rows = *rows;
  show(run, ImportPhase::history);
  UsageImport usage(&run.ids, parts_.core.clock->now(), &run.history);
  std::vector<ledger::OwnedCall> piece;
  Result<void> written{};
  const auto write = [&] {
    if (!run.request.dry_run) written = write_piece(run, std::exchange(piece, {}), usage.take_moved());
    piece.clear();
    show(run, ImportPhase::history);
    return written.has_value();
  };
  const auto sink = [&](store::ForeignRow row) {
    if (row.too_large) {
      run.history.skip(row.id, "too_large", "The row is larger than 1 MiB.");
      return true;
    }
    ForeignFields fields(std::move(row));
    std::optional<ledger::OwnedCall> call = usage.read(fields);
    if (call) piece.push_back(std::move(*call));
    return piece.size() < kHistoryPiece || write();
  };
  const Result<void> read = run.file->each(table, known.columns, std::numeric_limits<std::int64_t>::min(), sink);
  if (!read) return read;
  if (!written || !write()) return written;
  return run.request.dry_run ? Result<void>{} : finish_history(run);
}

Result<void> Imports::write_piece(Run& run, std::vector<ledger::OwnedCall> calls,
                                  std::vector<store::ImportedHistory> moved) {
  if (run.cancelled()) return fail(Code::unavailable, "The server is stopping.", "cancelled");
  if (calls.empty()) return {};
  auto mutation = [this, calls = std::move(calls), moved = std::move(moved)](Transaction& transaction) -> Result<void> {
    for (const store::ImportedHistory& history : moved) {
      const Result<void> put = store::ImportStore::put_history(transaction, history);
      if (!put) return put;
    }
    for (const ledger::OwnedCall& call : calls) transaction.record(call);
    transaction.after_commit([keys = parts_.keys, now = parts_.core.clock->now(), counted = calls] {
      count_in_limits(*keys, counted, now);
    });
    return {};
  };
  return parts_.core.store->writer().run_blocking<void>(std::move(mutation));
}

/// Keeps what the other program counted and has no rows for, so that no total shrinks.
Result<void> Imports::finish_history(Run& run) {
  auto mutation = [this, &run](Transaction& transaction) -> Result<void> {
    for (auto& [row, key] : run.ids.keys) {
      store::ImportedHistory& history = key.history;
      history.requests_before = std::max(history.requests_before, key.total_requests - history.usage_taken);
      const Result<void> put = store::ImportStore::put_history(transaction, history);
      if (!put) return put;
    }
    if (run.history.taken == 0) return {};
    return record_audit(transaction, parts_.core.clock->now(), run.actor, "imports.finish", run.request.name(),
                        {{"events_taken", std::to_string(run.history.taken)}});
  };
  return parts_.core.store->writer().run_blocking<void>(std::move(mutation));
}

}  // namespace keyledger::service
