#include "api/billing/subscription_json.h"

namespace keyledger::service {
namespace {

Day to_day(LocalDay day) {
  return Day{day.time_since_epoch()};
}

void write_day(json::Writer& out, const std::optional<LocalDay>& day) {
  json::write(out, day ? std::optional{to_day(*day)} : std::optional<Day>{});
}

void write_price(json::Writer& out, const std::optional<std::int64_t>& nanos) {
  json::write(out, nanos ? std::optional{to_decimal(*nanos)} : std::optional<std::string>{});
}

void write_next(json::Writer& out, const SubscriptionView& view) {
  if (!view.next_change) {
    out.null();
    return;
  }
  out.begin_object();
  json::write(out.name("plan_id"), view.next_change->plan_id);
  json::write(out.name("plan_name"), view.next_plan_name);
  json::write(out.name("from"), to_day(view.next_change->from));
  write_price(out.name("monthly_price"), view.next_change->monthly_nanos);
  out.end_object();
}

}  // namespace

void write(json::Writer& out, const SubscriptionView& view) {
  const billing::Subscription& subscription = view.subscription;
  out.begin_object();
  json::write(out.name("id"), subscription.id);
  json::write(out.name("customer_id"), subscription.customer_id);
  json::write(out.name("customer_name"), view.customer_name);
  json::write(out.name("status"), view.status);
  json::write(out.name("plan_id"), view.plan_id);
  json::write(out.name("plan_name"), view.plan_name);
  json::write(out.name("sentence"), view.sentence);
  out.name("currency").string(subscription.currency.text());
  write_price(out.name("monthly_price"), view.monthly_nanos);
  json::write(out.name("starts"), to_day(subscription.agreement.changes.front().from));
  write_day(out.name("ends"), subscription.agreement.ends);
  write_day(out.name("trial_until"), subscription.agreement.trial_until);
  json::write(out.name("anchor"), static_cast<std::int64_t>(subscription.agreement.anchor));
  json::write(out.name("period_from"), to_day(view.period.from));
  json::write(out.name("period_until"), to_day(view.period.until));
  json::write(out.name("timezone"), view.timezone);
  write_next(out.name("next_change"), view);
  json::write(out.name("created_at"), subscription.created_at);
  json::write(out.name("updated_at"), subscription.updated_at);
  out.end_object();
}

}  // namespace keyledger::service
