// api/api.h: the REST interface as one table of routes over the services.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "net/router.h"
#include "runtime/pool.h"
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
class KeyTestRuns;
class Budgets;
class Prices;
class Admission;
class Customers;
class CustomerKeys;
class Activity;
class CallReports;
class RevenueReports;
class Rentals;
class Websites;
class RentalAccounts;
class Verifier;
class Backups;
class BackupCopies;
class Imports;
class Uploads;
class Metrics;
class Plans;
class Subscriptions;
class Webhooks;
class Invoices;
class CustomerBillings;
}  // namespace keyledger::service

namespace keyledger::api {

/// Which build this is, and where it keeps its data.
struct AboutFacts {
  std::optional<std::string> commit{};
  std::optional<Instant> built_at{};
  Instant started_at{};
  std::string data_dir{};
};

/// What the handlers ask. The app owns all of it; it outlives the server.
struct Services {
  service::Identity* identity;
  service::Accounts* accounts;
  service::ProviderKeys* keys;
  service::KeyTestRuns* key_tests;
  service::Audit* audit;
  service::Rekey* rekey;
  service::Idempotency* idempotency;
  service::InstallationSettings* settings;
  service::EventHub* events;
  service::UsageSync* sync;
  service::UsageReports* reports;
  service::Budgets* budgets;
  service::Prices* prices;
  service::Admission* admission;
  service::Customers* customers;
  service::CustomerKeys* customer_keys;
  service::Activity* activity;
  service::CallReports* call_reports;
  service::RevenueReports* revenue_reports;
  service::Rentals* rentals;
  service::Websites* websites;
  service::RentalAccounts* rental_accounts;
  service::Verifier* verifier;
  service::Backups* backups;
  service::BackupCopies* backup_copies;
  service::Imports* imports;
  service::Uploads* uploads;
  service::Metrics* metrics;
  service::Plans* plans;
  service::Subscriptions* subscriptions;
  service::Webhooks* webhooks;
  service::Invoices* invoices;
  service::CustomerBillings* customer_billings;
  runtime::Pool* workers = nullptr;  // for what computes or reads long: compression, downloads
  const Clock* clock;
  std::vector<IpNetwork> trusted_proxies{};  // whose X-Forwarded-For is believed
  std::string public_url{};                  // where customers reach us; empty: what their Host header says
  std::string version{};
  AboutFacts about{};
  bool demo = false;
  std::atomic<bool> ready{false};
  std::function<std::int64_t()> connections = [] { return 0; };  // open ones; set before the server starts
};

/// Every route of the API, guarded, ready for the router. `services` outlives the routes.
[[nodiscard]] std::vector<net::Route> make_routes(const Services* services);

}  // namespace keyledger::api
