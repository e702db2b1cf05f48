#include "service/webhooks/webhooks.h"

#include "api/handlers.h"
#include "api/patch.h"
#include "api/query.h"
#include "api/replies.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using service::DeliveryState;
using service::MadeEndpoint;
using service::WebhookDelivery;
using service::WebhookDeliveryId;
using service::WebhookEndpoint;
using service::WebhookEndpointId;

struct WebhookCreate {
  std::string url{};
  std::optional<std::string> description{};
  std::optional<std::vector<std::string>> topics{};
};
BOOST_DESCRIBE_STRUCT(WebhookCreate, (), (url, description, topics))

struct WebhookUpdate {
  std::optional<std::string> url{};
  json::Patch<std::string> description{};
  std::optional<std::vector<std::string>> topics{};
  std::optional<bool> enabled{};
};
BOOST_DESCRIBE_STRUCT(WebhookUpdate, (), (url, description, topics, enabled))

constexpr std::string_view kDeliveries = "webhook_deliveries";

std::string made_json(const MadeEndpoint& made) {
  json::Writer out;
  out.begin_object();
  json::write_members(out, made.endpoint);
  out.name("secret").string(made.secret.reveal());
  out.end_object();
  return out.take();
}

}  // namespace

Task<Result<Reply>> list_webhooks(const Services* services, Call) {
  const Result<std::vector<WebhookEndpoint>> endpoints = co_await services->webhooks->list();
  if (!endpoints) co_return std::unexpected(endpoints.error());
  co_return list(*endpoints, std::ssize(*endpoints), [](const WebhookEndpoint&) { return std::string{}; });
}

Task<Result<Reply>> create_webhook(const Services* services, Call call) {
  Result<WebhookCreate> body = json::read_body<WebhookCreate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::EndpointDraft draft{std::move(body->url), std::move(body->description).value_or(""),
                               std::move(body->topics).value_or(std::vector<std::string>{})};
  service::Once<MadeEndpoint> once{std::move(call.once), [](const MadeEndpoint& made) {
                                     return service::StoredAnswer{201, made_json(made)};
                                   }};
  const Result<MadeEndpoint> made =
      co_await services->webhooks->create(call.who.actor, std::move(draft), std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(made_json(*made), "/api/webhooks/" + std::to_string(made->endpoint.id.value));
}

Task<Result<Reply>> get_webhook(const Services* services, Call call) {
  const Result<WebhookEndpointId> id = path_id<WebhookEndpointId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<WebhookEndpoint> endpoint = co_await services->webhooks->get(*id);
  if (!endpoint) co_return std::unexpected(endpoint.error());
  co_return ok(*endpoint);
}

Task<Result<Reply>> update_webhook(const Services* services, Call call) {
  const Result<WebhookEndpointId> id = path_id<WebhookEndpointId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<WebhookUpdate> body = json::read_body<WebhookUpdate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::EndpointPatch patch{std::move(body->url), text_of(std::move(body->description)), std::move(body->topics),
                               body->enabled};
  const Result<WebhookEndpoint> endpoint = co_await services->webhooks->update(call.who.actor, *id, std::move(patch));
  if (!endpoint) co_return std::unexpected(endpoint.error());
  co_return ok(*endpoint);
}

Task<Result<Reply>> delete_webhook(const Services* services, Call call) {
  const Result<WebhookEndpointId> id = path_id<WebhookEndpointId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<void> removed = co_await services->webhooks->remove(call.who.actor, *id);
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content();
}

Task<Result<Reply>> renew_webhook_secret(const Services* services, Call call) {
  const Result<WebhookEndpointId> id = path_id<WebhookEndpointId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<MadeEndpoint> made = co_await services->webhooks->renew_secret(call.who.actor, *id);
  if (!made) co_return std::unexpected(made.error());
  co_return net::json_reply(200, made_json(*made));
}

Task<Result<Reply>> test_webhook(const Services* services, Call call) {
  const Result<WebhookEndpointId> id = path_id<WebhookEndpointId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<WebhookDelivery> delivery = co_await services->webhooks->test(call.who.actor, *id);
  if (!delivery) co_return std::unexpected(delivery.error());
  co_return ok(*delivery);
}

Task<Result<Reply>> list_webhook_deliveries(const Services* services, Call call) {
  const Result<WebhookEndpointId> id = path_id<WebhookEndpointId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> before = read_cursor(call.request, kDeliveries);
  if (!before) co_return std::unexpected(before.error());
  const Result<std::optional<DeliveryState>> state = query_word<DeliveryState>(call.request, "state");
  if (!state) co_return std::unexpected(state.error());
  const service::Webhooks::DeliveryQuery query{*id, WebhookDeliveryId{before->value_or(0)}, *state, *limit};
  const Result<std::vector<WebhookDelivery>> page = co_await services->webhooks->deliveries(query);
  if (!page) co_return std::unexpected(page.error());
  co_return list(*page, *limit,
                 [](const WebhookDelivery& delivery) { return make_cursor(kDeliveries, delivery.id.value); });
}

Task<Result<Reply>> resend_webhook_delivery(const Services* services, Call call) {
  const Result<WebhookDeliveryId> id = path_id<WebhookDeliveryId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<WebhookDelivery> delivery = co_await services->webhooks->resend(call.who.actor, *id);
  if (!delivery) co_return std::unexpected(delivery.error());
  co_return ok(*delivery);
}

}  // namespace keyledger::api
