#include "service/usage/budgets.h"

#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using service::BudgetView;

struct MoneyInput {
  std::string amount{}, currency{};
};
BOOST_DESCRIBE_STRUCT(MoneyInput, (), (amount, currency))

struct BudgetCreate {
  std::optional<std::string> name{};
  std::optional<AccountId> account_id{};
  std::optional<ProviderKeyId> key_id{};
  MoneyInput amount{};
  std::optional<std::string> webhook_url{};
};
BOOST_DESCRIBE_STRUCT(BudgetCreate, (), (name, account_id, key_id, amount, webhook_url))

struct BudgetUpdate {
  std::optional<std::string> name{};
  std::optional<MoneyInput> amount{};
  json::Patch<std::string> webhook_url{};
};
BOOST_DESCRIBE_STRUCT(BudgetUpdate, (), (name, amount, webhook_url))

}  // namespace

Task<Result<Reply>> list_budgets(const Services* services, Call call) {
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> after = read_cursor(call.request, "budgets");
  if (!after) co_return std::unexpected(after.error());
  Result<std::vector<BudgetView>> budgets = co_await services->budgets->list(BudgetId{after->value_or(0)}, *limit);
  if (!budgets) co_return std::unexpected(budgets.error());
  co_return list(*budgets, *limit, [](const BudgetView& budget) { return make_cursor("budgets", budget.id.value); });
}

Task<Result<Reply>> create_budget(const Services* services, Call call) {
  Result<BudgetCreate> body = json::read_body<BudgetCreate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::NewBudget budget{std::move(body->name).value_or(""),
                            body->account_id,
                            body->key_id,
                            std::move(body->amount.amount),
                            std::move(body->amount.currency),
                            std::move(body->webhook_url).value_or("")};
  service::Once<BudgetView> once{std::move(call.once), [](const BudgetView& made) {
                                   return service::StoredAnswer{201, json::to_json(made)};
                                 }};
  Result<BudgetView> made = co_await services->budgets->create(call.who.actor, std::move(budget), std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(json::to_json(*made), "/api/budgets/" + std::to_string(made->id.value));
}

Task<Result<Reply>> update_budget(const Services* services, Call call) {
  const Result<BudgetId> id = path_id<BudgetId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<BudgetUpdate> body = json::read_body<BudgetUpdate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::BudgetPatch patch;
  patch.name = std::move(body->name);
  if (body->amount) {
    patch.amount = std::move(body->amount->amount);
    patch.currency = std::move(body->amount->currency);
  }
  if (body->webhook_url.present) patch.webhook_url = std::move(body->webhook_url.value).value_or("");
  Result<BudgetView> budget = co_await services->budgets->update(call.who.actor, *id, std::move(patch));
  if (!budget) co_return std::unexpected(budget.error());
  co_return ok(*budget);
}

Task<Result<Reply>> delete_budget(const Services* services, Call call) {
  const Result<BudgetId> id = path_id<BudgetId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<void> removed = co_await services->budgets->remove(call.who.actor, *id);
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content();
}

}  // namespace keyledger::api
