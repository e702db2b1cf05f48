#include "service/backup/backups.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/log.h"
#include "service/admission/admission.h"
#include "service/audit.h"
#include "service/backup/folder.h"
#include "service/events.h"
#include "store/backup_store.h"

namespace keyledger::service {
namespace {

namespace fs = std::filesystem;

constexpr int kNamesMax = 100;  // copies of one second

Result<void> check(const BackupRequest& request, bool into_folder) {
  if (!request.keep) return {};
  if (*request.keep < 1 || *request.keep > Backups::kKeepMax) {
    return fail(Code::invalid_argument, fmt::format("keep is a number from 1 to {}.", Backups::kKeepMax),
                "out_of_range", "keep");
  }
  if (into_folder) return {};
  return fail(Code::invalid_argument, "keep counts the copies in a folder; name a folder, or leave it out.",
              "keep_needs_folder", "keep");
}

std::string advice(const Inspection& inspection, const std::string& master_key) {
  std::string text = fmt::format(
      "The master key is not in the copy: keep {} somewhere else as well, since without it the sealed keys "
      "and passwords in the copy cannot be read.",
      master_key);
  if (inspection.whole) return text;
  return inspection.what + " The copy is kept as it is: find out who changed the database. " + text;
}

}  // namespace

BackupState Backups::state() const {
  const std::lock_guard lock(mutex_);
  BackupState state = state_;
  if (state.state == BackupPhase::copying && !state.file.empty()) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(state.file + ".partial", error);
    state.bytes_copied = error ? 0 : static_cast<std::int64_t>(size);
  }
  return state;
}

runtime::Task<Result<BackupState>> Backups::start(Actor actor, BackupRequest request) {
  std::error_code error;
  const bool into_folder = !request.place || fs::is_directory(*request.place, error);
  const Result<void> fine = check(request, into_folder);
  if (!fine) co_return std::unexpected(fine.error());
  fs::path folder = request.place ? (into_folder ? *request.place : request.place->parent_path()) : places_.folder;
  fs::path file = into_folder ? fs::path{} : *request.place;
  {
    const std::lock_guard lock(mutex_);
    if (state_.state == BackupPhase::copying || state_.state == BackupPhase::verifying) {
      co_return fail(Code::conflict, "A backup is already being made; ask for its state.", "backup_running");
    }
    state_ = BackupState{};
    state_.state = BackupPhase::copying;
    state_.started_at = core_.clock->now();
    state_.made_by = request.made_by;
    state_.master_key = places_.master_key;
  }
  // Before the copy is made, so that the copy says who made it.
  auto note = [actor = std::move(actor), now = core_.clock->now(),
               subject = into_folder ? folder.string() : file.string()](store::Transaction& transaction) {
    return record_audit(transaction, now, actor, "backups.create", subject);
  };
  const Result<void> noted = co_await core_.store->writer().run<void>(std::move(note));
  if (!noted) {
    fail_with(noted.error());
    co_return std::unexpected(noted.error());
  }
  co_await settle_ledger();
  auto work = [this, folder, file, keep = request.keep](const std::stop_token& stop) { run(folder, file, keep, stop); };
  if (!errand_.begin(std::move(work))) {
    const Error stopping{Code::unavailable, "The server is stopping; make the backup after its next start.",
                         "stopping"};
    fail_with(stopping);
    co_return std::unexpected(stopping);
  }
  co_return state();
}

/// What fails here is no reason to make no copy: the check of the copy says how far its sums go.
runtime::Task<> Backups::settle_ledger() const {
  if (admission_ == nullptr) co_return;
  Result<void> settled = co_await admission_->ledger().close_block();
  if (settled) settled = co_await admission_->ledger().settle();
  if (!settled) log::warn("the ledger could not be brought up to date for a backup", {{"why", settled.error().detail}});
}

void Backups::fail_with(const Error& error) {
  log::error("backup failed", {{"reason", error.reason}, {"message", error.message}, {"detail", error.detail}});
  const std::lock_guard lock(mutex_);
  state_.state = BackupPhase::failed;
  state_.finished_at = core_.clock->now();
  state_.code = error.reason.empty() ? std::string{to_string(error.code)} : error.reason;
  state_.explanation = error.message;
  tell();
}

