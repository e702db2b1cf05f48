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
  std::int64_t sync_interval_seconds = 0;
  std::vector<std::string> fixed{};  // given by flag, environment or file: not to be changed here
};
BOOST_DESCRIBE_STRUCT(SettingsShown, (), (timezone, sync_interval_seconds, fixed))

class InstallationSettings {
 public:
  /// `configured` is what flags, environment and file say; `known_zone` asks the system's time zone database.
  InstallationSettings(Core core, SettingsShown configured, std::function<bool(const std::string&)> known_zone)
      : core_(core), shown_(std::move(configured)), known_zone_(std::move(known_zone)) {}

  /// Reads what was changed earlier, where the configuration does not fix it. Blocks: for the start only.
  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] SettingsShown get() const;
  /// Errors: invalid_argument, reason unknown_timezone; conflict, reason fixed_by_configuration.
  [[nodiscard]] runtime::Task<Result<SettingsShown>> update(Actor actor, std::optional<std::string> timezone);

 private:
  [[nodiscard]] bool fixed(const std::string& name) const;

  Core core_;
  mutable std::mutex mutex_{};
  SettingsShown shown_;
  std::function<bool(const std::string&)> known_zone_;
};

}  // namespace keyledger::service
