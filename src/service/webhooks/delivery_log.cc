#include "service/audit.h"
#include "service/webhooks/views.h"

// The part of Webhooks that shows what was sent, and has it sent again.

namespace keyledger::service {
namespace {

using store::Transaction;
using store::WebhookStore;
using Delivery = WebhookStore::Delivery;
using Endpoint = WebhookStore::Endpoint;

Result<Delivery> queue_again(Transaction& transaction, const Actor& actor, WebhookDeliveryId id, Instant now) {
  Result<Delivery> delivery = WebhookStore::get(transaction, id);
  if (!delivery) return delivery;
  const Result<Endpoint> endpoint = WebhookStore::get(transaction, delivery->endpoint_id);
  if (!endpoint) return std::unexpected(endpoint.error());
  if (endpoint->disabled_at) {
    return fail(Code::conflict, "The webhook endpoint is disabled; enable it first.", "endpoint_disabled");
  }
  Result<void> done{};
  if (delivery->state == DeliveryState::pending) {
    delivery->next_attempt_at = now;
    done = WebhookStore::update(transaction, *delivery);
  } else {
    const Result<WebhookDeliveryId> fresh =
        WebhookStore::add_delivery(transaction, delivery->message_number, endpoint->id, now);
    if (!fresh) return std::unexpected(fresh.error());
    id = *fresh;
  }
  if (done) {
    done = record_audit(transaction, now, actor, "webhooks.resend", webhook_subject(endpoint->id),
                        {{"message", delivery->message_id}});
  }
  if (!done) return std::unexpected(done.error());
  return WebhookStore::get(transaction, id);
}

}  // namespace

WebhookDelivery delivery_view(Delivery row) {
  return {.id = row.id,
          .endpoint_id = row.endpoint_id,
          .message_id = std::move(row.message_id),
          .topic = std::move(row.topic),
          .state = row.state,
          .attempts = row.attempts,
          .next_attempt_at = row.next_attempt_at,
          .last_attempt_at = row.last_attempt_at,
          .delivered_at = row.delivered_at,
          .last_status = row.last_status,
          .last_error = std::move(row.last_error),
          .payload = std::move(row.payload),
          .created_at = row.created_at};
}

runtime::Task<Result<std::vector<WebhookDelivery>>> Webhooks::deliveries(DeliveryQuery query) const {
  auto read = [query](Transaction& transaction) -> Result<std::vector<WebhookDelivery>> {
    const Result<Endpoint> endpoint = WebhookStore::get(transaction, query.endpoint_id);
    if (!endpoint) return std::unexpected(endpoint.error());
    Result<std::vector<Delivery>> rows =
        WebhookStore::deliveries(transaction, {query.endpoint_id, query.before, query.state, query.limit + 1});
    if (!rows) return std::unexpected(rows.error());
    std::vector<WebhookDelivery> deliveries;
    for (Delivery& row : *rows) deliveries.push_back(delivery_view(std::move(row)));
    return deliveries;
  };
  using Deliveries = std::vector<WebhookDelivery>;
  Result<Deliveries> page = co_await parts_.core.store->readers().run<Deliveries>(std::move(read));
  co_return page;
}

runtime::Task<Result<WebhookDelivery>> Webhooks::resend(Actor actor, WebhookDeliveryId id) {
  auto queue = [actor = std::move(actor), id, alarm = parts_.alarm,
                now = parts_.core.clock->now()](Transaction& transaction) -> Result<WebhookDelivery> {
    Result<Delivery> queued = queue_again(transaction, actor, id, now);
    if (!queued) return std::unexpected(queued.error());
    transaction.after_commit([alarm] { alarm->ring(); });
    return delivery_view(std::move(*queued));
  };
  Result<WebhookDelivery> queued = co_await parts_.core.store->writer().run<WebhookDelivery>(std::move(queue));
  co_return queued;
}

}  // namespace keyledger::service
