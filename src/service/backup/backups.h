// service/backup/backups.h: copies the running database and proves the copy.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "service/actor.h"
#include "service/backup/folder.h"
#include "service/backup/inspection.h"
#include "service/core.h"
#include "service/errand.h"

namespace keyledger::service {

class Admission;
class EventHub;

BOOST_DEFINE_ENUM_CLASS(BackupPhase, idle, copying, verifying, finished, failed)

/// Who wanted a copy: somebody, or the schedule.
BOOST_DEFINE_ENUM_CLASS(BackupMaker, hand, schedule)

struct BackupState {
  BackupPhase state = BackupPhase::idle;
  std::optional<BackupMaker> made_by{};
  std::optional<Instant> started_at{}, finished_at{};
  std::string file{};
  std::int64_t bytes_copied = 0;         // while it is being copied
  std::optional<Inspection> verified{};  // when it is finished
  std::vector<std::string> removed{};    // older copies that had to go
  std::string master_key{};              // where the key lies that this copy needs, and which is not in it
  std::string code{}, explanation{};     // why it failed, or what to do now
};
BOOST_DESCRIBE_STRUCT(BackupState, (),
                      (state, made_by, started_at, finished_at, file, bytes_copied, verified, removed, master_key, code,
                       explanation))

struct BackupRequest {
  /// A file that is not there yet, or a folder. Nothing: the backups folder. Only for whoever is on this machine.
  std::optional<std::filesystem::path> place{};
  std::optional<std::int64_t> keep{};  // how many copies stay in the folder, this one included
  BackupMaker made_by = BackupMaker::hand;
};

struct BackupPlaces {
  std::filesystem::path database{}, folder{};  // the folder is made if it is missing
  std::string master_key{};                    // where it comes from, for people
};

class Backups {
 public:
  static constexpr std::int64_t kKeepMax = 10'000;

  /// With `admission`, its ledger is brought up to date before it is copied, so that hashes and sums cover all of it.
  Backups(Core core, BackupPlaces places, Admission* admission = nullptr, EventHub* events = nullptr)
      : core_(core), places_(std::move(places)), admission_(admission), events_(events) {}

  /// Starts a copy in the background and writes a line to the audit log.
  /// Errors: invalid_argument, reason out_of_range (keep), keep_needs_folder; conflict, reason backup_running.
  [[nodiscard]] runtime::Task<Result<BackupState>> start(Actor actor, BackupRequest request);
  [[nodiscard]] BackupState state() const;
  [[nodiscard]] const std::filesystem::path& folder() const { return places_.folder; }

  /// The copy that is under way gives up. Does not wait.
  void request_stop() { errand_.request_stop(); }
  void stop() { errand_.stop(); }
  void wait() { errand_.wait(); }  // for tests

 private:
  void run(const std::filesystem::path& folder, const std::filesystem::path& file, std::optional<std::int64_t> keep,
           const std::stop_token& stop);
  [[nodiscard]] Result<std::filesystem::path> copy(const std::filesystem::path& folder,
                                                   const std::filesystem::path& file,
                                                   const store::Cancelled& cancelled);
  [[nodiscard]] Result<std::set<std::string>> note(const std::filesystem::path& made, BackupMaker maker,
                                                   bool whole) const;
  [[nodiscard]] std::vector<std::string> thin_out(const std::filesystem::path& folder,
                                                  const std::filesystem::path& made, bool whole,
                                                  std::optional<std::int64_t> keep) const;
  void fail_with(const Error& error);
  void tell() const;
  [[nodiscard]] runtime::Task<> settle_ledger() const;

  Core core_;
  BackupPlaces places_;
  Admission* admission_;
  EventHub* events_;
  mutable std::mutex mutex_{};
  BackupState state_{};
  Errand errand_{};
};

}  // namespace keyledger::service
