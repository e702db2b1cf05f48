// store/budget_store.h: budgets, and the warnings that were given about them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/usage/budget.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class BudgetStore {
 public:
  static constexpr std::int64_t kBudgetsMax = 1'000;

  /// Errors: conflict, reason duplicate_budget (same scope, target and currency) or too_many_budgets.
  [[nodiscard]] static Result<BudgetId> insert(Transaction& transaction, const usage::Budget& budget);
  /// Errors: not_found, reason unknown_budget; conflict, reason duplicate_budget.
  [[nodiscard]] static Result<void> update(Transaction& transaction, const usage::Budget& budget);
  /// Errors: not_found, reason unknown_budget.
  [[nodiscard]] static Result<void> remove(Transaction& transaction, BudgetId id);
  [[nodiscard]] static Result<usage::Budget> get(Transaction& transaction, BudgetId id);
  [[nodiscard]] static Result<std::vector<usage::Budget>> list(Transaction& transaction);
  /// Budgets of a key or account that is being deleted go with it.
  [[nodiscard]] static Result<void> remove_for(Transaction& transaction, usage::BudgetScope scope,
                                               std::int64_t target_id);

  struct Notice {
    BudgetId budget_id{};
    std::string month{};
    std::int64_t level = 0;
    std::int64_t spent_nanos = 0, expected_nanos = 0;
    Instant reached_at{};
    std::int64_t attempts = 0;
    std::optional<Instant> next_attempt_at{};  // nothing: sent, given up, or nobody to send it to
    std::optional<Instant> sent_at{};
    std::string last_error{};
  };
  /// Notes that a level was reached, once a month. Answers whether it was new.
  [[nodiscard]] static Result<bool> add_notice(Transaction& transaction, const Notice& notice);
  [[nodiscard]] static Result<void> update_notice(Transaction& transaction, const Notice& notice);
  /// Those to be sent by now, oldest first.
  [[nodiscard]] static Result<std::vector<Notice>> due_notices(Transaction& transaction, Instant now);
  [[nodiscard]] static Result<std::vector<Notice>> notices(Transaction& transaction, BudgetId id);
  /// Another amount is another warning: forgets those of the budget.
  [[nodiscard]] static Result<void> clear_notices(Transaction& transaction, BudgetId id);
};

[[nodiscard]] std::unexpected<Error> unknown_budget(BudgetId id);

}  // namespace keyledger::store
