#include "service/settings.h"

#include <algorithm>

#include "service/audit.h"
#include "store/identity_store.h"

namespace keyledger::service {
namespace {

using store::SettingStore;
using store::Transaction;

const std::string kTimezone = "timezone";

}  // namespace

bool InstallationSettings::fixed(const std::string& name) const {
  return std::find(shown_.fixed.begin(), shown_.fixed.end(), name) != shown_.fixed.end();
}

Result<void> InstallationSettings::prepare() {
  auto read = [](Transaction& transaction) { return SettingStore::get(transaction, kTimezone); };
  const Result<std::optional<std::string>> stored =
      core_.store->readers().run_blocking<std::optional<std::string>>(std::move(read));
  if (!stored) return std::unexpected(stored.error());
  const std::lock_guard lock(mutex_);
  if (*stored && !fixed(kTimezone)) shown_.timezone = **stored;
  return {};
}

SettingsShown InstallationSettings::get() const {
  const std::lock_guard lock(mutex_);
  return shown_;
}

runtime::Task<Result<SettingsShown>> InstallationSettings::update(Actor actor, std::optional<std::string> timezone) {
  if (!timezone) co_return get();
  if (fixed(kTimezone)) {
    co_return fail(Code::conflict, "The configuration gives the time zone; change it there.", "fixed_by_configuration",
                   kTimezone);
  }
  if (!known_zone_(*timezone)) {
    co_return fail(Code::invalid_argument, "There is no such time zone; write it like Europe/Berlin.",
                   "unknown_timezone", kTimezone);
  }
  auto put = [actor = std::move(actor), zone = *timezone, now = core_.clock->now()](Transaction& transaction) {
    const Result<void> stored = SettingStore::put(transaction, kTimezone, zone);
    if (!stored) return stored;
    return record_audit(transaction, now, actor, "settings.update", "settings/timezone", {{"timezone", zone}});
  };
  const Result<void> stored = co_await core_.store->writer().run<void>(std::move(put));
  if (!stored) co_return std::unexpected(stored.error());
  {
    const std::lock_guard lock(mutex_);
    shown_.timezone = *timezone;
  }
  co_return get();
}

}  // namespace keyledger::service
