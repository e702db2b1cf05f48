// app/doctor/facts.h: goes and looks. Changes nothing, and makes nothing.
#pragma once

#include "app/doctor/checks.h"
#include "app/settings.h"

namespace keyledger::app {

[[nodiscard]] FolderFacts look_at_folder(const Settings& settings);
[[nodiscard]] KeyFacts look_at_key(const Settings& settings);
[[nodiscard]] DatabaseFacts look_at_database(const Settings& settings);
[[nodiscard]] ClockFacts look_at_clock(const Settings& settings, Instant now);
[[nodiscard]] ServerFacts look_at_server(const Settings& settings);

/// An address that stored keys use. Errors of the database: an empty list, since look_at_database tells them.
struct UsedAddress {
  std::string provider{}, url{};
};
[[nodiscard]] std::vector<UsedAddress> used_addresses(const Settings& settings,
                                                      const std::vector<ProviderAddress>& providers);
/// Asks all at once, without a key: DNS, TCP, TLS and one small GET each.
[[nodiscard]] std::vector<ReachFacts> reach(const Settings& settings, const std::vector<UsedAddress>& addresses);

}  // namespace keyledger::app
