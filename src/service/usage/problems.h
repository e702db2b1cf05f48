// service/usage/problems.h: what needs attention, each with its cause and its remedy.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "providers/provider.h"
#include "service/usage/budgets.h"
#include "service/usage/sync_state.h"
#include "store/usage_report_store.h"

namespace keyledger::service {

/// What is known of a provider, by its id; nothing: there is no such provider.
using ProviderNames = std::function<const providers::Description*(std::string_view)>;

struct Problem {
  std::string id{};  // the same as long as the problem lasts
  std::string code{};
  keys::Severity severity = keys::Severity::warning;
  std::string title{};    // one short line
  std::string subject{};  // what it is about, for a person: a key's or a budget's name
  std::string provider{};
  std::optional<ProviderKeyId> key_id{};
  std::string key_name{};
  std::optional<AccountId> account_id{};
  std::optional<BudgetId> budget_id{};
  std::string cause{};
  std::string remedy{};
  std::string action{};                     // the button: replace_key, add_admin_key, ...
  std::optional<std::string> action_url{};  // the provider's console, for what is done there
  std::string provider_message{};
  std::int64_t provider_status = 0;
  std::vector<std::string> missing_scopes{};
  std::optional<Instant> since{};
  std::string dataset{};  // where it showed: fetch, hourly, readings, backfill, discover, access, test
};
BOOST_DESCRIBE_STRUCT(Problem, (),
                      (id, code, severity, title, subject, provider, key_id, key_name, account_id, budget_id, cause,
                       remedy, action, action_url, provider_message, provider_status, missing_scopes, since, dataset))

/// What problems are looked for in.
struct ProblemSources {
  const std::vector<HeldKey>* held;
  const SourceFacts* facts;
  const std::vector<BudgetView>* budgets;
  const std::vector<store::UsageReportStore::Unpriced>* unpriced;
  Instant now{};
  const ProviderNames* describe;
};

/// The worst first. A code stands once per key; what is only for information and asks for nothing is left out.
/// That a key without the mark of an admin key may not read figures is told only where no other key reads them.
[[nodiscard]] std::vector<Problem> find_problems(const ProblemSources& from);

}  // namespace keyledger::service
