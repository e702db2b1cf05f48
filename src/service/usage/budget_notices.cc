#include <algorithm>

#include "base/log.h"
#include "service/usage/budgets.h"
#include "service/webhooks/queue.h"

namespace keyledger::service {
namespace {

using store::BudgetStore;
using store::Transaction;
using usage::Budget;

/// Which notices a standing calls for. Of several levels that are reached at once only the highest is sent.
std::vector<BudgetStore::Notice> notices_for(const BudgetView& view, Instant now) {
  const std::int64_t reached = view.state == BudgetState::exceeded ? 100 : view.state == BudgetState::warning ? 80 : 0;
  std::vector<BudgetStore::Notice> notices;
  for (const std::int64_t level : {std::int64_t{80}, std::int64_t{100}}) {
    if (level > reached) break;
    BudgetStore::Notice& notice = notices.emplace_back();
    notice.budget_id = view.id;
    notice.month = view.month;
    notice.level = level;
    notice.spent_nanos = view.spent.nanos;
    notice.expected_nanos = view.expected.nanos;
    notice.reached_at = now;
    if (level == reached && view.webhook_url) notice.next_attempt_at = now;
  }
  return notices;
}

std::optional<std::int64_t> number_of(const auto& id) {
  return id ? std::optional{id->value} : std::nullopt;
}

WebhookFact id_fact(std::string name, std::optional<std::int64_t> id) {
  WebhookFact fact{std::move(name), nullptr};
  if (id) fact.value = *id;
  return fact;
}

Result<void> tell_reached(Transaction& transaction, const WebhookQueue* webhooks, const BudgetView& view,
                          std::int64_t level, Instant now) {
  if (webhooks == nullptr) return {};
  return webhooks->tell(transaction, WebhookTopic::budget_reached,
                        {{"budget_id", view.id.value},
                         {"budget_name", view.name},
                         {"scope", boost::describe::enum_to_string(view.scope, "")},
                         id_fact("account_id", number_of(view.account_id)),
                         id_fact("key_id", number_of(view.key_id)),
                         {"month", view.month},
                         {"level", level},
                         {"amount", view.amount},
                         {"spent", view.spent},
                         {"expected", view.expected}},
                        now);
}

Result<bool> add_notices(Transaction& transaction, const std::vector<HeldKey>& held, const WebhookQueue* webhooks,
                         Instant now) {
  const Result<std::vector<BudgetView>> views = stand_budgets(transaction, held, now);
  if (!views) return std::unexpected(views.error());
  bool news = false;
  for (const BudgetView& view : *views) {
    bool reached = false;
    const std::vector<BudgetStore::Notice> notices = notices_for(view, now);
    for (const BudgetStore::Notice& notice : notices) {
      const Result<bool> added = BudgetStore::add_notice(transaction, notice);
      if (!added) return added;
      reached = *added;  // in the end: the highest level
      news = news || *added;
    }
    if (!reached) continue;
    const Result<void> told = tell_reached(transaction, webhooks, view, notices.back().level, now);
    if (!told) return std::unexpected(told.error());
  }
  return news;
}

/// A notice together with its budget; without one, the budget has gone.
struct Due {
  BudgetStore::Notice notice{};
  std::optional<Budget> budget{};
};

Result<std::vector<Due>> read_due(Transaction& transaction, Instant now) {
  Result<std::vector<BudgetStore::Notice>> notices = BudgetStore::due_notices(transaction, now);
  if (!notices) return std::unexpected(notices.error());
  std::vector<Due> due;
  for (BudgetStore::Notice& notice : *notices) {
    Result<Budget> budget = BudgetStore::get(transaction, notice.budget_id);
    if (!budget && budget.error().code != Code::not_found) return std::unexpected(budget.error());
    due.push_back({std::move(notice), budget ? std::optional{std::move(*budget)} : std::nullopt});
  }
  return due;
}

BudgetNotice to_notice(const Due& due, const std::vector<HeldKey>& held) {
  const Budget& budget = *due.budget;
  return {.budget_id = budget.id,
          .name = budget_name(budget, held),
          .scope = budget.scope,
          .account_id = budget.account_id,
          .key_id = budget.key_id,
          .month = due.notice.month,
          .level = due.notice.level,
          .amount = budget.amount,
          .spent = {budget.amount.currency, due.notice.spent_nanos},
          .expected = {budget.amount.currency, due.notice.expected_nanos},
          .reached_at = due.notice.reached_at};
}

/// One minute, doubled with each attempt, at most six hours.
std::chrono::minutes back_off(std::int64_t attempts) {
  constexpr std::int64_t kDoublingsMax = 9;
  constexpr std::chrono::minutes kMost{6 * 60};
  return std::min(std::chrono::minutes{1LL << std::min(attempts, kDoublingsMax)}, kMost);
}

void note_outcome(BudgetStore::Notice& notice, const Result<void>& sent, Instant now) {
  notice.next_attempt_at.reset();
  if (sent) {
    notice.sent_at = now;
    notice.last_error.clear();
    return;
  }
  notice.last_error = sent.error().message;
  if (notice.attempts < Budgets::kAttemptsMax) notice.next_attempt_at = now + back_off(notice.attempts);
}

}  // namespace

runtime::Task<> Budgets::check() {
  const Result<std::vector<HeldKey>> held = co_await directory_->list();
  if (!held) co_return;
  auto mutation = [held = *held, webhooks = webhooks_, now = core_.clock->now()](Transaction& transaction) {
    return add_notices(transaction, held, webhooks, now);
  };
  const Result<bool> news = co_await core_.store->writer().run<bool>(std::move(mutation));
  if (!news) log::warn("budgets could not be checked", {{"why", news.error().detail}});
  if (news && *news) events_->publish(EventKind::changed, {"budgets", "usage"});
  co_await send_due();
}

runtime::Task<> Budgets::send_due() {
  const Result<std::vector<HeldKey>> held = co_await directory_->list();
  auto read = [now = core_.clock->now()](Transaction& transaction) { return read_due(transaction, now); };
  Result<std::vector<Due>> due = co_await core_.store->readers().run<std::vector<Due>>(std::move(read));
  if (!due || !held) co_return;
  for (Due& one : *due) {
    Result<void> sent = fail(Code::not_found, "The budget has no webhook any more.");
    one.notice.attempts += 1;
    if (one.budget && !one.budget->webhook_url.empty()) {
      BudgetNotice notice = to_notice(one, *held);
      sent = co_await notifier_->post(one.budget->webhook_url, std::move(notice));
    } else {
      one.notice.attempts = kAttemptsMax;
    }
    note_outcome(one.notice, sent, core_.clock->now());
    auto mutation = [notice = one.notice](Transaction& transaction) {
      return BudgetStore::update_notice(transaction, notice);
    };
    const Result<void> noted = co_await core_.store->writer().run<void>(std::move(mutation));
    if (!noted) log::warn("a budget's notice could not be noted", {{"why", noted.error().detail}});
    if (!sent) log::warn("a budget's webhook did not take the notice", {{"budget", one.notice.budget_id.value}});
  }
}

}  // namespace keyledger::service
