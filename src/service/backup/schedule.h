// service/backup/schedule.h: makes copies on its own, as often as the settings say.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>

#include "service/backup/backups.h"
#include "service/settings.h"
#include "service/usage/alarm.h"

namespace keyledger::service {

/// The last copy of the schedule is told from the database, so that a restart neither forgets nor repeats one. The
/// first is made at once. A copy that could not be made is tried again after kRetryAfter.
class BackupSchedule {
 public:
  static constexpr std::chrono::minutes kRetryAfter{10};
  static constexpr std::chrono::minutes kLookEvery{60};  // at the latest: also where the clock was set

  BackupSchedule(Core core, Backups* backups, const InstallationSettings* settings, Alarm* alarm)
      : core_(core), backups_(backups), settings_(settings), alarm_(alarm) {}

  /// Until `stop`; for the executor of the app, once.
  [[nodiscard]] runtime::Task<> run();
  void stop();                     // from any thread
  void wake() { alarm_->ring(); }  // the settings have changed

  /// Begins a copy if one is due, and answers how long there is nothing to do then.
  [[nodiscard]] runtime::Task<std::chrono::milliseconds> make_due();

 private:
  [[nodiscard]] runtime::Task<Result<std::optional<Instant>>> last_made(Instant now);

  Core core_;
  Backups* backups_;
  const InstallationSettings* settings_;
  Alarm* alarm_;
  std::optional<Instant> tried_at_{};
  std::atomic<bool> stopping_{false};
};

/// When the next copy is due: `every` after the last, but not sooner than kRetryAfter after the last try.
[[nodiscard]] Instant next_backup(std::optional<Instant> last, std::optional<Instant> tried, std::chrono::hours every,
                                  Instant now);

}  // namespace keyledger::service
