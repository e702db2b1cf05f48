// service/billing/subscriptions.h: which customer has which plan, from when to when, and whose limits the keys have.
#pragma once

#include "domain/billing/records.h"
#include "service/actor.h"
#include "service/admission/key_table.h"
#include "service/core.h"
#include "service/once.h"

namespace keyledger::service {

BOOST_DEFINE_ENUM_CLASS(SubscriptionStatus, upcoming, trial, active, ending, ended)
/// now: from the beginning of today, by the day; period_end: from the next period on.
BOOST_DEFINE_ENUM_CLASS(ChangeTime, now, period_end)

struct NewSubscription {
  CustomerId customer_id{};
  billing::PlanId plan_id{};
  std::optional<LocalDay> starts{};  // today where it is left out; at most a year back or ahead
  std::optional<LocalDay> ends{};
  std::optional<int> anchor{};  // day of the month; that of `starts` where it is left out
  std::optional<std::int64_t> monthly_nanos{};
};

struct SubscriptionChange {
  billing::PlanId plan_id{};
  ChangeTime when = ChangeTime::now;
  std::optional<std::int64_t> monthly_nanos{};
};

struct SubscriptionView {
  billing::Subscription subscription{};
  std::string customer_name{};
  SubscriptionStatus status = SubscriptionStatus::active;
  billing::PlanId plan_id{};  // now, or first
  std::string plan_name{}, sentence{};
  std::optional<std::int64_t> monthly_nanos{};  // agreed instead of the plan's
  billing::DaySpan period{};                    // that today is in
  std::string timezone{};
  std::optional<billing::PlanChange> next_change{};
  std::string next_plan_name{};
};

struct SubscriptionQuery {
  billing::SubscriptionId after{};
  std::optional<CustomerId> customer_id{};
  std::optional<billing::PlanId> plan_id{};
  std::int64_t limit = 50;
};

class WebhookQueue;

/// While a customer is subscribed, the limits of the plan stand for the keys' own, which come back when it ends.
class Subscriptions {
 public:
  /// `zone_named`: of a customer; the installation's for an empty name. `refresh_counts`: what limits that are new to a
  /// key saw before (Admission::refresh_counts).
  struct Hooks {
    std::function<Zone(const std::string& timezone)> zone_named{};
    std::function<runtime::Task<Result<void>>(CustomerKeyId)> refresh_counts{};
    const WebhookQueue* webhooks = nullptr;
  };
  Subscriptions(Core core, KeyTable* table, Hooks hooks) : core_(core), table_(table), hooks_(std::move(hooks)) {}

  [[nodiscard]] runtime::Task<Result<std::vector<SubscriptionView>>> list(SubscriptionQuery query) const;
  /// Errors: not_found, reason unknown_subscription.
  [[nodiscard]] runtime::Task<Result<SubscriptionView>> get(billing::SubscriptionId id) const;
  /// Errors: invalid_argument, reasons out_of_range (starts, anchor), period_reversed (ends is not after starts),
  ///         price_required (the plan's price is by hand), price_not_by_hand; conflict, reasons already_subscribed,
  ///         plan_archived; not_found, reasons unknown_customer, unknown_plan.
  [[nodiscard]] runtime::Task<Result<SubscriptionView>> start(Actor actor, NewSubscription subscription,
                                                              Once<SubscriptionView> once);
  /// A later change that was planned goes. Errors: as start; conflict, reasons other_currency, subscription_ended,
  /// same_plan.
  [[nodiscard]] runtime::Task<Result<SubscriptionView>> change(Actor actor, billing::SubscriptionId id,
                                                               SubscriptionChange change);
  /// now: today is the first day that is not subscribed. Errors: conflict, reason subscription_ended.
  [[nodiscard]] runtime::Task<Result<SubscriptionView>> cancel(Actor actor, billing::SubscriptionId id,
                                                               ChangeTime when);
  /// Takes back a cancellation that has not come true. Errors: conflict, reasons subscription_ended, not_cancelled.
  [[nodiscard]] runtime::Task<Result<SubscriptionView>> resume(Actor actor, billing::SubscriptionId id);

  /// Subscribes a customer who has no subscription to the plan from today on; one who has that plan already stays as
  /// they are. For the transaction of whoever does more. Errors: as start.
  [[nodiscard]] Result<void> ensure(store::Transaction& transaction, const Actor& actor, CustomerId customer,
                                    billing::PlanId plan) const;

  /// Gives the keys of customers whose plan begins, changes or ends today its limits. At the start, and every minute.
  [[nodiscard]] runtime::Task<Result<void>> apply_due();

 private:
  using Mutation = std::function<Result<SubscriptionView>(store::Transaction&)>;
  [[nodiscard]] runtime::Task<Result<SubscriptionView>> carry_out(Mutation mutation);
  [[nodiscard]] runtime::Task<> count_new_limits(CustomerId customer);

  Core core_;
  KeyTable* table_;
  Hooks hooks_;
};

}  // namespace keyledger::service
