#include "store/webhook_store.h"

#include <fmt/format.h>

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(WebhookStore::Endpoint, (),
                      (id, url, description, topics, disabled_at, disabled_reason, failed_in_a_row, last_delivered_at,
                       created_at, updated_at))
BOOST_DESCRIBE_STRUCT(WebhookStore::Message, (), (message_id, topic, payload, created_at))
BOOST_DESCRIBE_STRUCT(WebhookStore::Delivery, (),
                      (id, endpoint_id, message_number, message_id, topic, state, attempts, next_attempt_at,
                       last_attempt_at, delivered_at, last_status, last_error, payload, created_at))
BOOST_DESCRIBE_STRUCT(WebhookStore::DeliveryPage, (), (endpoint_id, before, state, limit))
BOOST_DESCRIBE_STRUCT(WebhookStore::Due, (), (id, endpoint_id))
BOOST_DESCRIBE_STRUCT(WebhookStore::Listener, (), (id, topics))

namespace {

using Endpoint = WebhookStore::Endpoint;
using Delivery = WebhookStore::Delivery;

struct EndpointById {
  WebhookEndpointId id{};
};
BOOST_DESCRIBE_STRUCT(EndpointById, (), (id))

struct DeliveryById {
  WebhookDeliveryId id{};
};
BOOST_DESCRIBE_STRUCT(DeliveryById, (), (id))

struct SealedSecret {
  WebhookEndpointId id{};
  Bytes sealed{};
};
BOOST_DESCRIBE_STRUCT(SealedSecret, (), (id, sealed))

struct NewEndpoint : Endpoint {
  Bytes no_secret{};
};
BOOST_DESCRIBE_STRUCT(NewEndpoint, (Endpoint), (no_secret))

struct NewDelivery {
  std::int64_t message = 0;
  WebhookEndpointId endpoint{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(NewDelivery, (), (message, endpoint, now))

struct PendingBeyond {
  WebhookEndpointId endpoint{};
  std::int64_t most = 0;
};
BOOST_DESCRIBE_STRUCT(PendingBeyond, (), (endpoint, most))

struct AtInstant {
  Instant instant{};
};
BOOST_DESCRIBE_STRUCT(AtInstant, (), (instant))

Result<void> changed_one(const Result<std::int64_t>& changed, std::unexpected<Error> none) {
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return none;
  return {};
}

const std::string kEndpointColumns =
    "id, url, description, topics, disabled_at, disabled_reason, failed_in_a_row, last_delivered_at, created_at, "
    "updated_at";

const std::string kDeliveries = R"sql(
    SELECT d.id, d.endpoint_id, d.message_id, m.message_id, m.topic, d.state, d.attempts, d.next_attempt_at,
           d.last_attempt_at, d.delivered_at, d.last_status, d.last_error, m.payload, d.created_at
      FROM webhook_deliveries d JOIN webhook_messages m ON m.id = d.message_id )sql";

}  // namespace

std::unexpected<Error> unknown_webhook(WebhookEndpointId id) {
  return fail(Code::not_found, fmt::format("There is no webhook endpoint {}.", id.value), "unknown_webhook");
}

std::unexpected<Error> unknown_delivery(WebhookDeliveryId id) {
  return fail(Code::not_found, fmt::format("There is no delivery {}.", id.value), "unknown_delivery");
}

Result<WebhookEndpointId> WebhookStore::insert(Transaction& transaction, const Endpoint& endpoint) {
  static const Query<Single<WebhookEndpointId>> kInsert{R"sql(
    INSERT INTO webhook_endpoints (url, description, topics, sealed_secret, disabled_at, disabled_reason,
                                   failed_in_a_row, last_delivered_at, created_at, updated_at)
    VALUES (:url, :description, :topics, :no_secret, :disabled_at, :disabled_reason, :failed_in_a_row, :last_delivered_at,
            :created_at, :updated_at) RETURNING id)sql"};
  const Result<std::optional<Single<WebhookEndpointId>>> row = transaction.one(kInsert, NewEndpoint{endpoint, {}});
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "an insert returns its id");
  return (*row)->value;
}

