// api/handlers.h: every handler, resource by resource. What each reads and answers is in openapi.yaml.
#pragma once

#include "api/call.h"

namespace keyledger::api {

#define KEYLEDGER_HANDLER(name) Task<Result<Reply>> name(const Services* services, Call call)

// health/
KEYLEDGER_HANDLER(get_health);
KEYLEDGER_HANDLER(get_ready);

// session/
KEYLEDGER_HANDLER(get_session);
KEYLEDGER_HANDLER(sign_in);
KEYLEDGER_HANDLER(sign_out);
KEYLEDGER_HANDLER(list_sessions);
KEYLEDGER_HANDLER(end_session);
KEYLEDGER_HANDLER(change_password);

// tokens/
KEYLEDGER_HANDLER(list_tokens);
KEYLEDGER_HANDLER(create_token);
KEYLEDGER_HANDLER(revoke_token);

// accounts/
KEYLEDGER_HANDLER(list_accounts);
KEYLEDGER_HANDLER(create_account);
KEYLEDGER_HANDLER(get_account);
KEYLEDGER_HANDLER(update_account);
KEYLEDGER_HANDLER(delete_account);

// keys/
KEYLEDGER_HANDLER(list_keys);
KEYLEDGER_HANDLER(create_key);
KEYLEDGER_HANDLER(get_key);
KEYLEDGER_HANDLER(update_key);
KEYLEDGER_HANDLER(delete_key);
KEYLEDGER_HANDLER(reveal_key);
KEYLEDGER_HANDLER(test_key);
KEYLEDGER_HANDLER(list_key_tests);
KEYLEDGER_HANDLER(list_key_readings);
KEYLEDGER_HANDLER(test_unstored_key);
KEYLEDGER_HANDLER(detect_key);
KEYLEDGER_HANDLER(list_providers);

// usage/
KEYLEDGER_HANDLER(get_usage);
KEYLEDGER_HANDLER(refresh_usage);
KEYLEDGER_HANDLER(get_sync);
KEYLEDGER_HANDLER(stream_events);
KEYLEDGER_HANDLER(list_budgets);
KEYLEDGER_HANDLER(create_budget);
KEYLEDGER_HANDLER(update_budget);
KEYLEDGER_HANDLER(delete_budget);
KEYLEDGER_HANDLER(list_prices);
KEYLEDGER_HANDLER(replace_prices);
KEYLEDGER_HANDLER(reset_prices);

// audit/
KEYLEDGER_HANDLER(list_audit);
KEYLEDGER_HANDLER(verify_audit);

// installation/
KEYLEDGER_HANDLER(get_rekey);
KEYLEDGER_HANDLER(start_rekey);
KEYLEDGER_HANDLER(get_settings);
KEYLEDGER_HANDLER(update_settings);
KEYLEDGER_HANDLER(get_description);
KEYLEDGER_HANDLER(get_docs);
KEYLEDGER_HANDLER(get_docs_style);

// dashboard/
KEYLEDGER_HANDLER(get_page);
KEYLEDGER_HANDLER(get_page_script);
KEYLEDGER_HANDLER(get_page_style);
KEYLEDGER_HANDLER(get_page_icon);

#undef KEYLEDGER_HANDLER

}  // namespace keyledger::api
