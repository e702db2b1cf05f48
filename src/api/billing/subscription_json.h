// api/billing/subscription_json.h: subscriptions as JSON.
#pragma once

#include "json/write.h"
#include "service/billing/subscriptions.h"

namespace keyledger::service {

void write(json::Writer& out, const SubscriptionView& view);

}  // namespace keyledger::service
