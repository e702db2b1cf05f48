#include <algorithm>

#include "api/billing/plan_json.h"
#include "api/billing/subscription_json.h"
#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"

namespace keyledger::api {
namespace {

using billing::PlanId;
using billing::SubscriptionId;
using service::ChangeTime;
using service::SubscriptionView;

struct SubscriptionCreate {
  CustomerId customer_id{};
  PlanId plan_id{};
  std::optional<Day> starts{}, ends{};
  std::optional<std::int64_t> anchor{};
  std::optional<std::string> monthly_price{};
};
BOOST_DESCRIBE_STRUCT(SubscriptionCreate, (), (customer_id, plan_id, starts, ends, anchor, monthly_price))

struct PlanChangeInput {
  PlanId plan_id{};
  std::optional<ChangeTime> when{};
  std::optional<std::string> monthly_price{};
};
BOOST_DESCRIBE_STRUCT(PlanChangeInput, (), (plan_id, when, monthly_price))

struct Cancellation {
  std::optional<ChangeTime> when{};
};
BOOST_DESCRIBE_STRUCT(Cancellation, (), (when))

std::optional<LocalDay> to_local(const std::optional<Day>& day) {
  return day ? std::optional{LocalDay{day->time_since_epoch()}} : std::nullopt;
}

Result<std::optional<std::int64_t>> optional_price(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const Result<std::int64_t> price = read_price(*text, "monthly_price");
  if (!price) return std::unexpected(price.error());
  return *price;
}

std::string subscription_json(const SubscriptionView& view) {
  json::Writer out;
  write(out, view);
  return out.take();
}

Reply subscription_reply(const SubscriptionView& view) {
  return net::json_reply(200, subscription_json(view));
}

}  // namespace

Task<Result<Reply>> list_subscriptions(const Services* services, Call call) {
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> after = read_cursor(call.request, "subscriptions");
  if (!after) co_return std::unexpected(after.error());
  const Result<std::optional<CustomerId>> customer = query_id<CustomerId>(call.request, "customer_id");
  if (!customer) co_return std::unexpected(customer.error());
  const Result<std::optional<PlanId>> plan = query_id<PlanId>(call.request, "plan_id");
  if (!plan) co_return std::unexpected(plan.error());
  const service::SubscriptionQuery query{SubscriptionId{after->value_or(0)}, *customer, *plan, *limit};
  const Result<std::vector<SubscriptionView>> page = co_await services->subscriptions->list(query);
  if (!page) co_return std::unexpected(page.error());
  co_return list(*page, *limit,
                 [](const SubscriptionView& each) { return make_cursor("subscriptions", each.subscription.id.value); });
}

Task<Result<Reply>> start_subscription(const Services* services, Call call) {
  const Result<SubscriptionCreate> body = json::read_body<SubscriptionCreate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  const Result<std::optional<std::int64_t>> price = optional_price(body->monthly_price);
  if (!price) co_return std::unexpected(price.error());
  service::NewSubscription asked{
      body->customer_id, body->plan_id, to_local(body->starts), to_local(body->ends), {}, *price};
  // Past what an int holds it is no day of a month either.
  if (body->anchor) asked.anchor = static_cast<int>(std::clamp<std::int64_t>(*body->anchor, 0, 32));
  service::Once<SubscriptionView> once{std::move(call.once), [](const SubscriptionView& made) {
                                         return service::StoredAnswer{201, subscription_json(made)};
                                       }};
  const Result<SubscriptionView> made = co_await services->subscriptions->start(call.who.actor, asked, std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(subscription_json(*made), "/api/subscriptions/" + std::to_string(made->subscription.id.value));
}

Task<Result<Reply>> get_subscription(const Services* services, Call call) {
  const Result<SubscriptionId> id = path_id<SubscriptionId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<SubscriptionView> view = co_await services->subscriptions->get(*id);
  if (!view) co_return std::unexpected(view.error());
  co_return subscription_reply(*view);
}

Task<Result<Reply>> change_subscription(const Services* services, Call call) {
  const Result<SubscriptionId> id = path_id<SubscriptionId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<PlanChangeInput> body = json::read_body<PlanChangeInput>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  const Result<std::optional<std::int64_t>> price = optional_price(body->monthly_price);
  if (!price) co_return std::unexpected(price.error());
  const service::SubscriptionChange asked{body->plan_id, body->when.value_or(ChangeTime::now), *price};
  const Result<SubscriptionView> view = co_await services->subscriptions->change(call.who.actor, *id, asked);
  if (!view) co_return std::unexpected(view.error());
  co_return subscription_reply(*view);
}

Task<Result<Reply>> cancel_subscription(const Services* services, Call call) {
  const Result<SubscriptionId> id = path_id<SubscriptionId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const std::string text = call.request.body.empty() ? "{}" : call.request.body;
  const Result<Cancellation> body = json::read_body<Cancellation>(text);
  if (!body) co_return std::unexpected(body.error());
  const ChangeTime when = body->when.value_or(ChangeTime::period_end);
  const Result<SubscriptionView> view = co_await services->subscriptions->cancel(call.who.actor, *id, when);
  if (!view) co_return std::unexpected(view.error());
  co_return subscription_reply(*view);
}

Task<Result<Reply>> resume_subscription(const Services* services, Call call) {
  const Result<SubscriptionId> id = path_id<SubscriptionId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<SubscriptionView> view = co_await services->subscriptions->resume(call.who.actor, *id);
  if (!view) co_return std::unexpected(view.error());
  co_return subscription_reply(*view);
}

}  // namespace keyledger::api
