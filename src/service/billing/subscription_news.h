// service/billing/subscription_news.h: what is told to others when a subscription changes.
#pragma once

#include "service/billing/subscriptions.h"
#include "service/webhooks/queue.h"

namespace keyledger::service {

/// `action`: start, change, cancel, resume, or apply, when what was agreed to comes into force. Nothing where there is
/// no queue.
[[nodiscard]] Result<void> tell_subscription(store::Transaction& transaction, const WebhookQueue* webhooks,
                                             const SubscriptionView& view, std::string_view action, Instant now);

}  // namespace keyledger::service
