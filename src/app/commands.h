// app/commands.h: what each command does. The table that names them is in commands.cc.
#pragma once

#include "app/session.h"

namespace keyledger::app {

ExitCode list_accounts(Session& session);
ExitCode create_account(Session& session);
ExitCode update_account(Session& session);
ExitCode delete_account(Session& session);

ExitCode list_keys(Session& session);
ExitCode add_key(Session& session);
ExitCode update_key(Session& session);
ExitCode delete_key(Session& session);
ExitCode show_key(Session& session);
ExitCode test_keys(Session& session);
ExitCode link_key(Session& session);
ExitCode detect_key(Session& session);
ExitCode list_providers(Session& session);

ExitCode show_usage(Session& session);
ExitCode list_budgets(Session& session);
ExitCode create_budget(Session& session);
ExitCode update_budget(Session& session);
ExitCode delete_budget(Session& session);
ExitCode list_prices(Session& session);
ExitCode update_prices(Session& session);
ExitCode reset_prices(Session& session);

ExitCode list_websites(Session& session);
ExitCode create_website(Session& session);
ExitCode update_website(Session& session);
ExitCode delete_website(Session& session);
ExitCode renew_rotation_secret(Session& session);
ExitCode list_rental_accounts(Session& session);
ExitCode show_rental_account(Session& session);
ExitCode create_rental_account(Session& session);
ExitCode import_rental_accounts(Session& session);
ExitCode update_rental_account(Session& session);
ExitCode delete_rental_account(Session& session);
ExitCode put_aside_rental_account(Session& session);
ExitCode restore_rental_account(Session& session);
ExitCode set_rental_account_password(Session& session);
ExitCode show_rental_account_history(Session& session);
ExitCode list_rentals(Session& session);
ExitCode show_rental(Session& session);
ExitCode take_back_rental(Session& session);

ExitCode create_token(Session& session);
ExitCode list_tokens(Session& session);
ExitCode revoke_token(Session& session);
ExitCode change_password(Session& session);
ExitCode list_sessions(Session& session);
ExitCode end_session(Session& session);

ExitCode list_audit(Session& session);
ExitCode verify_audit(Session& session);
ExitCode list_customers(Session& session);
ExitCode show_customer(Session& session);
ExitCode create_customer(Session& session);
ExitCode update_customer(Session& session);
ExitCode delete_customer(Session& session);

ExitCode list_customer_keys(Session& session);
ExitCode show_customer_key(Session& session);
ExitCode create_customer_key(Session& session);
ExitCode update_customer_key(Session& session);
ExitCode revoke_customer_key(Session& session);
ExitCode rotate_customer_key(Session& session);
ExitCode show_customer_key_stats(Session& session);
ExitCode show_customer_key_activity(Session& session);
ExitCode manage(Session& session);

ExitCode list_activity(Session& session);
ExitCode verify_ledger(Session& session);
ExitCode show_ledger_stats(Session& session);

ExitCode report_popular_accounts(Session& session);
ExitCode report_websites(Session& session);
ExitCode report_peak_times(Session& session);
ExitCode report_outcomes(Session& session);

ExitCode make_backup(Session& session);
ExitCode restore_backup(Session& session);
ExitCode import_file(Session& session);
ExitCode rekey(Session& session);
ExitCode show_settings(Session& session);
ExitCode change_settings(Session& session);
ExitCode show_version(Session& session);
ExitCode print_completion(Session& session);

// serve.cc, doctor.cc, demo.cc
ExitCode serve(Session& session);
ExitCode doctor(Session& session);
ExitCode demo(Session& session);

/// The first API call of a command that needs one, or how it ended.
template <typename Act>
ExitCode with_api(Session& session, Act act) {
  const Result<ApiClient*> api = session.api();
  return api ? act(**api) : session.failed(api.error());
}

/// "/api/keys/3/test" from its parts; `id` has been checked to be digits.
[[nodiscard]] inline Target path(std::string_view before, const std::string& id, std::string_view after = "") {
  return Target{std::string{before} + id + std::string{after}};
}

}  // namespace keyledger::app
