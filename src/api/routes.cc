#include "api/dashboard/dashboard.h"
#include "api/handlers.h"

namespace keyledger::api {
namespace {

constexpr std::size_t kSmallBody = 64 << 10;
constexpr std::size_t kCatalogueBody = 8 << 20;
constexpr std::size_t kImportBody = 9 << 20;  // a file of 4 MB, as JSON text

using enum Method;

// method, path, who may call, handler, query parameters, largest body, Idempotency-Key, what it changes
const Entry kTable[] = {
    {get, "/api/health", Who::anyone, &get_health},
    {get, "/readyz", Who::anyone, &get_ready},
    {get, "/metrics", Who::machine, &get_metrics},

    {get, "/api/session", Who::signed_in, &get_session},
    {post, "/api/session", Who::anyone, &sign_in, "", kSmallBody},
    {delete_, "/api/session", Who::signed_in, &sign_out},
    {get, "/api/sessions", Who::admin, &list_sessions, "limit cursor"},
    {delete_, "/api/sessions/{id}", Who::admin, &end_session},
    {put, "/api/password", Who::admin, &change_password, "", kSmallBody},

    {get, "/api/tokens", Who::admin, &list_tokens, "limit cursor"},
    {post, "/api/tokens", Who::admin, &create_token, "", kSmallBody, true},
    {post, "/api/tokens/{id}/revoke", Who::admin, &revoke_token},

    {get, "/api/accounts", Who::reader, &list_accounts, "limit cursor q"},
    {post, "/api/accounts", Who::admin, &create_account, "", kSmallBody, true, "accounts"},
    {get, "/api/accounts/{id}", Who::reader, &get_account},
    {put, "/api/accounts/{id}", Who::admin, &update_account, "", kSmallBody, false, "accounts keys"},
    {delete_, "/api/accounts/{id}", Who::admin, &delete_account, "cascade", kSmallBody, false, "accounts keys usage"},

    {.method = get,
     .pattern = "/api/accounts/available",
     .who = Who::customer,
     .handler = &list_available,
     .query = "website limit",
     .action = "list"},
    {.method = post,
     .pattern = "/api/accounts/rent",
     .who = Who::customer,
     .handler = &rent_account,
     .body_bytes_max = kSmallBody,
     .once = true,
     .changes = "rentals rental_accounts",
     .action = "rent"},
    {.method = get,
     .pattern = "/api/accounts/status/{id}",
     .who = Who::customer,
     .handler = &get_rental_status,
     .action = "check"},
    {.method = post,
     .pattern = "/api/accounts/return/{id}",
     .who = Who::customer,
     .handler = &return_account,
     .body_bytes_max = kSmallBody,
     .changes = "rentals rental_accounts",
     .action = "return"},
    {.method = get,
     .pattern = "/api/stats/me",
     .who = Who::customer,
     .handler = &get_my_stats,
     .query = "days",
     .action = "stats"},
    {post, "/api/verify", Who::verifier, &verify_key, "", kSmallBody, true},
    {get, "/api/forward-auth", Who::anyone, &forward_auth, "action limit_status"},

    {get, "/api/keys", Who::reader, &list_keys, "limit cursor provider account_id status q"},
    {post, "/api/keys", Who::admin, &create_key, "", kSmallBody, true, "keys accounts"},
    {post, "/api/keys/test", Who::admin, &test_unstored_key, "", kSmallBody},
    {post, "/api/keys/detect", Who::reader, &detect_key, "", kSmallBody},
    {get, "/api/keys/{id}", Who::reader, &get_key},
    {put, "/api/keys/{id}", Who::admin, &update_key, "", kSmallBody, false, "keys usage"},
    {delete_, "/api/keys/{id}", Who::admin, &delete_key, "", kSmallBody, false, "keys accounts usage"},
    {.method = get, .pattern = "/api/keys/{id}/full", .who = Who::admin, .handler = &reveal_key, .reveals = true},
    {post, "/api/keys/{id}/test", Who::admin, &test_key, "", kSmallBody, false, "keys"},
    {get, "/api/keys/{id}/tests", Who::reader, &list_key_tests, "limit cursor"},
    {get, "/api/keys/{id}/readings", Who::reader, &list_key_readings},
    {get, "/api/providers", Who::reader, &list_providers},

    {get, "/api/usage", Who::reader, &get_usage, "days from to group_by account_id key_id provider"},
    {post, "/api/usage/refresh", Who::admin, &refresh_usage},
    {get, "/api/usage/sync", Who::reader, &get_sync},
    {get, "/api/events", Who::reader, &stream_events},
    {get, "/api/budgets", Who::reader, &list_budgets, "limit cursor"},
    {post, "/api/budgets", Who::admin, &create_budget, "", kSmallBody, true, "budgets"},
    {put, "/api/budgets/{id}", Who::admin, &update_budget, "", kSmallBody, false, "budgets"},
    {delete_, "/api/budgets/{id}", Who::admin, &delete_budget, "", kSmallBody, false, "budgets"},
    {get, "/api/prices", Who::reader, &list_prices, "limit cursor provider q"},
    {put, "/api/prices", Who::admin, &replace_prices, "", kCatalogueBody},
    {delete_, "/api/prices", Who::admin, &reset_prices},

    {get, "/api/customers", Who::reader, &list_customers, "limit cursor q"},
    {post, "/api/customers", Who::admin, &create_customer, "", kSmallBody, true, "customers"},
    {get, "/api/customers/{id}", Who::reader, &get_customer},
    {put, "/api/customers/{id}", Who::admin, &update_customer, "", kSmallBody, false, "customers customer_keys"},
    {delete_, "/api/customers/{id}", Who::admin, &delete_customer, "", kSmallBody, false, "customers"},
    {get, "/api/customer-keys", Who::reader, &list_customer_keys, "limit cursor customer_id status q"},
    {post, "/api/customer-keys", Who::admin, &create_customer_key, "", kSmallBody, true, "customer_keys customers"},
    {get, "/api/customer-keys/{id}", Who::reader, &get_customer_key},
    {put, "/api/customer-keys/{id}", Who::admin, &update_customer_key, "", kSmallBody, false, "customer_keys"},
    {post, "/api/customer-keys/{id}/revoke", Who::admin, &revoke_customer_key, "", kSmallBody, false, "customer_keys"},
    {post, "/api/customer-keys/{id}/rotate", Who::admin, &rotate_customer_key, "", kSmallBody, true, "customer_keys"},

    {get, "/api/activity", Who::reader, &list_activity,
     "limit cursor key_id customer_id action status website from to"},
    {get, "/api/customer-keys/{id}/activity", Who::reader, &list_key_activity,
     "limit cursor action status website from to"},
    {get, "/api/customer-keys/{id}/stats", Who::reader, &get_key_stats, "days"},
    {get, "/api/stats", Who::reader, &get_stats, "days"},
    {get, "/api/ledger/stats", Who::reader, &get_ledger_stats},
    {get, "/api/ledger/verify", Who::admin, &verify_ledger},

    {get, "/api/websites", Who::reader, &list_websites, "limit cursor q"},
    {post, "/api/websites", Who::admin, &create_website, "", kSmallBody, true, "websites"},
    {get, "/api/websites/{id}", Who::reader, &get_website},
    {put, "/api/websites/{id}", Who::admin, &update_website, "", kSmallBody, false, "websites rental_accounts"},
    {delete_, "/api/websites/{id}", Who::admin, &delete_website, "", kSmallBody, false, "websites"},
    {post, "/api/websites/{id}/rotation-secret", Who::admin, &renew_rotation_secret, "", kSmallBody, true, "websites"},
    {get, "/api/rental-accounts", Who::reader, &list_rental_accounts, "limit cursor website status q"},
    {post, "/api/rental-accounts", Who::admin, &create_rental_account, "", kSmallBody, true,
     "rental_accounts websites"},
    {post, "/api/rental-accounts/import", Who::admin, &import_rental_accounts, "", kImportBody, true,
     "rental_accounts websites"},
    {get, "/api/rental-accounts/{id}", Who::reader, &get_rental_account},
    {put, "/api/rental-accounts/{id}", Who::admin, &update_rental_account, "", kSmallBody, false, "rental_accounts"},
    {delete_, "/api/rental-accounts/{id}", Who::admin, &delete_rental_account, "", kSmallBody, false,
     "rental_accounts websites"},
    {post, "/api/rental-accounts/{id}/exception", Who::admin, &put_aside_rental_account, "", kSmallBody, false,
     "rental_accounts websites rentals"},
    {post, "/api/rental-accounts/{id}/restore", Who::admin, &restore_rental_account, "", kSmallBody, false,
     "rental_accounts websites"},
    {put, "/api/rental-accounts/{id}/password", Who::admin, &put_rental_account_password, "", kSmallBody, false,
     "rental_accounts websites"},
    {.method = get,
     .pattern = "/api/rental-accounts/{id}/password",
     .who = Who::admin,
     .handler = &reveal_rental_account_password,
     .reveals = true},
    {get, "/api/rental-accounts/{id}/history", Who::reader, &get_rental_account_history},
    {get, "/api/rentals", Who::reader, &list_rentals,
     "limit cursor status website customer_id key_id account_id from to"},
    {get, "/api/rentals/{id}", Who::reader, &get_rental},
    {post, "/api/rentals/{id}/take-back", Who::admin, &take_back_rental, "", kSmallBody, false,
     "rentals rental_accounts websites"},

    {get, "/api/audit", Who::admin, &list_audit, "limit cursor actor action subject from to"},
    {get, "/api/audit/verify", Who::admin, &verify_audit},

    {get, "/api/backup", Who::admin, &get_backup},
    {post, "/api/backup", Who::admin, &create_backup, "", kSmallBody},
    {get, "/api/import", Who::admin, &get_import},
    {post, "/api/import", Who::admin, &create_import, "", kSmallBody},
    {get, "/api/rekey", Who::admin, &get_rekey},
    {post, "/api/rekey", Who::admin, &start_rekey},
    {get, "/api/settings", Who::reader, &get_settings},
    {put, "/api/settings", Who::admin, &update_settings, "", kSmallBody, false, "settings"},
    {get, "/api/openapi.json", Who::anyone, &get_description},
    {get, "/api/docs", Who::anyone, &get_docs},
    {get, "/api/docs.css", Who::anyone, &get_docs_style},

    {get, "/docs", Who::anyone, &get_guide},
    {get, "/docs.css", Who::anyone, &get_guide_style},
};

}  // namespace

std::vector<net::Route> make_routes(const Services* services) {
  std::vector<net::Route> routes;
  for (const Entry& entry : kTable) {
    const Entry* line = &entry;  // the table lives as long as the program
    const auto guard = entry.who == Who::customer ? &guarded_customer : &guarded;
    auto answer = [services, line, guard](net::Request request) { return guard(services, line, std::move(request)); };
    routes.push_back({entry.method, std::string{entry.pattern}, std::move(answer), entry.body_bytes_max});
  }
  return with_dashboard(std::move(routes));
}

}  // namespace keyledger::api
