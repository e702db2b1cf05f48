// service/settings.h: the few settings that can be changed while the server runs.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "service/actor.h"
#include "service/core.h"

namespace keyledger::service {

struct SettingsShown {
  std::string timezone{};
  std::int64_t sync_interval_seconds = 900;  // after which the providers' usage is read again
  std::string key_prefix = "urt_";           // of the customer keys that are made from now on
  std::int64_t retention_months = 0;         // for how long the ledger keeps single events; 0: for ever
  std::int64_t backup_every_hours = 0;       // how often a copy is made on its own; 0: never
  std::int64_t backup_keep = 7;              // how many of those stay
  std::string seller_name{}, seller_address{}, seller_tax_id{};  // as invoices show them
  std::string invoice_footer{};                                  // on every invoice
  std::int64_t payment_days = 14;                                // until an invoice is due
  std::int64_t arrears_days = 0;     // overdue for so long, a customer is suspended; 0: never
  std::vector<std::string> fixed{};  // given by flag, environment or file: not to be changed here
};
BOOST_DESCRIBE_STRUCT(SettingsShown, (),
                      (timezone, sync_interval_seconds, key_prefix, retention_months, backup_every_hours, backup_keep,
                       seller_name, seller_address, seller_tax_id, invoice_footer, payment_days, arrears_days, fixed))

inline constexpr std::int64_t kSyncIntervalSecondsMin = 60;
inline constexpr std::int64_t kSyncIntervalSecondsMax = 604'800;  // a week
inline constexpr std::int64_t kRetentionMonthsMax = 1'200;
inline constexpr std::int64_t kBackupEveryHoursMax = 8'760;  // a year
inline constexpr std::int64_t kBackupKeepMax = 10'000;
inline constexpr std::int64_t kPaymentDaysMax = 365;
inline constexpr std::int64_t kArrearsDaysMax = 365;

/// Absent members stay as they are.
struct SettingsPatch {
  std::optional<std::string> timezone{};
  std::optional<std::int64_t> retention_months{};
  std::optional<std::int64_t> backup_every_hours{}, backup_keep{};
  std::optional<std::int64_t> sync_interval_seconds{};
  std::optional<std::string> key_prefix{};
  std::optional<std::string> seller_name{}, seller_address{}, seller_tax_id{}, invoice_footer{};
  std::optional<std::int64_t> payment_days{}, arrears_days{};
};

class InstallationSettings {
 public:
  /// `configured` is what flags, environment and file say; `known_zone` asks the system's time zone database.
  InstallationSettings(Core core, SettingsShown configured, std::function<bool(const std::string&)> known_zone)
      : core_(core), shown_(std::move(configured)), known_zone_(std::move(known_zone)) {}

  /// Reads what was changed earlier, where the configuration does not fix it. Blocks: for the start only.
  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] SettingsShown get() const;
  /// `tell` hears of every change, after it is stored. To be said before the first request.
  void when_changed(std::function<void(const SettingsShown&)> tell) { tell_ = std::move(tell); }
  /// Errors: invalid_argument, reasons unknown_timezone, out_of_range, malformed_prefix, too_long, control_characters;
  /// conflict, reason fixed_by_configuration.
  [[nodiscard]] runtime::Task<Result<SettingsShown>> update(Actor actor, SettingsPatch patch);

 private:
  [[nodiscard]] Result<void> check(const SettingsPatch& patch) const;

  Core core_;
  mutable std::mutex mutex_{};
  SettingsShown shown_;
  std::function<bool(const std::string&)> known_zone_;
  std::function<void(const SettingsShown&)> tell_{};
};

}  // namespace keyledger::service
