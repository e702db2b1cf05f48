#include "api/handlers.h"

namespace keyledger::api {
namespace {

constexpr std::size_t kSmallBody = 64 << 10;
constexpr std::size_t kCatalogueBody = 8 << 20;

using enum Method;

// method, path, who may call, handler, query parameters, largest body, Idempotency-Key, what it changes
const Entry kTable[] = {
    {get, "/api/health", Who::anyone, &get_health},
    {get, "/readyz", Who::anyone, &get_ready},

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

    {get, "/api/audit", Who::admin, &list_audit, "limit cursor actor action subject from to"},
    {get, "/api/audit/verify", Who::admin, &verify_audit},

    {get, "/api/rekey", Who::admin, &get_rekey},
    {post, "/api/rekey", Who::admin, &start_rekey},
    {get, "/api/settings", Who::reader, &get_settings},
    {put, "/api/settings", Who::admin, &update_settings, "", kSmallBody, false, "settings"},
    {get, "/api/openapi.json", Who::anyone, &get_description},
    {get, "/api/docs", Who::anyone, &get_docs},
    {get, "/api/docs.css", Who::anyone, &get_docs_style},

    {get, "/", Who::anyone, &get_page},
    {get, "/assets/page.js", Who::anyone, &get_page_script},
    {get, "/assets/page.css", Who::anyone, &get_page_style},
    {get, "/assets/icon.svg", Who::anyone, &get_page_icon},
};

}  // namespace

std::vector<net::Route> make_routes(const Services* services) {
  std::vector<net::Route> routes;
  for (const Entry& entry : kTable) {
    const Entry* line = &entry;  // the table lives as long as the program
    routes.push_back({entry.method, std::string{entry.pattern},
                      [services, line](net::Request request) { return guarded(services, line, std::move(request)); },
                      entry.body_bytes_max});
  }
  return routes;
}

}  // namespace keyledger::api
