#include "service/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "service/audit.h"
#include "store/identity_store.h"

namespace keyledger::service {
namespace {

using store::SettingStore;
using store::Transaction;

const std::string kTimezone = "timezone";
const std::string kRetentionMonths = "retention_months";

struct Stored {
  std::optional<std::string> timezone{}, retention_months{};
};

Result<Stored> read_stored(Transaction& transaction) {
  Stored stored;
  for (auto [name, into] : {std::pair{&kTimezone, &stored.timezone}, {&kRetentionMonths, &stored.retention_months}}) {
    Result<std::optional<std::string>> text = SettingStore::get(transaction, *name);
    if (!text) return std::unexpected(text.error());
    *into = std::move(*text);
  }
  return stored;
}

Result<void> put(Transaction& transaction, Instant now, const Actor& actor, const std::string& name,
                 const std::string& text) {
  const Result<void> stored = SettingStore::put(transaction, name, text);
  if (!stored) return stored;
  return record_audit(transaction, now, actor, "settings.update", "settings/" + name, {{name, text}});
}

Result<void> put_patch(Transaction& transaction, Instant now, const Actor& actor, const SettingsPatch& patch) {
  Result<void> done{};
  if (patch.timezone) done = put(transaction, now, actor, kTimezone, *patch.timezone);
  if (done && patch.retention_months) {
    done = put(transaction, now, actor, kRetentionMonths, std::to_string(*patch.retention_months));
  }
  return done;
}

}  // namespace

bool InstallationSettings::fixed(const std::string& name) const {
  return std::find(shown_.fixed.begin(), shown_.fixed.end(), name) != shown_.fixed.end();
}

Result<void> InstallationSettings::prepare() {
  const Result<Stored> stored = core_.store->readers().run_blocking<Stored>(&read_stored);
  if (!stored) return std::unexpected(stored.error());
  const std::lock_guard lock(mutex_);
  if (stored->timezone && !fixed(kTimezone)) shown_.timezone = *stored->timezone;
  const std::string months = stored->retention_months.value_or("0");
  std::from_chars(months.data(), months.data() + months.size(), shown_.retention_months);
  return {};
}

SettingsShown InstallationSettings::get() const {
  const std::lock_guard lock(mutex_);
  return shown_;
}

Result<void> InstallationSettings::check(const SettingsPatch& patch) const {
  if (patch.timezone && fixed(kTimezone)) {
    return fail(Code::conflict, "The configuration gives the time zone; change it there.", "fixed_by_configuration",
                kTimezone);
  }
  if (patch.timezone && !known_zone_(*patch.timezone)) {
    return fail(Code::invalid_argument, "There is no such time zone; write it like Europe/Berlin.", "unknown_timezone",
                kTimezone);
  }
  const std::int64_t months = patch.retention_months.value_or(0);
  if (months >= 0 && months <= kRetentionMonthsMax) return {};
  return fail(Code::invalid_argument,
              fmt::format("retention_months is a whole number from 0 (keep for ever) to {}.", kRetentionMonthsMax),
              "out_of_range", kRetentionMonths);
}

runtime::Task<Result<SettingsShown>> InstallationSettings::update(Actor actor, SettingsPatch patch) {
  const Result<void> fine = check(patch);
  if (!fine) co_return std::unexpected(fine.error());
  auto change = [actor = std::move(actor), patch, now = core_.clock->now()](Transaction& transaction) {
    return put_patch(transaction, now, actor, patch);
  };
  const Result<void> stored = co_await core_.store->writer().run<void>(std::move(change));
  if (!stored) co_return std::unexpected(stored.error());
  {
    const std::lock_guard lock(mutex_);
    if (patch.timezone) shown_.timezone = *patch.timezone;
    if (patch.retention_months) shown_.retention_months = *patch.retention_months;
    if (tell_) tell_(shown_);  // under the lock, so that two changes are told in their order
  }
  co_return get();
}

}  // namespace keyledger::service
