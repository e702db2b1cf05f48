#include "store/budget_store.h"

#include <fmt/format.h>

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(BudgetStore::Notice, (),
                      (budget_id, month, level, spent_nanos, expected_nanos, reached_at, attempts, next_attempt_at,
                       sent_at, last_error))

namespace {

using usage::Budget;
using usage::BudgetScope;

struct BudgetRow {
  BudgetId id{};
  std::string name{};
  BudgetScope scope = BudgetScope::all;
  std::int64_t target_id = 0;
  Currency currency{};
  std::int64_t amount_nanos = 0;
  std::string webhook_url{};
  Instant created_at{};
  Instant updated_at{};
};
BOOST_DESCRIBE_STRUCT(BudgetRow, (),
                      (id, name, scope, target_id, currency, amount_nanos, webhook_url, created_at, updated_at))

struct Target {
  BudgetScope scope = BudgetScope::all;
  std::int64_t target_id = 0;
};
BOOST_DESCRIBE_STRUCT(Target, (), (scope, target_id))

struct ById {
  BudgetId id{};
};
BOOST_DESCRIBE_STRUCT(ById, (), (id))

struct ByTime {
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(ByTime, (), (now))

std::int64_t target_of(const Budget& budget) {
  if (budget.scope == BudgetScope::account) return budget.account_id.value_or(AccountId{}).value;
  if (budget.scope == BudgetScope::key) return budget.key_id.value_or(ProviderKeyId{}).value;
  return 0;
}

BudgetRow to_row(const Budget& budget) {
  return {budget.id,           budget.name,        budget.scope,      target_of(budget), budget.amount.currency,
          budget.amount.nanos, budget.webhook_url, budget.created_at, budget.updated_at};
}

Budget to_budget(BudgetRow row) {
  Budget budget{.id = row.id,
                .name = std::move(row.name),
                .scope = row.scope,
                .amount = {row.currency, row.amount_nanos},
                .webhook_url = std::move(row.webhook_url),
                .created_at = row.created_at,
                .updated_at = row.updated_at};
  if (row.scope == BudgetScope::account) budget.account_id = AccountId{row.target_id};
  if (row.scope == BudgetScope::key) budget.key_id = ProviderKeyId{row.target_id};
  return budget;
}

Error explained(Error error) {
  if (error.code != Code::conflict || error.detail.find("budgets.scope") == std::string::npos) return error;
  return {Code::conflict, "There is a budget for this in this currency already; change that one.", "duplicate_budget",
          "scope", error.detail};
}

Result<void> done(const Result<std::int64_t>& changed) {
  if (!changed) return std::unexpected(changed.error());
  return {};
}

}  // namespace

std::unexpected<Error> unknown_budget(BudgetId id) {
  return fail(Code::not_found, fmt::format("There is no budget {}.", id.value), "unknown_budget");
}

Result<BudgetId> BudgetStore::insert(Transaction& transaction, const Budget& budget) {
  static const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM budgets"};
  static const Query<Single<BudgetId>> kInsert{R"sql(
    INSERT INTO budgets (name, scope, target_id, currency, amount_nanos, webhook_url, created_at, updated_at)
    VALUES (:name, :scope, :target_id, :currency, :amount_nanos, :webhook_url, :created_at, :updated_at)
    RETURNING id)sql"};
  const Result<std::optional<Single<std::int64_t>>> count = transaction.one(kCount);
  if (!count) return std::unexpected(count.error());
  if (*count && (*count)->value >= kBudgetsMax) {
    return fail(Code::conflict, fmt::format("There are {} budgets already; delete one first.", kBudgetsMax),
                "too_many_budgets");
  }
  const Result<std::optional<Single<BudgetId>>> row = transaction.one(kInsert, to_row(budget));
  if (!row) return std::unexpected(explained(row.error()));
  check_invariant(row->has_value(), "an insert returns its id");
  return (*row)->value;
}

Result<void> BudgetStore::update(Transaction& transaction, const Budget& budget) {
  static const Query<void> kUpdate{R"sql(
    UPDATE budgets SET name = :name, scope = :scope, target_id = :target_id, currency = :currency,
           amount_nanos = :amount_nanos, webhook_url = :webhook_url, updated_at = :updated_at
     WHERE id = :id)sql"};
  const Result<std::int64_t> changed = transaction.change(kUpdate, to_row(budget));
  if (!changed) return std::unexpected(explained(changed.error()));
  if (*changed == 0) return unknown_budget(budget.id);
  return {};
}

Result<void> BudgetStore::remove(Transaction& transaction, BudgetId id) {
  static const Query<void> kRemove{"DELETE FROM budgets WHERE id = :id"};
  const Result<void> cleared = clear_notices(transaction, id);
  if (!cleared) return cleared;
  const Result<std::int64_t> removed = transaction.change(kRemove, ById{id});
  if (!removed) return std::unexpected(removed.error());
  if (*removed == 0) return unknown_budget(id);
  return {};
}

Result<Budget> BudgetStore::get(Transaction& transaction, BudgetId id) {
  static const Query<BudgetRow> kGet{R"sql(
    SELECT id, name, scope, target_id, currency, amount_nanos, webhook_url, created_at, updated_at
      FROM budgets WHERE id = :id)sql"};
  Result<std::optional<BudgetRow>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_budget(id);
  return to_budget(std::move(**row));
}

Result<std::vector<Budget>> BudgetStore::list(Transaction& transaction) {
  static const Query<BudgetRow> kList{R"sql(
    SELECT id, name, scope, target_id, currency, amount_nanos, webhook_url, created_at, updated_at
      FROM budgets ORDER BY id)sql"};
  std::vector<Budget> budgets;
  const Result<void> read = transaction.each<BudgetRow>(kList, NoParameters{}, [&](BudgetRow row) {
    budgets.push_back(to_budget(std::move(row)));
    return true;
  });
  if (!read) return std::unexpected(read.error());
  return budgets;
}

Result<void> BudgetStore::remove_for(Transaction& transaction, BudgetScope scope, std::int64_t target_id) {
  static const Query<void> kNotices{R"sql(
    DELETE FROM budget_notices WHERE budget_id IN
      (SELECT id FROM budgets WHERE scope = :scope AND target_id = :target_id))sql"};
  static const Query<void> kBudgets{"DELETE FROM budgets WHERE scope = :scope AND target_id = :target_id"};
  const Result<void> first = done(transaction.change(kNotices, Target{scope, target_id}));
  if (!first) return first;
  return done(transaction.change(kBudgets, Target{scope, target_id}));
}

Result<bool> BudgetStore::add_notice(Transaction& transaction, const Notice& notice) {
  static const Query<void> kInsert{R"sql(
    INSERT INTO budget_notices (budget_id, month, level, spent_nanos, expected_nanos, reached_at, attempts,
      next_attempt_at, sent_at, last_error)
    VALUES (:budget_id, :month, :level, :spent_nanos, :expected_nanos, :reached_at, :attempts, :next_attempt_at,
      :sent_at, :last_error)
    ON CONFLICT (budget_id, month, level) DO NOTHING)sql"};
  const Result<std::int64_t> inserted = transaction.change(kInsert, notice);
  if (!inserted) return std::unexpected(inserted.error());
  return *inserted > 0;
}

Result<void> BudgetStore::update_notice(Transaction& transaction, const Notice& notice) {
  static const Query<void> kUpdate{R"sql(
    UPDATE budget_notices SET attempts = :attempts, next_attempt_at = :next_attempt_at, sent_at = :sent_at,
           last_error = :last_error
     WHERE budget_id = :budget_id AND month = :month AND level = :level)sql"};
  return done(transaction.change(kUpdate, notice));
}

Result<std::vector<BudgetStore::Notice>> BudgetStore::due_notices(Transaction& transaction, Instant now) {
  static const Query<Notice> kDue{R"sql(
    SELECT budget_id, month, level, spent_nanos, expected_nanos, reached_at, attempts, next_attempt_at, sent_at,
           last_error
      FROM budget_notices WHERE next_attempt_at <= :now ORDER BY reached_at, budget_id, level)sql"};
  return transaction.all(kDue, ByTime{now});
}

Result<std::vector<BudgetStore::Notice>> BudgetStore::notices(Transaction& transaction, BudgetId id) {
  static const Query<Notice> kList{R"sql(
    SELECT budget_id, month, level, spent_nanos, expected_nanos, reached_at, attempts, next_attempt_at, sent_at,
           last_error
      FROM budget_notices WHERE budget_id = :id ORDER BY month, level)sql"};
  return transaction.all(kList, ById{id});
}

Result<void> BudgetStore::clear_notices(Transaction& transaction, BudgetId id) {
  static const Query<void> kClear{"DELETE FROM budget_notices WHERE budget_id = :id"};
  return done(transaction.change(kClear, ById{id}));
}

}  // namespace keyledger::store
