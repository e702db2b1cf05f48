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
KEYLEDGER_HANDLER(list_accounts_csv);
KEYLEDGER_HANDLER(create_account);
KEYLEDGER_HANDLER(get_account);
KEYLEDGER_HANDLER(update_account);
KEYLEDGER_HANDLER(delete_account);

// keys/
KEYLEDGER_HANDLER(list_keys);
KEYLEDGER_HANDLER(list_keys_csv);
KEYLEDGER_HANDLER(get_key_test_run);
KEYLEDGER_HANDLER(start_key_test_run);
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
KEYLEDGER_HANDLER(get_usage_csv);
KEYLEDGER_HANDLER(list_usage_keys);
KEYLEDGER_HANDLER(list_usage_keys_csv);
KEYLEDGER_HANDLER(get_problems);
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
KEYLEDGER_HANDLER(list_customers_csv);
KEYLEDGER_HANDLER(create_customer);
KEYLEDGER_HANDLER(get_customer);
KEYLEDGER_HANDLER(update_customer);
KEYLEDGER_HANDLER(delete_customer);

// customer_keys/
KEYLEDGER_HANDLER(list_customer_keys);
KEYLEDGER_HANDLER(list_customer_keys_csv);
KEYLEDGER_HANDLER(create_customer_key);
KEYLEDGER_HANDLER(get_customer_key);
KEYLEDGER_HANDLER(update_customer_key);
KEYLEDGER_HANDLER(revoke_customer_key);
KEYLEDGER_HANDLER(rotate_customer_key);

// billing/: plans, and who has which
KEYLEDGER_HANDLER(list_plans);
KEYLEDGER_HANDLER(create_plan);
KEYLEDGER_HANDLER(preview_plan);
KEYLEDGER_HANDLER(get_plan);
KEYLEDGER_HANDLER(update_plan);
KEYLEDGER_HANDLER(list_plan_versions);
KEYLEDGER_HANDLER(archive_plan);
KEYLEDGER_HANDLER(restore_plan);
KEYLEDGER_HANDLER(list_subscriptions);
KEYLEDGER_HANDLER(start_subscription);
KEYLEDGER_HANDLER(get_subscription);
KEYLEDGER_HANDLER(change_subscription);
KEYLEDGER_HANDLER(cancel_subscription);
KEYLEDGER_HANDLER(resume_subscription);
KEYLEDGER_HANDLER(list_invoices);
KEYLEDGER_HANDLER(list_invoices_csv);
KEYLEDGER_HANDLER(get_invoice);
KEYLEDGER_HANDLER(get_invoice_csv);
KEYLEDGER_HANDLER(update_invoice);
KEYLEDGER_HANDLER(finalise_invoice);
KEYLEDGER_HANDLER(pay_invoice);
KEYLEDGER_HANDLER(credit_invoice);
KEYLEDGER_HANDLER(list_invoice_line_events);
KEYLEDGER_HANDLER(list_invoice_line_events_csv);
KEYLEDGER_HANDLER(get_customer_billing);
KEYLEDGER_HANDLER(update_customer_billing);
KEYLEDGER_HANDLER(preview_invoice);
KEYLEDGER_HANDLER(list_preview_line_events);
KEYLEDGER_HANDLER(list_preview_line_events_csv);
KEYLEDGER_HANDLER(lift_arrears);

// activity/: what customers' programs called, and what it adds up to
KEYLEDGER_HANDLER(list_activity);
KEYLEDGER_HANDLER(list_activity_csv);
KEYLEDGER_HANDLER(list_key_activity);
KEYLEDGER_HANDLER(list_key_activity_csv);
KEYLEDGER_HANDLER(get_key_stats);
KEYLEDGER_HANDLER(get_stats);
KEYLEDGER_HANDLER(get_ledger_stats);
KEYLEDGER_HANDLER(verify_ledger);

// reports/
KEYLEDGER_HANDLER(get_popular_accounts);
KEYLEDGER_HANDLER(get_popular_websites);
KEYLEDGER_HANDLER(get_peak_times);
KEYLEDGER_HANDLER(get_outcomes);
KEYLEDGER_HANDLER(get_popular_accounts_csv);
KEYLEDGER_HANDLER(get_popular_websites_csv);
KEYLEDGER_HANDLER(get_peak_times_csv);
KEYLEDGER_HANDLER(get_outcomes_csv);
KEYLEDGER_HANDLER(get_revenue);
KEYLEDGER_HANDLER(get_revenue_csv);
KEYLEDGER_HANDLER(get_top_customers);
KEYLEDGER_HANDLER(get_top_customers_csv);

// websites/
KEYLEDGER_HANDLER(list_websites);
KEYLEDGER_HANDLER(list_websites_csv);
KEYLEDGER_HANDLER(create_website);
KEYLEDGER_HANDLER(get_website);
KEYLEDGER_HANDLER(update_website);
KEYLEDGER_HANDLER(delete_website);
KEYLEDGER_HANDLER(renew_rotation_secret);

// rental_accounts/
KEYLEDGER_HANDLER(list_rental_accounts);
KEYLEDGER_HANDLER(list_rental_accounts_csv);
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
KEYLEDGER_HANDLER(list_rentals_csv);
KEYLEDGER_HANDLER(get_rental);
KEYLEDGER_HANDLER(take_back_rental);

// webhooks/
KEYLEDGER_HANDLER(list_webhooks);
KEYLEDGER_HANDLER(create_webhook);
KEYLEDGER_HANDLER(get_webhook);
KEYLEDGER_HANDLER(update_webhook);
KEYLEDGER_HANDLER(delete_webhook);
KEYLEDGER_HANDLER(renew_webhook_secret);
KEYLEDGER_HANDLER(test_webhook);
KEYLEDGER_HANDLER(list_webhook_deliveries);
KEYLEDGER_HANDLER(resend_webhook_delivery);

// audit/
KEYLEDGER_HANDLER(list_audit);
KEYLEDGER_HANDLER(list_audit_csv);
KEYLEDGER_HANDLER(get_audit_state);
KEYLEDGER_HANDLER(verify_audit);

// installation/
KEYLEDGER_HANDLER(get_rekey);
KEYLEDGER_HANDLER(start_rekey);
KEYLEDGER_HANDLER(get_settings);
KEYLEDGER_HANDLER(update_settings);
KEYLEDGER_HANDLER(get_about);
KEYLEDGER_HANDLER(get_notices);
KEYLEDGER_HANDLER(get_problem);
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
KEYLEDGER_HANDLER(list_backups);
KEYLEDGER_HANDLER(download_backup);
KEYLEDGER_HANDLER(delete_backup);
KEYLEDGER_HANDLER(create_import);
KEYLEDGER_HANDLER(get_import);
KEYLEDGER_HANDLER(import_file);

// metrics/
KEYLEDGER_HANDLER(get_metrics);

#undef KEYLEDGER_HANDLER

}  // namespace keyledger::api
