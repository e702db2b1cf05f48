#include "domain/keys/titles.h"

#include <algorithm>
#include <array>

namespace keyledger::keys {
namespace {

struct Title {
  std::string_view code;
  std::string_view line;  // a % stands for the provider
};

// In the order of the explanations in findings.cc.
constexpr Title kTitles[] = {
    {"ok", "% accepts this key"},
    {"key_rejected", "% rejects this key"},
    {"key_revoked", "This key was revoked at %"},
    {"key_expired", "This key has expired"},
    {"key_disabled", "This key is switched off at %"},
    {"key_blocked", "% has blocked this key"},
    {"wrong_provider", "This key is not one of %"},
    {"provider_not_supported", "Keyledger does not speak to this provider"},
    {"key_type_unsupported", "% does not take this kind of key"},
    {"duplicate_organization", "Another admin key reads this organization"},
    {"seal_broken", "The stored copy of this key is damaged"},
    {"sealed_under_another_key", "This key was sealed under another master key"},

    {"missing_scope", "This key lacks a permission"},
    {"permission_denied", "% does not allow this key to read its figures"},
    {"admin_key_needed", "% gives figures to admin keys only"},
    {"inference_key_needed", "This admin key cannot call models"},
    {"no_organization", "% gives figures to organizations only"},
    {"workspace_key", "This key is bound to a workspace"},
    {"api_not_enabled", "The API is switched off at %"},
    {"model_not_found", "% does not know this model"},
    {"region_not_supported", "% does not serve this region"},
    {"usage_not_available", "% has no figures for this key"},

    {"insufficient_quota", "The account at % has no credit left"},
    {"quota_used_up", "The plan's quota at % is used up"},
    {"spend_limit_reached", "The spend limit at % is reached"},
    {"billing_problem", "% has a problem with the payment"},
    {"subscription_missing", "No plan is booked for this key"},
    {"organization_on_hold", "% has put the organization on hold"},
    {"rate_limited", "% limits how often it may be asked"},
    {"budget_80", "Four fifths of a budget are spent"},
    {"budget_100", "A budget of this month is spent"},

    {"provider_overloaded", "% is overloaded"},
    {"provider_error", "% answers with an error of its own"},
    {"unreachable", "The connection to % broke off"},
    {"unreachable_dns", "The address of % could not be looked up"},
    {"unreachable_refused", "% refuses the connection"},
    {"unreachable_tls", "The certificate of % cannot be trusted"},
    {"unreachable_timeout", "% does not answer in time"},
    {"private_address", "The base URL leads into the own network"},
    {"endpoint_not_found", "% does not know the path"},
    {"request_rejected", "% rejects the form of the question"},
    {"multiple_credentials", "% saw a second credential"},
    {"answer_too_large", "The answer of % is too large"},
    {"malformed_answer", "The answer of % is not what it documents"},
    {"unexpected_answer", "% answers in an unknown way"},

    {"paging_never_ends", "The figures of % have no last page"},
    {"truncated_history", "% keeps figures for a limited time"},
    {"unpriced_model", "A model has no price"},
    {"sync_stale", "The figures have not been renewed"},
};

std::string_view line_of(std::string_view code) {
  const auto found = std::ranges::find(kTitles, code, &Title::code);
  return found == std::ranges::end(kTitles) ? line_of("unexpected_answer") : found->line;
}

}  // namespace

std::string title_of(std::string_view code, std::string_view provider) {
  const std::string_view line = line_of(code);
  const std::size_t place = line.find('%');
  if (place == std::string_view::npos) return std::string{line};
  const std::string_view unnamed = place == 0 ? "The provider" : "the provider";
  std::string text{line.substr(0, place)};
  text += provider.empty() ? unnamed : provider;
  text += line.substr(place + 1);
  return text;
}

bool leads_to_console(std::string_view action) {
  constexpr std::array<std::string_view, 12> kThere{
      "replace_key", "enable_key", "add_admin_key",       "add_inference_key", "grant_scope", "enable_api",
      "choose_plan", "top_up",     "create_organization", "raise_limit",       "fix_billing", "contact_provider"};
  return std::ranges::find(kThere, action) != kThere.end();
}

std::vector<std::string_view> titled_codes() {
  std::vector<std::string_view> codes;
  for (const Title& title : kTitles) codes.push_back(title.code);
  return codes;
}

}  // namespace keyledger::keys
