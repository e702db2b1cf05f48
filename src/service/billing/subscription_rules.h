// service/billing/subscription_rules.h: how a subscription stands on a day, and how it is changed. Days are the
// customer's.
#pragma once

#include "service/billing/subscriptions.h"
#include "store/billing/subscription_store.h"

namespace keyledger::service {

[[nodiscard]] SubscriptionStatus status_of(const billing::Subscription& subscription, LocalDay today);
[[nodiscard]] bool has_ended(const billing::Subscription& subscription, LocalDay today);
/// What the customer has on this day; before the first, what they will have.
[[nodiscard]] const billing::PlanChange& change_on(const billing::Subscription& subscription, LocalDay day);

/// What was asked for, checked against the plan. Errors: as Subscriptions::start.
[[nodiscard]] Result<billing::Subscription> begun(const NewSubscription& asked, const billing::Plan& plan,
                                                  LocalDay today);
/// Errors: as Subscriptions::change.
[[nodiscard]] Result<void> change_plan_of(billing::Subscription& subscription, const SubscriptionChange& asked,
                                          const billing::Plan& plan, LocalDay today);
/// Errors: as Subscriptions::cancel and resume.
[[nodiscard]] Result<void> cancel(billing::Subscription& subscription, ChangeTime when, LocalDay today);
[[nodiscard]] Result<void> resume(billing::Subscription& subscription, LocalDay today);

}  // namespace keyledger::service
