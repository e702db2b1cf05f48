// service/webhooks/noting.h: what becomes of a delivery, and of its endpoint, after an attempt.
#pragma once

#include "service/webhooks/webhooks.h"

namespace keyledger::service {

/// Notes what came of an attempt. `again`: whether one that failed is repeated.
[[nodiscard]] Result<store::WebhookStore::Delivery> note_attempt(store::Transaction& transaction,
                                                                 store::WebhookStore::Delivery delivery,
                                                                 const WebhookOutcome& outcome, bool again,
                                                                 Instant now);

}  // namespace keyledger::service
