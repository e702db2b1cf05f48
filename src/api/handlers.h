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

// customers/
KEYLEDGER_HANDLER(list_customers);
KEYLEDGER_HANDLER(create_customer);
KEYLEDGER_HANDLER(get_customer);
KEYLEDGER_HANDLER(update_customer);
KEYLEDGER_HANDLER(delete_customer);

// customer_keys/
KEYLEDGER_HANDLER(list_customer_keys);
KEYLEDGER_HANDLER(create_customer_key);
KEYLEDGER_HANDLER(get_customer_key);
KEYLEDGER_HANDLER(update_customer_key);
KEYLEDGER_HANDLER(revoke_customer_key);
KEYLEDGER_HANDLER(rotate_customer_key);

// activity/: what customers' programs called, and what it adds up to
KEYLEDGER_HANDLER(list_activity);
KEYLEDGER_HANDLER(list_key_activity);
KEYLEDGER_HANDLER(get_key_stats);
KEYLEDGER_HANDLER(get_stats);
KEYLEDGER_HANDLER(get_ledger_stats);
KEYLEDGER_HANDLER(verify_ledger);

// websites/
KEYLEDGER_HANDLER(list_websites);
KEYLEDGER_HANDLER(create_website);
KEYLEDGER_HANDLER(get_website);
KEYLEDGER_HANDLER(update_website);
KEYLEDGER_HANDLER(delete_website);
KEYLEDGER_HANDLER(renew_rotation_secret);

// rental_accounts/
KEYLEDGER_HANDLER(list_rental_accounts);
KEYLEDGER_HANDLER(create_rental_account);
KEYLEDGER_HANDLER(import_rental_accounts);
KEYLEDGER_HANDLER(get_rental_account);
KEYLEDGER_HANDLER(update_rental_account);
KEYLEDGER_HANDLER(delete_rental_account);
KEYLEDGER_HANDLER(put_aside_rental_account);
KEYLEDGER_HANDLER(restore_rental_account);
KEYLEDGER_HANDLER(put_rental_account_password);
KEYLEDGER_HANDLER(reveal_rental_account_password);
KEYLEDGER_HANDLER(get_rental_account_history);

// rentals/
KEYLEDGER_HANDLER(list_rentals);
KEYLEDGER_HANDLER(get_rental);
KEYLEDGER_HANDLER(take_back_rental);

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

// door/: what customers' programs call, and what asks for them
KEYLEDGER_HANDLER(list_available);
KEYLEDGER_HANDLER(rent_account);
KEYLEDGER_HANDLER(get_rental_status);
KEYLEDGER_HANDLER(return_account);
KEYLEDGER_HANDLER(get_my_stats);
KEYLEDGER_HANDLER(verify_key);
KEYLEDGER_HANDLER(forward_auth);
KEYLEDGER_HANDLER(get_guide);
KEYLEDGER_HANDLER(get_guide_style);

// upkeep/
KEYLEDGER_HANDLER(create_backup);
KEYLEDGER_HANDLER(get_backup);
KEYLEDGER_HANDLER(create_import);
KEYLEDGER_HANDLER(get_import);

// metrics/
KEYLEDGER_HANDLER(get_metrics);

#undef KEYLEDGER_HANDLER

}  // namespace keyledger::api
