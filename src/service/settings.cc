#include "service/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/fields.h"
#include "domain/customers/key_text.h"
#include "service/audit.h"
#include "store/identity_store.h"

namespace keyledger::service {
namespace {

using store::SettingStore;
using store::Transaction;

const std::string kTimezone = "timezone";
const std::string kKeyPrefix = "key_prefix";

/// A whole number that is stored under its name.
struct NumberSetting {
  const char* name;
  std::int64_t SettingsShown::*shown;
  std::optional<std::int64_t> SettingsPatch::*patch;
  std::int64_t least, most;
  const char* least_means;
};
constexpr NumberSetting kNumbers[] = {
    {"sync_interval_seconds", &SettingsShown::sync_interval_seconds, &SettingsPatch::sync_interval_seconds,
     kSyncIntervalSecondsMin, kSyncIntervalSecondsMax, " (a minute)"},
    {"retention_months", &SettingsShown::retention_months, &SettingsPatch::retention_months, 0, kRetentionMonthsMax,
     " (keep for ever)"},
    {"backup_every_hours", &SettingsShown::backup_every_hours, &SettingsPatch::backup_every_hours, 0,
     kBackupEveryHoursMax, " (never)"},
    {"backup_keep", &SettingsShown::backup_keep, &SettingsPatch::backup_keep, 1, kBackupKeepMax, ""},
    {"payment_days", &SettingsShown::payment_days, &SettingsPatch::payment_days, 0, kPaymentDaysMax, " (at once)"},
    {"arrears_days", &SettingsShown::arrears_days, &SettingsPatch::arrears_days, 0, kArrearsDaysMax, " (never)"},
};

/// A text that is stored under its name, in one line or in several.
struct TextSetting {
  const char* name;
  std::string SettingsShown::*shown;
  std::optional<std::string> SettingsPatch::*patch;
  Result<std::string> (*check)(std::string_view text, std::string_view field, std::size_t characters_max);
  std::size_t characters_max;
};
constexpr TextSetting kTexts[] = {
    {"seller_name", &SettingsShown::seller_name, &SettingsPatch::seller_name, &fields::check_line, fields::kNameMax},
    {"seller_address", &SettingsShown::seller_address, &SettingsPatch::seller_address, &fields::check_lines, 1'000},
    {"seller_tax_id", &SettingsShown::seller_tax_id, &SettingsPatch::seller_tax_id, &fields::check_line, 100},
    {"invoice_footer", &SettingsShown::invoice_footer, &SettingsPatch::invoice_footer, &fields::check_lines, 2'000},
};

bool is_fixed(const SettingsShown& shown, const std::string& name) {
  return std::ranges::find(shown.fixed, name) != shown.fixed.end();
}

std::unexpected<Error> fixed_by_configuration(std::string_view what, std::string name) {
  return fail(Code::conflict, fmt::format("The configuration gives {}; change it there.", what),
              "fixed_by_configuration", std::move(name));
}

/// What is stored, over what was there, where the configuration does not fix it.
Result<SettingsShown> read_stored(Transaction& transaction, SettingsShown shown) {
  for (auto [name, into] : {std::pair{&kTimezone, &shown.timezone}, {&kKeyPrefix, &shown.key_prefix}}) {
    if (is_fixed(shown, *name)) continue;
    Result<std::optional<std::string>> text = SettingStore::get(transaction, *name);
    if (!text) return std::unexpected(text.error());
    if (*text) *into = std::move(**text);
  }
  for (const TextSetting& each : kTexts) {
    Result<std::optional<std::string>> text = SettingStore::get(transaction, each.name);
    if (!text) return std::unexpected(text.error());
    if (*text) shown.*each.shown = std::move(**text);
  }
  for (const NumberSetting& number : kNumbers) {
    if (is_fixed(shown, number.name)) continue;
    const Result<std::optional<std::string>> text = SettingStore::get(transaction, number.name);
    if (!text) return std::unexpected(text.error());
    if (*text) std::from_chars((*text)->data(), (*text)->data() + (*text)->size(), shown.*number.shown);
  }
  return shown;
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
  if (done && patch.key_prefix) done = put(transaction, now, actor, kKeyPrefix, *patch.key_prefix);
  for (const NumberSetting& number : kNumbers) {
    const std::optional<std::int64_t>& value = patch.*number.patch;
    if (done && value) done = put(transaction, now, actor, number.name, std::to_string(*value));
  }
  for (const TextSetting& text : kTexts) {
    const std::optional<std::string>& value = patch.*text.patch;
    if (done && value) done = put(transaction, now, actor, text.name, *value);
  }
  return done;
}

/// Texts as they are to be stored, without blanks around them.
Result<void> check_texts(SettingsPatch& patch) {
  for (const TextSetting& each : kTexts) {
    std::optional<std::string>& value = patch.*each.patch;
    if (!value) continue;
    Result<std::string> text = each.check(*value, each.name, each.characters_max);
    if (!text) return std::unexpected(text.error());
    value = std::move(*text);
  }
  return {};
}

}  // namespace

Result<void> InstallationSettings::prepare() {
  auto read = [shown = get()](Transaction& transaction) { return read_stored(transaction, shown); };
  Result<SettingsShown> stored = core_.store->readers().run_blocking<SettingsShown>(std::move(read));
  if (!stored) return std::unexpected(stored.error());
  const std::lock_guard lock(mutex_);
  shown_ = std::move(*stored);
  return {};
}

SettingsShown InstallationSettings::get() const {
  const std::lock_guard lock(mutex_);
  return shown_;
}

Result<void> InstallationSettings::check(const SettingsPatch& patch) const {
  const SettingsShown now = get();
  if (patch.timezone && is_fixed(now, kTimezone)) return fixed_by_configuration("the time zone", kTimezone);
  if (patch.key_prefix && is_fixed(now, kKeyPrefix)) return fixed_by_configuration("the prefix of keys", kKeyPrefix);
  if (patch.timezone && !known_zone_(*patch.timezone)) {
    return fail(Code::invalid_argument, "There is no such time zone; write it like Europe/Berlin.", "unknown_timezone",
                kTimezone);
  }
  if (patch.key_prefix) {
    const Result<std::string> prefix = customers::check_prefix(*patch.key_prefix);
    if (!prefix) return fail(Code::invalid_argument, prefix.error().message, prefix.error().reason, kKeyPrefix);
  }
  for (const NumberSetting& number : kNumbers) {
    if (patch.*number.patch && is_fixed(now, number.name)) return fixed_by_configuration(number.name, number.name);
    const std::int64_t value = (patch.*number.patch).value_or(number.least);
    if (value >= number.least && value <= number.most) continue;
    return fail(Code::invalid_argument,
                fmt::format("{} is a whole number from {}{} to {}.", number.name, number.least, number.least_means,
                            number.most),
                "out_of_range", number.name);
  }
  return {};
}

runtime::Task<Result<SettingsShown>> InstallationSettings::update(Actor actor, SettingsPatch patch) {
  Result<void> fine = check(patch);
  if (fine) fine = check_texts(patch);
  if (!fine) co_return std::unexpected(fine.error());
  auto change = [actor = std::move(actor), patch, now = core_.clock->now()](Transaction& transaction) {
    return put_patch(transaction, now, actor, patch);
  };
  const Result<void> stored = co_await core_.store->writer().run<void>(std::move(change));
  if (!stored) co_return std::unexpected(stored.error());
  {
    const std::lock_guard lock(mutex_);
    if (patch.timezone) shown_.timezone = *patch.timezone;
    if (patch.key_prefix) shown_.key_prefix = *patch.key_prefix;
    for (const NumberSetting& number : kNumbers) {
      if (patch.*number.patch) shown_.*number.shown = *(patch.*number.patch);
    }
    for (const TextSetting& text : kTexts) {
      if (patch.*text.patch) shown_.*text.shown = *(patch.*text.patch);
    }
    if (tell_) tell_(shown_);  // under the lock, so that two changes are told in their order
  }
  co_return get();
}

}  // namespace keyledger::service
