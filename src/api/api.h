// api/api.h: the REST interface as one table of routes over the services.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "net/router.h"
#include "service/accounts.h"
#include "service/audit.h"
#include "service/identity.h"
#include "service/once.h"
#include "service/provider_keys.h"
#include "service/rekey.h"
#include "service/settings.h"

namespace keyledger::service {
class EventHub;
class UsageSync;
class UsageReports;
class Budgets;
class Prices;
}  // namespace keyledger::service

namespace keyledger::api {

/// What the handlers ask. The app owns all of it; it outlives the server.
struct Services {
  service::Identity* identity;
  service::Accounts* accounts;
  service::ProviderKeys* keys;
  service::Audit* audit;
  service::Rekey* rekey;
  service::Idempotency* idempotency;
  service::InstallationSettings* settings;
  service::EventHub* events;
  service::UsageSync* sync;
  service::UsageReports* reports;
  service::Budgets* budgets;
  service::Prices* prices;
  const Clock* clock;
  std::string version{};
  bool demo = false;
  std::atomic<bool> ready{false};
};

/// Every route of the API, guarded, ready for the router. `services` outlives the routes.
[[nodiscard]] std::vector<net::Route> make_routes(const Services* services);

}  // namespace keyledger::api
