// domain/keys/findings.h: what can be the matter with a provider key, in plain words: cause and remedy for each code.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyledger::keys {

/// The outcome of a key test.
BOOST_DEFINE_ENUM_CLASS(Verdict, valid, valid_but_restricted, invalid, unreachable, rate_limited)
BOOST_DEFINE_ENUM_CLASS(Severity, info, warning, critical)

/// What was found, by a test or a sync. `code` is one of the table's.
struct Finding {
  std::string code{};
  int provider_status = 0;         // the HTTP status; 0 if there was no answer
  std::string provider_message{};  // the provider's own words, shortened to 500 characters, never a key
  std::vector<std::string> missing_scopes{};
  std::optional<int> retry_after_seconds{};
};

/// One line of the table: what a code means for a person.
struct Explanation {
  std::string_view code;  // key_rejected, missing_scope, ...
  Verdict verdict;        // what a key test with this finding answers
  Severity severity;
  bool retry;               // whether a later attempt may succeed without anyone doing anything
  std::string_view cause;   // a sentence
  std::string_view remedy;  // a sentence: what to do next
  std::string_view action;  // the button: one of none, replace_key, enable_key, delete_key, add_admin_key,
                            // add_inference_key, grant_scope, enable_api, create_organization, choose_provider,
                            // choose_model, choose_plan, top_up, raise_limit, fix_billing, see_pace, contact_provider,
                            // restore_master_key, check_network, check_base_url, update_prices, refresh, wait, report
};

/// The explanation of a code; unknown codes get that of `unexpected_answer`.
[[nodiscard]] const Explanation& explain(std::string_view code);
[[nodiscard]] const std::vector<Explanation>& explanations();

}  // namespace keyledger::keys
