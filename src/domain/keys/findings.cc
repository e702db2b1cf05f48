#include "domain/keys/findings.h"

#include <algorithm>
#include <initializer_list>
#include <span>

namespace keyledger::keys {
namespace {

constexpr bool kRetry = true;
constexpr bool kNoRetry = false;

// Grouped by whose turn it is; within a group by how often it happens. The words speak of "the provider" and "this
// key", because the page shows name and mask beside them.

/// The key itself.
constexpr Explanation kAboutTheKey[] = {
    {"ok", Verdict::valid, Severity::info, kNoRetry,  //
     "The provider accepts this key.",                //
     "Nothing needs to be done.", "none"},
    {"key_rejected", Verdict::invalid, Severity::critical, kNoRetry,
     "The provider rejects this key; it is mistyped, or it was revoked or deleted in the provider's console.",
     "Make a new key in the provider's console and replace this one.", "replace_key"},
    {"key_revoked", Verdict::invalid, Severity::critical, kNoRetry,
     "This key was revoked in the provider's console and no longer works.",
     "Make a new key in the provider's console and replace this one.", "replace_key"},
    {"key_expired", Verdict::invalid, Severity::critical, kNoRetry,
     "This key has passed its expiry date and no longer works.",
     "Make a new key with a later expiry date in the provider's console and replace this one.", "replace_key"},
    {"key_disabled", Verdict::invalid, Severity::critical, kNoRetry,
     "This key exists, but it was switched off in the provider's console.",
     "Switch the key on again in the provider's console, or replace it.", "enable_key"},
    {"key_blocked", Verdict::invalid, Severity::critical, kNoRetry,
     "The provider has blocked this key or its team, often for unpaid bills or because the key was found in public.",
     "Look into the provider's console for the reason, then write to its support or replace the key.",
     "contact_provider"},
    {"wrong_provider", Verdict::invalid, Severity::critical, kNoRetry,
     "This key belongs to another provider than the one that was chosen.",
     "Choose the provider that issued the key, then test again.", "choose_provider"},
    {"provider_not_supported", Verdict::unreachable, Severity::warning, kNoRetry,
     "The key belongs to a provider that Keyledger does not speak to.",
     "Choose OpenAI-compatible and give the base URL if the provider offers such an interface, or leave the key out.",
     "choose_provider"},
    {"key_type_unsupported", Verdict::valid_but_restricted, Severity::warning, kNoRetry,
     "The provider knows this kind of key, but does not take it for this call.",
     "Make a key of the kind that the provider's documentation names for its API and replace this one.", "replace_key"},
    {"duplicate_organization", Verdict::valid, Severity::warning, kNoRetry,
     "Another admin key already reads the figures of this organization, so this one is left out of the totals.",
     "Delete one of the two admin keys here, or keep it as a spare.", "delete_key"},
    {"seal_broken", Verdict::invalid, Severity::critical, kNoRetry,
     "The stored copy of this key was changed or damaged and cannot be opened.",
     "Enter the key again, and run keyledger doctor to check the data folder.", "replace_key"},
    {"sealed_under_another_key", Verdict::invalid, Severity::critical, kNoRetry,
     "This key was sealed under another master key than the one in use.",
     "Bring back the master key file that belongs to this data folder, then restart.", "restore_master_key"},
};

/// What the key may do, and who may ask.
constexpr Explanation kAboutRights[] = {
    {"missing_scope", Verdict::valid_but_restricted, Severity::warning, kNoRetry,
     "The key works, but it lacks a permission that this call needs.",
     "Grant the missing permission to the key in the provider's console, or add a key that has it.", "grant_scope"},
    {"permission_denied", Verdict::valid_but_restricted, Severity::warning, kNoRetry,
     "The key works, but the provider does not allow it this call.",
     "Give the key or its owner the right to it in the provider's console, or add a key that has it.", "grant_scope"},
    {"admin_key_needed", Verdict::valid_but_restricted, Severity::warning, kNoRetry,
     "The key works, but the provider gives usage and cost to admin keys only.",
     "Add an admin key of the same organization and link this key to it.", "add_admin_key"},
    {"inference_key_needed", Verdict::valid_but_restricted, Severity::warning, kNoRetry,
     "This is an admin key; it reads usage and manages keys, but cannot call models.",
     "Use a project key for calls to models and keep this one for usage and cost.", "add_inference_key"},
    {"no_organization", Verdict::valid_but_restricted, Severity::warning, kNoRetry,
     "This is an individual account without an organization, and the provider gives usage and cost to organizations "
     "only.",
     "Set up an organization in the provider's console, then add an admin key of it.", "create_organization"},
    {"workspace_key", Verdict::valid_but_restricted, Severity::warning, kNoRetry,
     "The key works for calls to models, but it is bound to a workspace and the organization's figures are closed to "
     "it.",
     "Add an admin key of the organization, or a key that is not bound to a workspace.", "add_admin_key"},
    {"api_not_enabled", Verdict::valid_but_restricted, Severity::critical, kNoRetry,
     "The key works, but the API it is meant for is switched off in its project, or the key is restricted to others.",
     "Enable the API in the provider's console and check the restrictions of the key.", "enable_api"},
    {"model_not_found", Verdict::valid_but_restricted, Severity::warning, kNoRetry,
     "The provider does not know this model, or the key has no access to it.",
     "Choose a model that the provider lists for this key.", "choose_model"},
    {"region_not_supported", Verdict::unreachable, Severity::critical, kNoRetry,
     "The provider does not serve the country or region from which this machine calls it.",
     "Run Keyledger from a network in a supported region.", "check_network"},
    {"usage_not_available", Verdict::valid, Severity::info, kNoRetry,
     "The provider offers no usage or cost figures for this kind of key or plan.",
     "Nothing needs to be done; look at the provider's console for its figures.", "none"},
};

/// Money and quotas. None is retried: more attempts do not fill an account.
constexpr Explanation kAboutMoney[] = {
    {"insufficient_quota", Verdict::valid_but_restricted, Severity::critical, kNoRetry,
     "The key works, but the account has no credit left, so the provider refuses calls.",
     "Top up the account or raise its limit on the provider's billing page.", "top_up"},
    {"quota_used_up", Verdict::valid_but_restricted, Severity::critical, kNoRetry,
     "The key works, but the quota of its plan is used up for this period.",
     "Wait for the next period, or choose a larger plan in the provider's console.", "raise_limit"},
    {"spend_limit_reached", Verdict::valid_but_restricted, Severity::critical, kNoRetry,
     "The key works, but a spend limit of its organization is reached, so the provider refuses calls.",
     "Raise the spend limit in the provider's console, or wait until it starts anew.", "raise_limit"},
    {"billing_problem", Verdict::valid_but_restricted, Severity::critical, kNoRetry,
     "The key works, but the provider has a problem with the payment for this account.",
     "Check the payment method and open bills on the provider's billing page.", "fix_billing"},
    {"subscription_missing", Verdict::valid_but_restricted, Severity::critical, kNoRetry,
     "The provider knows this key, but no plan is booked for it.",
     "Book a plan for this key in the provider's console; a free one is enough for a test.", "choose_plan"},
    {"organization_on_hold", Verdict::valid_but_restricted, Severity::critical, kNoRetry,
     "The provider has put the organization of this key on hold.",
     "Look into the provider's console for the reason, or write to its support.", "contact_provider"},
    {"rate_limited", Verdict::rate_limited, Severity::info, kRetry,
     "The provider limits how often it may be asked, and the limit is reached for the moment.",
     "Wait a little; Keyledger asks again on its own.", "wait"},
    {"budget_80", Verdict::valid, Severity::warning, kNoRetry, "Four fifths of the budget of this month are spent.",
     "Compare the pace with the rest of the month, then save or raise the budget.", "see_pace"},
    {"budget_100", Verdict::valid, Severity::critical, kNoRetry,
     "The budget of this month is spent; calls go on and cost more.",
     "Find out which key spends most, then stop it or raise the budget.", "see_pace"},
};

/// The provider, and the way to it.
constexpr Explanation kAboutTheProvider[] = {
    {"provider_overloaded", Verdict::unreachable, Severity::warning, kRetry,
     "The provider is overloaded and turns calls away; this says nothing about the key.",
     "Wait a little; Keyledger asks again on its own.", "wait"},
    {"provider_error", Verdict::unreachable, Severity::warning, kRetry,
     "The provider answered with an error of its own; this says nothing about the key.",
     "Wait a little; if it lasts, look at the provider's status page.", "wait"},
    {"unreachable", Verdict::unreachable, Severity::warning, kRetry,
     "The connection to the provider broke off; this says nothing about the key.",
     "Check the network of this machine, then test again.", "check_network"},
    {"unreachable_dns", Verdict::unreachable, Severity::warning, kRetry,
     "The name of the provider's server could not be looked up; this says nothing about the key.",
     "Check the base URL, the network and the name server of this machine, then test again.", "check_network"},
    {"unreachable_refused", Verdict::unreachable, Severity::warning, kRetry,
     "The provider's server refused the connection; this says nothing about the key.",
     "Check the base URL and any firewall in between, then test again.", "check_network"},
    {"unreachable_tls", Verdict::unreachable, Severity::critical, kNoRetry,
     "No safe connection came about, because the server's certificate cannot be trusted; the key was not sent.",
     "Check the clock of this machine, its root certificates and any proxy in between, then test again.",
     "check_network"},
    {"unreachable_timeout", Verdict::unreachable, Severity::warning, kRetry,
     "The provider did not answer in time; this says nothing about the key.",
     "Check the network of this machine; if it is fine, wait and test again.", "check_network"},
    {"private_address", Verdict::unreachable, Severity::critical, kNoRetry,
     "The base URL leads to an address inside the own network, which was not allowed; the key was not sent.",
     "Correct the base URL, or allow private addresses for this provider in the settings.", "check_base_url"},
    {"endpoint_not_found", Verdict::unreachable, Severity::warning, kNoRetry,
     "The provider does not know the path that was asked for; this says nothing about the key.",
     "Check the base URL in the settings, with its version part, or update Keyledger.", "check_base_url"},
    {"request_rejected", Verdict::unreachable, Severity::warning, kNoRetry,
     "The provider did not accept the form of our question; this says nothing about the key.",
     "Update Keyledger; if that does not help, report it with the provider's words.", "report"},
    {"multiple_credentials", Verdict::unreachable, Severity::warning, kNoRetry,
     "The provider saw a second credential beside this key and refused both.",
     "Take out what adds it: a proxy on the way, or a key in the base URL.", "check_network"},
    {"answer_too_large", Verdict::unreachable, Severity::warning, kNoRetry,
     "The provider's answer was larger than Keyledger reads; this says nothing about the key.",
     "Check that the base URL leads to the provider; if it does, report it.", "check_base_url"},
    {"malformed_answer", Verdict::unreachable, Severity::warning, kRetry,
     "The answer was not what the provider documents, perhaps a page of a proxy in between.",
     "Check the base URL and any proxy in between, then test again.", "check_base_url"},
    {"unexpected_answer", Verdict::unreachable, Severity::warning, kRetry,
     "The provider answered in a way that Keyledger does not know; this says nothing about the key.",
     "Read the provider's own words, then test again; if it lasts, report it.", "report"},
};

/// The figures.
constexpr Explanation kAboutFigures[] = {
    {"paging_never_ends", Verdict::valid, Severity::warning, kRetry,
     "The provider went on announcing further pages of figures, so reading was stopped; what was read is left out.",
     "Wait for the next sync; if it lasts, report it.", "wait"},
    {"truncated_history", Verdict::valid, Severity::info, kNoRetry,
     "The provider keeps figures for a limited time; older days are not known.",
     "Nothing needs to be done; Keyledger keeps from now on what it has read.", "none"},
    {"unpriced_model", Verdict::valid, Severity::warning, kNoRetry,
     "The price catalogue has no price for a model that was used; its requests are not in the cost.",
     "Update the price catalogue, or add a price for the model.", "update_prices"},
    {"sync_stale", Verdict::valid, Severity::warning, kRetry,
     "The figures of this key have not been renewed for a while; the latest days may be missing.",
     "Start a refresh and look at its result.", "refresh"},
};

std::vector<Explanation> joined() {
  std::vector<Explanation> all;
  for (const std::span<const Explanation> group : std::initializer_list<std::span<const Explanation>>{
           kAboutTheKey, kAboutRights, kAboutMoney, kAboutTheProvider, kAboutFigures}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

}  // namespace

const std::vector<Explanation>& explanations() {
  static const std::vector<Explanation> kAll = joined();
  return kAll;
}

const Explanation& explain(std::string_view code) {
  const std::vector<Explanation>& all = explanations();
  const auto find = [&all](std::string_view wanted) {
    return std::find_if(all.begin(), all.end(), [wanted](const Explanation& one) { return one.code == wanted; });
  };
  const auto found = find(code);
  return found == all.end() ? *find("unexpected_answer") : *found;
}

}  // namespace keyledger::keys
