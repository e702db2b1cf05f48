#include "service/usage/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "domain/keys/titles.h"

namespace keyledger::service {
namespace {

constexpr std::chrono::hours kStaleProblemAfter{24};
constexpr std::size_t kUnpricedNamed = 3;

Problem explained(std::string code) {
  const keys::Explanation& explanation = keys::explain(code);
  return {.code = std::move(code),
          .severity = explanation.severity,
          .cause = std::string{explanation.cause},
          .remedy = std::string{explanation.remedy},
          .action = std::string{explanation.action}};
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find(' ', from), text.size());
    if (to > from) words.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return words;
}

class Finder {
 public:
  explicit Finder(const ProblemSources& from) : from_(from) {}

  std::vector<Problem> run() {
    for (const HeldKey& held : *from_.held) add_test(held);
    for (const usage::FindingRecord& finding : from_.facts->findings) add_finding(finding);
    for (const usage::Source& source : from_.facts->sources) add_stale(source);
    for (const BudgetView& budget : *from_.budgets) add_budget(budget);
    add_unpriced();
    for (Problem& problem : problems_) add_words(problem);
    std::ranges::stable_sort(problems_, [](const Problem& left, const Problem& right) {
      return std::tuple{-static_cast<int>(left.severity), left.since.value_or(Instant::max())} <
             std::tuple{-static_cast<int>(right.severity), right.since.value_or(Instant::max())};
    });
    return std::move(problems_);
  }

 private:
  [[nodiscard]] const HeldKey* held(ProviderKeyId id) const {
    const auto found = std::ranges::find_if(*from_.held, [&](const HeldKey& one) { return one.key.id == id; });
    return found == from_.held->end() ? nullptr : &*found;
  }

  /// What is told the same way whatever it is about.
  void add_words(Problem& problem) const {
    problem.id = problem.budget_id ? fmt::format("budget-{}-{}", problem.budget_id->value, problem.code)
                 : problem.key_id  ? fmt::format("key-{}-{}", problem.key_id->value, problem.code)
                                   : fmt::format("{}-{}", problem.provider, problem.code);
    const providers::Description* provider = (*from_.describe)(problem.provider);
    problem.title = keys::title_of(problem.code, provider == nullptr ? problem.provider : provider->name);
    const bool there = provider != nullptr && !provider->console_url.empty();
    if (there && keys::leads_to_console(problem.action)) problem.action_url = provider->console_url;
  }

  void add(Problem problem, const HeldKey& key) {
    if (problem.action == "none" || !seen_.emplace(key.key.id, problem.code).second) return;
    problem.subject = key.key.name;
    problem.provider = key.key.provider;
    problem.key_id = key.key.id;
    problem.key_name = key.key.name;
    problem.account_id = key.key.account_id;
    problems_.push_back(std::move(problem));
  }

  /// A test counts until something else has found the key well.
  void add_test(const HeldKey& key) {
    if (!key.test_finding || key.key.status == keys::KeyStatus::valid) return;
    const keys::Finding& finding = *key.test_finding;
    Problem problem = explained(finding.code);
    problem.provider_message = finding.provider_message;
    problem.provider_status = finding.provider_status;
    problem.missing_scopes = finding.missing_scopes;
    problem.since = key.tested_at;
    problem.dataset = "test";
    add(std::move(problem), key);
  }

  /// Whether some key reads the figures of that provider for the account.
  [[nodiscard]] bool read_by_another(const HeldKey& key) const {
    return std::ranges::any_of(from_.facts->sources, [&](const usage::Source& source) {
      return source.provider == key.key.provider && source.account_id == key.key.account_id &&
             source.reader_key_id != key.key.id && source.last_success_at.has_value();
    });
  }

  void add_finding(const usage::FindingRecord& finding) {
    const HeldKey* key = held(finding.provider_key_id);
    if (key == nullptr) return;
    const auto reader = std::ranges::find(from_.facts->readers, finding.provider_key_id,
                                          &store::UsageSourceStore::Reader::provider_key_id);
    const bool denied = reader != from_.facts->readers.end() && reader->denied_at.has_value();
    if (denied && read_by_another(*key)) return;
    Problem problem = explained(finding.code);
    problem.provider_message = finding.provider_message;
    problem.provider_status = finding.provider_status;
    problem.missing_scopes = words_of(finding.missing_scopes);
    problem.since = finding.since;
    problem.dataset = finding.stage;
    add(std::move(problem), *key);
  }

  /// Figures that are old although nothing else was found about the key.
  void add_stale(const usage::Source& source) {
    const HeldKey* key = held(source.reader_key_id);
    if (key == nullptr || source.superseded_by || !source.last_success_at) return;
    if (from_.now - *source.last_success_at <= kStaleProblemAfter) return;
    const bool told = std::ranges::any_of(problems_, [&](const Problem& one) { return one.key_id == key->key.id; });
    if (told) return;
    Problem problem = explained("sync_stale");
    problem.since = source.last_success_at;
    problem.dataset = "fetch";
    add(std::move(problem), *key);
  }

  void add_budget(const BudgetView& budget) {
    if (budget.state == BudgetState::ok) return;
    Problem problem = explained(budget.state == BudgetState::exceeded ? "budget_100" : "budget_80");
    problem.subject = budget.name;
    problem.key_id = budget.key_id;
    problem.account_id = budget.account_id;
    problem.budget_id = budget.id;
    problems_.push_back(std::move(problem));
  }

  void add_unpriced() {
    std::map<std::string, std::vector<std::string>> models;
    for (const store::UsageReportStore::Unpriced& one : *from_.unpriced) models[one.provider].push_back(one.model);
    for (const auto& [provider, names] : models) {
      Problem problem = explained("unpriced_model");
      problem.provider = provider;
      for (std::size_t i = 0; i < std::min(names.size(), kUnpricedNamed); ++i) {
        problem.subject += (i == 0 ? "" : ", ") + names[i];
      }
      if (names.size() > kUnpricedNamed) problem.subject += ", ...";
      problems_.push_back(std::move(problem));
    }
  }

  const ProblemSources& from_;
  std::vector<Problem> problems_{};
  std::set<std::pair<ProviderKeyId, std::string>> seen_{};
};

}  // namespace

std::vector<Problem> find_problems(const ProblemSources& from) {
  return Finder(from).run();
}

}  // namespace keyledger::service
