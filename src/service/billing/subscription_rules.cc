#include "service/billing/subscription_rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::service {
namespace {

using billing::Agreement;
using billing::Plan;
using billing::PlanChange;
using billing::Subscription;
using std::chrono::days;

constexpr days kFarthestStart{366};

std::unexpected<Error> subscription_ended() {
  return fail(Code::conflict, "The subscription has ended; start another one.", "subscription_ended");
}

/// A price by hand is said with the subscription, and with no other plan's.
Result<void> check_price(const Plan& plan, const std::optional<std::int64_t>& monthly_nanos) {
  if (plan.terms.price_by_hand && !monthly_nanos) {
    return fail(Code::invalid_argument, fmt::format("The price of {} is agreed by hand; say it.", plan.name),
                "price_required", "monthly_price");
  }
  if (!plan.terms.price_by_hand && monthly_nanos) {
    return fail(Code::invalid_argument, fmt::format("{} has a price of its own; leave this one out.", plan.name),
                "price_not_by_hand", "monthly_price");
  }
  if (monthly_nanos && (*monthly_nanos < 0 || *monthly_nanos > billing::kPriceNanosMax)) {
    return fail(Code::invalid_argument, "A price is from 0 to 1,000,000.", "out_of_range", "monthly_price");
  }
  return {};
}

Result<void> check_open(const Plan& plan) {
  if (!plan.archived_at) return {};
  return fail(Code::conflict, fmt::format("{} is archived and takes no new subscriptions.", plan.name), "plan_archived",
              "plan_id");
}

}  // namespace

bool has_ended(const Subscription& subscription, LocalDay today) {
  return subscription.agreement.ends && *subscription.agreement.ends <= today;
}

SubscriptionStatus status_of(const Subscription& subscription, LocalDay today) {
  const Agreement& agreement = subscription.agreement;
  if (has_ended(subscription, today)) return SubscriptionStatus::ended;
  if (agreement.changes.front().from > today) return SubscriptionStatus::upcoming;
  if (agreement.ends) return SubscriptionStatus::ending;
  if (agreement.trial_until && *agreement.trial_until > today) return SubscriptionStatus::trial;
  return SubscriptionStatus::active;
}

const PlanChange& change_on(const Subscription& subscription, LocalDay day) {
  const std::vector<PlanChange>& changes = subscription.agreement.changes;
  const auto later = std::ranges::find_if(changes, [&](const PlanChange& change) { return change.from > day; });
  return later == changes.begin() ? changes.front() : *std::prev(later);
}

Result<Subscription> begun(const NewSubscription& asked, const Plan& plan, LocalDay today) {
  const LocalDay starts = asked.starts.value_or(today);
  if (starts < today - kFarthestStart || starts > today + kFarthestStart) {
    return fail(Code::invalid_argument, "A subscription starts at most a year ago, or in a year.", "out_of_range",
                "starts");
  }
  if (asked.ends && *asked.ends <= starts) {
    return fail(Code::invalid_argument, "The first day that is not subscribed comes after the first that is.",
                "period_reversed", "ends");
  }
  const int day = static_cast<int>(static_cast<unsigned>(std::chrono::year_month_day{starts}.day()));
  const int anchor = asked.anchor.value_or(day);
  if (anchor < 1 || anchor > 31) {
    return fail(Code::invalid_argument, "The day on which periods begin is from 1 to 31.", "out_of_range", "anchor");
  }
  Result<void> fine = check_open(plan);
  if (fine) fine = check_price(plan, asked.monthly_nanos);
  if (!fine) return std::unexpected(fine.error());
  Subscription made{.customer_id = asked.customer_id, .currency = plan.terms.currency};
  made.agreement.anchor = anchor;
  made.agreement.changes.push_back({starts, plan.id, plan.version, asked.monthly_nanos});
  made.agreement.ends = asked.ends;
  if (plan.terms.trial_days > 0) made.agreement.trial_until = starts + days{plan.terms.trial_days};
  return made;
}

Result<void> change_plan_of(Subscription& subscription, const SubscriptionChange& asked, const Plan& plan,
                            LocalDay today) {
  if (has_ended(subscription, today)) return subscription_ended();
  if (plan.terms.currency != subscription.currency) {
    return fail(Code::conflict,
                fmt::format("The subscription is in {}, and {} in {}; end it and start another one.",
                            subscription.currency.text(), plan.name, plan.terms.currency.text()),
                "other_currency", "plan_id");
  }
  Result<void> fine = check_open(plan);
  if (fine) fine = check_price(plan, asked.monthly_nanos);
  if (!fine) return fine;
  Agreement& agreement = subscription.agreement;
  const LocalDay now = std::max(today, agreement.changes.front().from);
  const LocalDay from = asked.when == ChangeTime::now ? now : billing::period_of(agreement.anchor, now).until;
  if (agreement.ends && from >= *agreement.ends) {
    return fail(Code::conflict, "The subscription ends before the change; take the cancellation back first.",
                "subscription_ended", "when");
  }
  const PlanChange current = change_on(subscription, now);
  const bool same = current.plan_id == plan.id && current.monthly_nanos == asked.monthly_nanos;
  const std::size_t planned =
      std::erase_if(agreement.changes, [&](const PlanChange& change) { return change.from > now; });
  if (same && planned > 0) return {};  // what was planned is taken back
  if (same) return fail(Code::conflict, fmt::format("The customer has {} already.", plan.name), "same_plan", "plan_id");
  std::erase_if(agreement.changes, [&](const PlanChange& change) { return change.from == from; });
  agreement.changes.push_back({from, plan.id, plan.version, asked.monthly_nanos});
  return {};
}

Result<void> cancel(Subscription& subscription, ChangeTime when, LocalDay today) {
  if (has_ended(subscription, today)) return subscription_ended();
  Agreement& agreement = subscription.agreement;
  const LocalDay now = std::max(today, agreement.changes.front().from);
  agreement.ends = when == ChangeTime::now ? now : billing::period_of(agreement.anchor, now).until;
  std::erase_if(agreement.changes,
                [&](const PlanChange& change) { return change.from > now && change.from >= *agreement.ends; });
  return {};
}

Result<void> resume(Subscription& subscription, LocalDay today) {
  if (has_ended(subscription, today)) return subscription_ended();
  if (!subscription.agreement.ends) {
    return fail(Code::conflict, "The subscription was not cancelled.", "not_cancelled");
  }
  subscription.agreement.ends.reset();
  return {};
}

}  // namespace keyledger::service
