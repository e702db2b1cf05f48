#include "service/backup/backups.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <regex>

#include "base/log.h"
#include "service/admission/admission.h"
#include "service/audit.h"

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

/// What a crash has left of copies before.
void remove_leftovers(const fs::path& folder) {
  static const std::regex kLeftover(R"(keyledger-\d{8}T\d{6}Z(-\d{1,3})?\.db\.partial)");
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (std::regex_match(entry.path().filename().string(), kLeftover)) fs::remove(entry.path(), error);
  }
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

std::string backup_name(Instant now, int number) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format("keyledger-{:%Y%m%dT%H%M%S}Z{}.db", second, number == 0 ? "" : fmt::format("-{}", number));
}

std::vector<std::string> remove_old_backups(const fs::path& folder, std::size_t keep) {
  // The time first, then the number of the second: both in the order in which the copies were made.
  static const std::regex kOurs(R"(keyledger-(\d{8}T\d{6})Z(?:-(\d{1,3}))?\.db)");
  std::vector<std::tuple<std::string, int, fs::path>> copies;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    std::smatch found;
    if (!entry.is_regular_file(error) || !std::regex_match(name, found, kOurs)) continue;
    copies.emplace_back(found[1].str(), found[2].matched ? std::stoi(found[2].str()) : 0, entry.path());
  }
  std::ranges::sort(copies);
  std::vector<std::string> removed;
  while (copies.size() - removed.size() > keep) {
    const fs::path& oldest = std::get<fs::path>(copies[removed.size()]);
    if (!fs::remove(oldest, error)) break;
    removed.push_back(oldest.string());
  }
  return removed;
}

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
}

/// Where the copy lies now.
Result<fs::path> Backups::copy(const fs::path& folder, const fs::path& file, const store::Cancelled& cancelled) {
  if (folder == places_.folder && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(Code::unavailable, fmt::format("The folder {} cannot be made.", folder.string()), "cannot_open");
  }
  if (file.empty()) remove_leftovers(folder);
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
  std::vector<std::string> removed;
  if (keep && inspection->whole) removed = remove_old_backups(folder, static_cast<std::size_t>(*keep));
  log::info("backup made", {{"file", made->string()}, {"bytes", inspection->bytes}, {"sha256", inspection->sha256}});
  const std::lock_guard lock(mutex_);
  state_.state = BackupPhase::finished;
  state_.finished_at = core_.clock->now();
  state_.removed = std::move(removed);
  state_.explanation = advice(*inspection, places_.master_key);
  state_.verified = std::move(*inspection);
}

}  // namespace keyledger::service
