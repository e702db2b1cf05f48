// service/webhooks/views.h: what the store keeps of webhooks, as the service shows it; and what a secret is bound to.
#pragma once

#include "service/webhooks/webhooks.h"

namespace keyledger::service {

[[nodiscard]] WebhookEndpoint endpoint_view(store::WebhookStore::Endpoint row);
[[nodiscard]] WebhookDelivery delivery_view(store::WebhookStore::Delivery row);
/// What a sealed signing secret is bound to.
[[nodiscard]] std::string sealed_row(WebhookEndpointId id);
/// "webhooks/3", for the audit log.
[[nodiscard]] std::string webhook_subject(WebhookEndpointId id);

}  // namespace keyledger::service
