// domain/billing/records.h: plans and subscriptions as they are stored.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/instant.h"
#include "domain/billing/rating.h"

namespace keyledger::billing {

using SubscriptionId = Id<struct SubscriptionTag>;

struct Plan {
  PlanId id{};
  std::string name{}, description{};
  std::int64_t version = 1;              // the newest
  PlanTerms terms{};                     // of the newest version
  std::optional<Instant> archived_at{};  // no new subscriptions
  std::int64_t subscribers = 0;          // subscriptions that have not ended
  Instant created_at{}, updated_at{};
};

/// One customer has one subscription at a time. Days are those of the customer's clocks.
struct Subscription {
  SubscriptionId id{};
  CustomerId customer_id{};
  Currency currency{};
  Agreement agreement{};
  PlanId applied_plan_id{};  // whose limits the keys have now; 0: their own
  std::int64_t applied_version = 0;
  Instant created_at{}, updated_at{};
};

}  // namespace keyledger::billing