Result<void> WebhookStore::put_secret(Transaction& transaction, WebhookEndpointId id, const Bytes& sealed) {
  static const Query<void> kPut{"UPDATE webhook_endpoints SET sealed_secret = :sealed WHERE id = :id"};
  return changed_one(transaction.change(kPut, SealedSecret{id, sealed}), unknown_webhook(id));
}

Result<Bytes> WebhookStore::sealed_secret(Transaction& transaction, WebhookEndpointId id) {
  static const Query<Single<Bytes>> kGet{"SELECT sealed_secret FROM webhook_endpoints WHERE id = :id"};
  Result<std::optional<Single<Bytes>>> row = transaction.one(kGet, EndpointById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_webhook(id);
  return std::move((*row)->value);
}

Result<void> WebhookStore::update(Transaction& transaction, const Endpoint& endpoint) {
  static const Query<void> kUpdate{R"sql(
    UPDATE webhook_endpoints
       SET url = :url, description = :description, topics = :topics, disabled_at = :disabled_at,
           disabled_reason = :disabled_reason, failed_in_a_row = :failed_in_a_row,
           last_delivered_at = :last_delivered_at, updated_at = :updated_at
     WHERE id = :id)sql"};
  return changed_one(transaction.change(kUpdate, endpoint), unknown_webhook(endpoint.id));
}

Result<Endpoint> WebhookStore::get(Transaction& transaction, WebhookEndpointId id) {
  static const Query<Endpoint> kGet{"SELECT " + kEndpointColumns + " FROM webhook_endpoints WHERE id = :id"};
  Result<std::optional<Endpoint>> row = transaction.one(kGet, EndpointById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_webhook(id);
  return std::move(**row);
}

Result<void> WebhookStore::remove(Transaction& transaction, WebhookEndpointId id) {
  static const Query<void> kDeliveriesOf{"DELETE FROM webhook_deliveries WHERE endpoint_id = :id"};
  static const Query<void> kEndpoint{"DELETE FROM webhook_endpoints WHERE id = :id"};
  const Result<std::int64_t> emptied = transaction.change(kDeliveriesOf, EndpointById{id});
  if (!emptied) return std::unexpected(emptied.error());
  return changed_one(transaction.change(kEndpoint, EndpointById{id}), unknown_webhook(id));
}

Result<std::vector<Endpoint>> WebhookStore::all(Transaction& transaction) {
  static const Query<Endpoint> kAll{"SELECT " + kEndpointColumns + " FROM webhook_endpoints ORDER BY id"};
  return transaction.all(kAll);
}

Result<std::vector<WebhookStore::Listener>> WebhookStore::listeners(Transaction& transaction) {
  static const Query<Listener> kListeners{
      "SELECT id, topics FROM webhook_endpoints WHERE disabled_at IS NULL ORDER BY id"};
  return transaction.all(kListeners);
}

Result<std::optional<std::int64_t>> WebhookStore::add_message(Transaction& transaction, const Message& message) {
  static const Query<Single<std::int64_t>> kInsert{R"sql(
    INSERT INTO webhook_messages (message_id, topic, payload, created_at)
    VALUES (:message_id, :topic, :payload, :created_at) ON CONFLICT (message_id) DO NOTHING RETURNING id)sql"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kInsert, message);
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  return (*row)->value;
}

Result<WebhookDeliveryId> WebhookStore::add_delivery(Transaction& transaction, std::int64_t message_number,
                                                     WebhookEndpointId endpoint, Instant now) {
  static const Query<Single<WebhookDeliveryId>> kInsert{R"sql(
    INSERT INTO webhook_deliveries (message_id, endpoint_id, state, attempts, next_attempt_at, last_error, created_at)
    VALUES (:message, :endpoint, 'pending', 0, :now, '', :now) RETURNING id)sql"};
  const Result<std::optional<Single<WebhookDeliveryId>>> row =
      transaction.one(kInsert, NewDelivery{message_number, endpoint, now});
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "an insert returns its id");
  return (*row)->value;
}

Result<bool> WebhookStore::more_pending_than(Transaction& transaction, WebhookEndpointId endpoint, std::int64_t most) {
  static const Query<Single<std::int64_t>> kBeyond{R"sql(
    SELECT id FROM webhook_deliveries WHERE endpoint_id = :endpoint AND next_attempt_at IS NOT NULL
     ORDER BY next_attempt_at LIMIT 1 OFFSET :most)sql"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kBeyond, PendingBeyond{endpoint, most});
  if (!row) return std::unexpected(row.error());
  return row->has_value();
}

Result<void> WebhookStore::update(Transaction& transaction, const Delivery& delivery) {
  static const Query<void> kUpdate{R"sql(
    UPDATE webhook_deliveries
       SET state = :state, attempts = :attempts, next_attempt_at = :next_attempt_at, last_status = :last_status,
           last_error = :last_error, last_attempt_at = :last_attempt_at, delivered_at = :delivered_at
     WHERE id = :id)sql"};
  return changed_one(transaction.change(kUpdate, delivery), unknown_delivery(delivery.id));
}

Result<Delivery> WebhookStore::get(Transaction& transaction, WebhookDeliveryId id) {
  static const Query<Delivery> kGet{kDeliveries + "WHERE d.id = :id"};
  Result<std::optional<Delivery>> row = transaction.one(kGet, DeliveryById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_delivery(id);
  return std::move(**row);
}

Result<std::vector<Delivery>> WebhookStore::deliveries(Transaction& transaction, const DeliveryPage& page) {
  static const Query<Delivery> kPage{kDeliveries + R"sql(
     WHERE d.endpoint_id = :endpoint_id AND (:before = 0 OR d.id < :before) AND (:state IS NULL OR d.state = :state)
     ORDER BY d.id DESC LIMIT :limit)sql"};
  return transaction.all(kPage, page);
}

Result<std::vector<WebhookStore::Due>> WebhookStore::due(Transaction& transaction, Instant now) {
  // One look into the index for each endpoint: a long queue for one of them costs the others nothing.
  static const Query<Due> kDue{R"sql(
    SELECT d.id, d.endpoint_id FROM webhook_endpoints e JOIN webhook_deliveries d ON d.id =
           (SELECT first.id FROM webhook_deliveries first
             WHERE first.endpoint_id = e.id AND first.next_attempt_at IS NOT NULL AND first.next_attempt_at <= :instant
             ORDER BY first.next_attempt_at, first.id LIMIT 1)
     WHERE e.disabled_at IS NULL ORDER BY d.next_attempt_at, d.id)sql"};
  return transaction.all(kDue, AtInstant{now});
}

Result<std::optional<Instant>> WebhookStore::next_due(Transaction& transaction) {
  static const Query<Single<std::optional<Instant>>> kNext{R"sql(
    SELECT MIN((SELECT MIN(d.next_attempt_at) FROM webhook_deliveries d
                 WHERE d.endpoint_id = e.id AND d.next_attempt_at IS NOT NULL))
      FROM webhook_endpoints e WHERE e.disabled_at IS NULL)sql"};
  const Result<std::optional<Single<std::optional<Instant>>>> row = transaction.one(kNext);
  if (!row) return std::unexpected(row.error());
  return *row ? (*row)->value : std::nullopt;
}

Result<std::int64_t> WebhookStore::forget_before(Transaction& transaction, Instant instant) {
  // Ids grow with time, so that the first to stay is found after those that go.
  static const Query<void> kDeliveriesBefore{R"sql(
    DELETE FROM webhook_deliveries WHERE created_at < :instant AND id < COALESCE(
      (SELECT id FROM webhook_deliveries WHERE created_at >= :instant ORDER BY id LIMIT 1), 9223372036854775807))sql"};
  static const Query<void> kMessagesBefore{R"sql(
    DELETE FROM webhook_messages WHERE created_at < :instant AND id < COALESCE(
      (SELECT id FROM webhook_messages WHERE created_at >= :instant ORDER BY id LIMIT 1), 9223372036854775807)
       AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.message_id = webhook_messages.id))sql"};
  const Result<std::int64_t> deliveries = transaction.change(kDeliveriesBefore, AtInstant{instant});
  if (!deliveries) return deliveries;
  const Result<std::int64_t> messages = transaction.change(kMessagesBefore, AtInstant{instant});
  if (!messages) return messages;
  return *deliveries;
}

}  // namespace keyledger::store