void Backups::tell() const {
  if (events_ != nullptr) events_->publish(EventKind::changed, {"backups"});
}

/// Notes what is known of a copy in the backups folder, forgets those that have gone, and answers which of those that
/// are there were made as this one was.
Result<std::set<std::string>> Backups::note(const fs::path& made, BackupMaker maker, bool whole) const {
  store::BackupRow row{made.filename().string(), boost::describe::enum_to_string(maker, ""), whole, core_.clock->now()};
  std::set<std::string> there;
  for (const CopyFile& copy : backup_files(places_.folder)) there.insert(copy.name);
  auto mutation = [row = std::move(row),
                   there = std::move(there)](store::Transaction& transaction) -> Result<std::set<std::string>> {
    const Result<void> put = store::BackupStore::put(transaction, row);
    if (!put) return std::unexpected(put.error());
    const Result<std::vector<store::BackupRow>> known = store::BackupStore::all(transaction);
    if (!known) return std::unexpected(known.error());
    std::set<std::string> alike;
    for (const store::BackupRow& each : *known) {
      if (each.made_by == row.made_by) alike.insert(each.name);
      if (there.contains(each.name)) continue;
      const Result<void> removed = store::BackupStore::remove(transaction, each.name);
      if (!removed) return std::unexpected(removed.error());
    }
    return alike;
  };
  return core_.store->writer().run_blocking<std::set<std::string>>(std::move(mutation));
}

/// Removes the copies that are too many: of all in the folder, or, for one that was made on its own, of those alone.
std::vector<std::string> Backups::thin_out(const fs::path& folder, const fs::path& made, bool whole,
                                           std::optional<std::int64_t> keep) const {
  const BackupMaker maker = state().made_by.value_or(BackupMaker::hand);
  std::set<std::string> alike;
  if (folder == places_.folder) {
    Result<std::set<std::string>> noted = note(made, maker, whole);
    if (noted) alike = std::move(*noted);
    if (!noted) log::warn("a backup could not be noted", {{"reason", noted.error().reason}});
  }
  if (!keep || !whole) return {};
  return remove_old_backups(folder, static_cast<std::size_t>(*keep), maker == BackupMaker::schedule ? &alike : nullptr);
}

/// Where the copy lies now.
Result<fs::path> Backups::copy(const fs::path& folder, const fs::path& file, const store::Cancelled& cancelled) {
  if (folder == places_.folder && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(Code::unavailable, fmt::format("The folder {} cannot be made.", folder.string()), "cannot_open");
  }
  if (file.empty()) remove_unfinished_backups(folder);
  Result<void> copied{};
  for (int number = 0; number < kNamesMax; ++number) {
    fs::path target = file.empty() ? folder / backup_name(core_.clock->now(), number) : file;
    {
      const std::lock_guard lock(mutex_);
      state_.file = target.string();
    }
    copied = store::copy_database(places_.database, target, cancelled);
    if (copied) return target;
    if (copied.error().reason != "file_exists" || !file.empty()) break;
  }
  return std::unexpected(copied.error());
}

void Backups::run(const fs::path& folder, const fs::path& file, std::optional<std::int64_t> keep,
                  const std::stop_token& stop) {
  const store::Cancelled cancelled = [&stop] { return stop.stop_requested(); };
  const Result<fs::path> made = copy(folder, file, cancelled);
  if (!made) return fail_with(made.error());
  {
    const std::lock_guard lock(mutex_);
    state_.state = BackupPhase::verifying;
  }
  Result<Inspection> inspection = inspect_database(*made, cancelled);
  if (!inspection) {
    std::error_code error;
    fs::remove(*made, error);  // nobody shall rely on it
    return fail_with(inspection.error());
  }
  std::vector<std::string> removed = thin_out(folder, *made, inspection->whole, keep);
  log::info("backup made", {{"file", made->string()}, {"bytes", inspection->bytes}, {"sha256", inspection->sha256}});
  const std::lock_guard lock(mutex_);
  state_.state = BackupPhase::finished;
  state_.finished_at = core_.clock->now();
  state_.removed = std::move(removed);
  state_.explanation = advice(*inspection, places_.master_key);
  state_.verified = std::move(*inspection);
  tell();
}

}  // namespace keyledger::service
