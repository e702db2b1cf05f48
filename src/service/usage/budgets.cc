#include "service/usage/budgets.h"

#include <fmt/format.h>

#include <algorithm>

#include "domain/keys/account.h"
#include "service/audit.h"
#include "service/usage/ownership.h"
#include "store/account_store.h"
#include "store/provider_key_store.h"
#include "store/usage_report_store.h"

namespace keyledger::service {
namespace {

using store::BudgetStore;
using store::Transaction;
using store::UsageReportStore;
using usage::Budget;
using usage::BudgetScope;

std::string subject(BudgetId id) {
  return fmt::format("budgets/{}", id.value);
}

Money clamp_money(const Amount& amount, Currency currency) {
  // The one rounding would leave the range at its very end.
  constexpr std::int64_t kNanosMost = std::numeric_limits<std::int64_t>::max() - 1;
  if (amount.nanos >= kNanosMost) return {currency, kNanosMost};
  return to_money(amount, currency);
}

/// What was spent this month, key by key; the same sums serve all budgets.
struct MonthSums {
  std::vector<usage::CostSum> costs{};
  std::vector<usage::Source> sources{};
  std::vector<usage::RemoteKeyRecord> remote{};
};

Result<MonthSums> read_month(Transaction& transaction, Instant now) {
  const UsageReportStore::Range range{usage::month_of(now).from.time_since_epoch().count(),
                                      day_of(now).time_since_epoch().count() + 1};
  auto costs = UsageReportStore::costs_by_item(transaction, range, usage::Breakdown::key, {});
  if (!costs) return std::unexpected(costs.error());
  auto sources = store::UsageSourceStore::list(transaction);
  if (!sources) return std::unexpected(sources.error());
  auto remote = store::UsageRemoteStore::keys(transaction);
  if (!remote) return std::unexpected(remote.error());
  return MonthSums{std::move(*costs), std::move(*sources), std::move(*remote)};
}

Amount spent_for(const Budget& budget, const MonthSums& month, const Ownership& owners) {
  Amount spent;
  for (const usage::CostSum& sum : month.costs) {
    if (sum.basis == usage::Basis::list || sum.currency != budget.amount.currency) continue;
    if (!owners.selected(sum.source_id, sum.item_id, budget.account_id, budget.key_id)) continue;
    spent = usage::add_bounded(spent, sum.amount);
  }
  return spent;
}

BudgetView to_view(const Budget& budget, const usage::BudgetStanding& standing, const std::vector<HeldKey>& held,
                   Instant now) {
  const BudgetState state = standing.level >= 100  ? BudgetState::exceeded
                            : standing.level >= 80 ? BudgetState::warning
                                                   : BudgetState::ok;
  BudgetView view{.id = budget.id,
                  .name = budget_name(budget, held),
                  .scope = budget.scope,
                  .account_id = budget.account_id,
                  .key_id = budget.key_id,
                  .amount = budget.amount,
                  .created_at = budget.created_at,
                  .updated_at = budget.updated_at,
                  .month = usage::to_string(usage::month_of(now)),
                  .spent = clamp_money(standing.spent, budget.amount.currency),
                  .expected = clamp_money(standing.expected, budget.amount.currency),
                  .percent = standing.percent,
                  .pace = standing.pace,
                  .state = state};
  if (!budget.webhook_url.empty()) view.webhook_url = budget.webhook_url;
  return view;
}

Result<void> add_webhook_error(Transaction& transaction, BudgetView& view) {
  const Result<std::vector<BudgetStore::Notice>> notices = BudgetStore::notices(transaction, view.id);
  if (!notices) return std::unexpected(notices.error());
  for (const BudgetStore::Notice& notice : *notices) {
    if (notice.month == view.month && !notice.sent_at && !notice.last_error.empty()) {
      view.webhook_error = notice.last_error;
    }
  }
  return {};
}

Result<std::vector<BudgetView>> stand(Transaction& transaction, const std::vector<Budget>& budgets,
                                      const std::vector<HeldKey>& held, Instant now) {
  std::vector<BudgetView> views;
  if (budgets.empty()) return views;
  const Result<MonthSums> month = read_month(transaction, now);
  if (!month) return std::unexpected(month.error());
  const Ownership owners(held, month->sources, month->remote);
  for (const Budget& budget : budgets) {
    const usage::BudgetStanding standing = usage::judge(budget.amount, spent_for(budget, *month, owners), now);
    BudgetView& view = views.emplace_back(to_view(budget, standing, held, now));
    const Result<void> added = add_webhook_error(transaction, view);
    if (!added) return std::unexpected(added.error());
  }
  return views;
}

Result<BudgetView> stand_one(Transaction& transaction, BudgetId id, const std::vector<HeldKey>& held, Instant now) {
  Result<Budget> budget = BudgetStore::get(transaction, id);
  if (!budget) return std::unexpected(budget.error());
  Result<std::vector<BudgetView>> views = stand(transaction, {*budget}, held, now);
  if (!views) return std::unexpected(views.error());
  return std::move(views->front());
}

Result<Budget> to_budget(const NewBudget& wanted, Instant now) {
  if (wanted.account_id && wanted.key_id) {
    return fail(Code::invalid_argument, "A budget is for an account or for a key, not for both.", "ambiguous_scope",
                "key_id");
  }
  Budget budget{.account_id = wanted.account_id, .key_id = wanted.key_id, .created_at = now, .updated_at = now};
  if (wanted.account_id) budget.scope = BudgetScope::account;
  if (wanted.key_id) budget.scope = BudgetScope::key;
  const Result<std::string> name = keys::check_line(wanted.name, "name", keys::kNameMax);
  if (!name) return std::unexpected(name.error());
  budget.name = *name;
  const Result<Money> amount = read_budget_amount(wanted.amount, wanted.currency);
  if (!amount) return std::unexpected(amount.error());
  budget.amount = *amount;
  if (wanted.webhook_url.empty()) return budget;
  const Result<void> webhook = check_webhook(wanted.webhook_url);
  if (!webhook) return std::unexpected(webhook.error());
  budget.webhook_url = wanted.webhook_url;
  return budget;
}

Result<void> check_target(Transaction& transaction, const Budget& budget) {
  if (budget.account_id) {
    const Result<keys::Account> account = store::AccountStore::get(transaction, *budget.account_id);
    if (!account && account.error().code == Code::not_found) {
      return store::unknown_account(*budget.account_id, "account_id");
    }
    if (!account) return std::unexpected(account.error());
  }
  if (budget.key_id) {
    const Result<keys::ProviderKey> key = store::ProviderKeyStore::get(transaction, *budget.key_id);
    if (!key && key.error().code == Code::not_found) return store::unknown_key(*budget.key_id, "key_id");
    if (!key) return std::unexpected(key.error());
  }
  return {};
}

Result<void> apply(const BudgetPatch& patch, Budget& budget) {
  if (patch.name) {
    const Result<std::string> name = keys::check_line(*patch.name, "name", keys::kNameMax);
    if (!name) return std::unexpected(name.error());
    budget.name = *name;
  }
  if (patch.amount || patch.currency) {
    const std::string amount = patch.amount.value_or(to_decimal(budget.amount.nanos));
    const std::string currency = patch.currency.value_or(std::string{budget.amount.currency.text()});
    const Result<Money> money = read_budget_amount(amount, currency);
    if (!money) return std::unexpected(money.error());
    budget.amount = *money;
  }
  if (patch.webhook_url && !patch.webhook_url->empty()) {
    const Result<void> webhook = check_webhook(*patch.webhook_url);
    if (!webhook) return webhook;
  }
  if (patch.webhook_url) budget.webhook_url = *patch.webhook_url;
  return {};
}

}  // namespace

std::string budget_name(const Budget& budget, const std::vector<HeldKey>& held) {
  if (!budget.name.empty()) return budget.name;
  const auto found = std::ranges::find_if(held, [&](const HeldKey& key) {
    return budget.key_id ? key.key.id == *budget.key_id : budget.account_id == key.key.account_id;
  });
  if (budget.scope == BudgetScope::all) return "Everything";
  if (budget.scope == BudgetScope::key) return found == held.end() ? "Deleted key" : found->key.name;
  return found == held.end() ? fmt::format("Account {}", budget.account_id->value) : found->account_name;
}

Result<std::vector<BudgetView>> stand_budgets(Transaction& transaction, const std::vector<HeldKey>& held, Instant now) {
  const Result<std::vector<Budget>> budgets = BudgetStore::list(transaction);
  if (!budgets) return std::unexpected(budgets.error());
  return stand(transaction, *budgets, held, now);
}

runtime::Task<Result<std::vector<BudgetView>>> Budgets::list(BudgetId after, std::int64_t limit) const {
  Result<std::vector<HeldKey>> held = co_await directory_->list();
  if (!held) co_return std::unexpected(held.error());
  auto read = [held = std::move(*held), now = core_.clock->now(), after,
               limit](Transaction& transaction) -> Result<std::vector<BudgetView>> {
    Result<std::vector<Budget>> budgets = BudgetStore::list(transaction);
    if (!budgets) return std::unexpected(budgets.error());
    std::erase_if(*budgets, [&](const Budget& budget) { return budget.id <= after; });
    if (std::ssize(*budgets) > limit + 1) budgets->resize(static_cast<std::size_t>(limit + 1));
    return stand(transaction, *budgets, held, now);
  };
  Result<std::vector<BudgetView>> views = co_await core_.store->readers().run<std::vector<BudgetView>>(std::move(read));
  co_return views;
}

runtime::Task<Result<BudgetView>> Budgets::create(Actor actor, NewBudget wanted, Once<BudgetView> once) {
  const Instant now = core_.clock->now();
  const Result<Budget> budget = to_budget(wanted, now);
  if (!budget) co_return std::unexpected(budget.error());
  Result<std::vector<HeldKey>> held = co_await directory_->list();
  if (!held) co_return std::unexpected(held.error());
  auto mutation = [core = core_, budget = *budget, held = std::move(*held), actor = std::move(actor),
                   once = std::move(once), now](Transaction& transaction) -> Result<BudgetView> {
    const Result<void> target = check_target(transaction, budget);
    if (!target) return std::unexpected(target.error());
    const Result<BudgetId> id = BudgetStore::insert(transaction, budget);
    if (!id) return std::unexpected(id.error());
    const Result<void> audited = record_audit(
        transaction, now, actor, "budgets.create", subject(*id),
        {{"amount", to_decimal(budget.amount.nanos)}, {"currency", std::string{budget.amount.currency.text()}}});
    if (!audited) return std::unexpected(audited.error());
    Result<BudgetView> view = stand_one(transaction, *id, held, now);
    if (!view) return view;
    const Result<void> remembered = Idempotency::remember(transaction, core, once, *view);
    if (!remembered) return std::unexpected(remembered.error());
    return view;
  };
  Result<BudgetView> view = co_await core_.store->writer().run<BudgetView>(std::move(mutation));
  if (view) events_->publish(EventKind::changed, {"budgets"});
  co_return view;
}

runtime::Task<Result<BudgetView>> Budgets::update(Actor actor, BudgetId id, BudgetPatch patch) {
  const Instant now = core_.clock->now();
  Result<std::vector<HeldKey>> held = co_await directory_->list();
  if (!held) co_return std::unexpected(held.error());
  auto mutation = [held = std::move(*held), actor = std::move(actor), id, patch = std::move(patch),
                   now](Transaction& transaction) -> Result<BudgetView> {
    Result<Budget> budget = BudgetStore::get(transaction, id);
    if (!budget) return std::unexpected(budget.error());
    const Money before = budget->amount;
    const Result<void> applied = apply(patch, *budget);
    if (!applied) return std::unexpected(applied.error());
    budget->updated_at = now;
    const Result<void> updated = BudgetStore::update(transaction, *budget);
    if (!updated) return std::unexpected(updated.error());
    if (before != budget->amount) {
      const Result<void> cleared = BudgetStore::clear_notices(transaction, id);
      if (!cleared) return std::unexpected(cleared.error());
    }
    const Result<void> audited = record_audit(transaction, now, actor, "budgets.update", subject(id),
                                              {{"amount", to_decimal(budget->amount.nanos)}});
    if (!audited) return std::unexpected(audited.error());
    return stand_one(transaction, id, held, now);
  };
  Result<BudgetView> view = co_await core_.store->writer().run<BudgetView>(std::move(mutation));
  if (view) events_->publish(EventKind::changed, {"budgets"});
  co_return view;
}

runtime::Task<Result<void>> Budgets::remove(Actor actor, BudgetId id) {
  const Instant now = core_.clock->now();
  auto mutation = [actor = std::move(actor), id, now](Transaction& transaction) -> Result<void> {
    const Result<void> removed = BudgetStore::remove(transaction, id);
    if (!removed) return removed;
    return record_audit(transaction, now, actor, "budgets.delete", subject(id));
  };
  Result<void> removed = co_await core_.store->writer().run<void>(std::move(mutation));
  if (removed) events_->publish(EventKind::changed, {"budgets"});
  co_return removed;
}

}  // namespace keyledger::service
