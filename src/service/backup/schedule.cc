#include "service/backup/schedule.h"

#include <algorithm>

#include "base/log.h"
#include "store/backup_store.h"

namespace keyledger::service {
namespace {

using std::chrono::milliseconds;

/// One that lies in the future was made before the clock was set back, and says nothing.
Result<std::optional<Instant>> newest_of_schedule(store::Transaction& transaction, Instant now) {
  const Result<std::vector<store::BackupRow>> rows = store::BackupStore::all(transaction);
  if (!rows) return std::unexpected(rows.error());
  std::optional<Instant> newest;
  for (const store::BackupRow& row : *rows) {
    if (row.made_by == "schedule" && row.made_at <= now && (!newest || row.made_at > *newest)) newest = row.made_at;
  }
  return newest;
}

}  // namespace

Instant next_backup(std::optional<Instant> last, std::optional<Instant> tried, std::chrono::hours every, Instant now) {
  Instant due = last ? *last + every : now;
  if (tried && *tried <= now) due = std::max(due, *tried + BackupSchedule::kRetryAfter);
  return due;
}

runtime::Task<Result<std::optional<Instant>>> BackupSchedule::last_made(Instant now) {
  auto read = [now](store::Transaction& transaction) { return newest_of_schedule(transaction, now); };
  Result<std::optional<Instant>> last = co_await core_.store->readers().run<std::optional<Instant>>(std::move(read));
  co_return last;
}

runtime::Task<milliseconds> BackupSchedule::make_due() {
  const SettingsShown settings = settings_->get();
  if (settings.backup_every_hours == 0) co_return kLookEvery;
  const Instant now = core_.clock->now();
  const Result<std::optional<Instant>> last = co_await last_made(now);
  if (!last) co_return kRetryAfter;
  const Instant due = next_backup(*last, tried_at_, std::chrono::hours{settings.backup_every_hours}, now);
  if (due > now) {
    co_return std::clamp(std::chrono::duration_cast<milliseconds>(due - now), milliseconds{1'000},
                         milliseconds{kLookEvery});
  }
  tried_at_ = now;
  Actor actor{ActorKind::system, "backup schedule", {}};
  BackupRequest request{.place = {}, .keep = settings.backup_keep, .made_by = BackupMaker::schedule};
  const Result<BackupState> begun = co_await backups_->start(std::move(actor), std::move(request));
  if (!begun) log::warn("a scheduled backup could not begin", {{"reason", begun.error().reason}});
  co_return kRetryAfter;
}

runtime::Task<> BackupSchedule::run() {
  while (!stopping_) {
    const milliseconds pause = co_await make_due();
    if (stopping_) co_return;
    co_await alarm_->wait(pause);
  }
}

void BackupSchedule::stop() {
  stopping_ = true;
  alarm_->ring();
}

}  // namespace keyledger::service
