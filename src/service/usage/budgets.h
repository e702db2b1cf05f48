// service/usage/budgets.h: monthly budgets: how they stand, and the warnings at 80 and at 100 per cent.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "domain/usage/budget.h"
#include "service/actor.h"
#include "service/core.h"
#include "service/events.h"
#include "service/once.h"
#include "service/usage/key_directory.h"
#include "store/budget_store.h"

namespace keyledger::service {

BOOST_DEFINE_ENUM_CLASS(BudgetState, ok, warning, exceeded)  // from 80 and from 100 per cent on

/// A budget and how this month stands against it. Amounts are of the budget's currency; cost in others does not count.
struct BudgetView {
  BudgetId id{};
  std::string name{};
  usage::BudgetScope scope = usage::BudgetScope::all;
  std::optional<AccountId> account_id{};
  std::optional<ProviderKeyId> key_id{};
  Money amount{};
  std::optional<std::string> webhook_url{};
  Instant created_at{};
  Instant updated_at{};
  std::string month{};
  Money spent{};
  Money expected{};          // at the month's end, at the pace so far
  std::int64_t percent = 0;  // spent of the budget
  std::int64_t pace = 0;     // expected of the budget, in per cent
  BudgetState state = BudgetState::ok;
  std::optional<std::string> webhook_error{};  // why the last warning did not arrive
};
BOOST_DESCRIBE_STRUCT(BudgetView, (),
                      (id, name, scope, account_id, key_id, amount, webhook_url, created_at, updated_at, month, spent,
                       expected, percent, pace, state, webhook_error))

/// For everything without account and key, else for the one that is given.
struct NewBudget {
  std::string name{};  // empty: called after what it is for
  std::optional<AccountId> account_id{};
  std::optional<ProviderKeyId> key_id{};
  std::string amount{};  // decimal text
  std::string currency{"USD"};
  std::string webhook_url{};
};

/// Absent fields stay as they are. What a budget is for does not change.
struct BudgetPatch {
  std::optional<std::string> name{}, amount{}, currency{}, webhook_url{};
};

/// What a webhook is told.
struct BudgetNotice {
  std::string event{"budget.level_reached"};
  BudgetId budget_id{};
  std::string name{};
  usage::BudgetScope scope = usage::BudgetScope::all;
  std::optional<AccountId> account_id{};
  std::optional<ProviderKeyId> key_id{};
  std::string month{};
  std::int64_t level = 0;  // 80 or 100
  Money amount{};
  Money spent{};
  Money expected{};
  Instant reached_at{};
};
BOOST_DESCRIBE_STRUCT(BudgetNotice, (),
                      (event, budget_id, name, scope, account_id, key_id, month, level, amount, spent, expected,
                       reached_at))

/// Delivers a notice as a POST with a JSON body. The app implements it.
class Notifier {
 public:
  virtual ~Notifier() = default;
  /// Errors: anything but a 2xx answer. It is then tried again later, so that a notice may arrive twice, but not never.
  [[nodiscard]] virtual runtime::Task<Result<void>> post(std::string url, BudgetNotice notice) = 0;
};

class WebhookQueue;

class Budgets {
 public:
  static constexpr std::int64_t kAttemptsMax = 20;  // of one notice; with back-off that is some four days

  Budgets(Core core, KeyDirectory* directory, EventHub* events, Notifier* notifier,
          const WebhookQueue* webhooks = nullptr)
      : core_(core), directory_(directory), events_(events), notifier_(notifier), webhooks_(webhooks) {}

  /// Those with an id above `after`; one more than `limit` where there are more.
  [[nodiscard]] runtime::Task<Result<std::vector<BudgetView>>> list(BudgetId after, std::int64_t limit) const;
  /// Errors: invalid_argument, reasons invalid_amount (not over 0, more than nine decimals, no currency),
  ///         ambiguous_scope (account and key), malformed_webhook_url, too_long; not_found, reasons unknown_account,
  ///         unknown_key; conflict, reasons duplicate_budget, too_many_budgets.
  [[nodiscard]] runtime::Task<Result<BudgetView>> create(Actor actor, NewBudget budget, Once<BudgetView> once);
  /// A new amount may warn anew. Errors: as above; not_found, reason unknown_budget.
  [[nodiscard]] runtime::Task<Result<BudgetView>> update(Actor actor, BudgetId id, BudgetPatch patch);
  [[nodiscard]] runtime::Task<Result<void>> remove(Actor actor, BudgetId id);

  /// Notes the levels that were reached, and sends what is due. After each round of the sync.
  [[nodiscard]] runtime::Task<> check();

 private:
  [[nodiscard]] runtime::Task<> send_due();

  Core core_;
  KeyDirectory* directory_;
  EventHub* events_;
  Notifier* notifier_;
  const WebhookQueue* webhooks_;
};

/// How all budgets stand. For reports; runs in a transaction. Errors: those of the database.
[[nodiscard]] Result<std::vector<BudgetView>> stand_budgets(store::Transaction& transaction,
                                                            const std::vector<HeldKey>& held, Instant now);

/// The name that was given, else what the budget is for.
[[nodiscard]] std::string budget_name(const usage::Budget& budget, const std::vector<HeldKey>& held);

/// An absolute https address, or http to this machine, without a user, at most 2,048 characters.
/// Errors: invalid_argument, reason malformed_webhook_url.
[[nodiscard]] Result<void> check_webhook(std::string_view url);

/// Errors: invalid_argument, reason invalid_amount.
[[nodiscard]] Result<Money> read_budget_amount(std::string_view amount, std::string_view currency);

}  // namespace keyledger::service
