// store/webhook_store.h: who is told what has happened, the messages, and how each delivery goes.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"

namespace keyledger::store {

using WebhookEndpointId = Id<struct WebhookEndpointTag>;
using WebhookDeliveryId = Id<struct WebhookDeliveryTag>;

BOOST_DEFINE_ENUM_CLASS(DeliveryState, pending, delivered, failed)

/// Every function runs inside the caller's transaction.
class WebhookStore {
 public:
  struct Endpoint {
    WebhookEndpointId id{};
    std::string url{}, description{};
    std::string topics{};  // comma between; empty: all
    std::optional<Instant> disabled_at{};
    std::string disabled_reason{};
    std::int64_t failed_in_a_row = 0;
    std::optional<Instant> last_delivered_at{};
    Instant created_at{}, updated_at{};
  };
  struct Message {
    std::string message_id{}, topic{}, payload{};
    Instant created_at{};
  };
  struct Delivery {
    WebhookDeliveryId id{};
    WebhookEndpointId endpoint_id{};
    std::int64_t message_number = 0;  // of the message's row
    std::string message_id{}, topic{};
    DeliveryState state = DeliveryState::pending;
    std::int64_t attempts = 0;
    std::optional<Instant> next_attempt_at{}, last_attempt_at{}, delivered_at{};
    std::optional<std::int64_t> last_status{};
    std::string last_error{}, payload{};
    Instant created_at{};
  };
  struct DeliveryPage {
    WebhookEndpointId endpoint_id{};
    WebhookDeliveryId before{};  // 0: from the newest on
    std::optional<DeliveryState> state{};
    std::int64_t limit = 50;
  };
  struct Due {
    WebhookDeliveryId id{};
    WebhookEndpointId endpoint_id{};
  };
  struct Listener {
    WebhookEndpointId id{};
    std::string topics{};
  };

  /// Without a secret: sealing binds the id.
  [[nodiscard]] static Result<WebhookEndpointId> insert(Transaction& transaction, const Endpoint& endpoint);
  [[nodiscard]] static Result<void> put_secret(Transaction& transaction, WebhookEndpointId id, const Bytes& sealed);
  [[nodiscard]] static Result<Bytes> sealed_secret(Transaction& transaction, WebhookEndpointId id);
  /// Errors: not_found, reason unknown_webhook.
  [[nodiscard]] static Result<void> update(Transaction& transaction, const Endpoint& endpoint);
  [[nodiscard]] static Result<Endpoint> get(Transaction& transaction, WebhookEndpointId id);
  /// With its deliveries. Errors: not_found, reason unknown_webhook.
  [[nodiscard]] static Result<void> remove(Transaction& transaction, WebhookEndpointId id);
  [[nodiscard]] static Result<std::vector<Endpoint>> all(Transaction& transaction);
  /// Those that are enabled.
  [[nodiscard]] static Result<std::vector<Listener>> listeners(Transaction& transaction);

  /// Answers the number of its row, or nothing where there is a message of that id already.
  [[nodiscard]] static Result<std::optional<std::int64_t>> add_message(Transaction& transaction,
                                                                       const Message& message);
  /// A delivery of a message, pending from `now` on.
  [[nodiscard]] static Result<WebhookDeliveryId> add_delivery(Transaction& transaction, std::int64_t message_number,
                                                              WebhookEndpointId endpoint, Instant now);
  /// Whether more than `most` of the endpoint's deliveries are pending.
  [[nodiscard]] static Result<bool> more_pending_than(Transaction& transaction, WebhookEndpointId endpoint,
                                                      std::int64_t most);
  /// State, attempts and what came of the last one. Errors: not_found, reason unknown_delivery.
  [[nodiscard]] static Result<void> update(Transaction& transaction, const Delivery& delivery);
  [[nodiscard]] static Result<Delivery> get(Transaction& transaction, WebhookDeliveryId id);
  /// The newest first.
  [[nodiscard]] static Result<std::vector<Delivery>> deliveries(Transaction& transaction, const DeliveryPage& page);

  /// Of each enabled endpoint the delivery that has been due for longest.
  [[nodiscard]] static Result<std::vector<Due>> due(Transaction& transaction, Instant now);
  /// When the next delivery to an enabled endpoint is due.
  [[nodiscard]] static Result<std::optional<Instant>> next_due(Transaction& transaction);
  /// Forgets deliveries that were made before `instant`, whatever became of them, and messages that nobody gets.
  [[nodiscard]] static Result<std::int64_t> forget_before(Transaction& transaction, Instant instant);
};

[[nodiscard]] std::unexpected<Error> unknown_webhook(WebhookEndpointId id);
[[nodiscard]] std::unexpected<Error> unknown_delivery(WebhookDeliveryId id);

}  // namespace keyledger::store
