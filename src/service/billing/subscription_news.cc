#include "service/billing/subscription_news.h"

namespace keyledger::service {
namespace {

std::string text_of(LocalDay day) {
  return to_string(Day{day.time_since_epoch()});
}

}  // namespace

Result<void> tell_subscription(store::Transaction& transaction, const WebhookQueue* webhooks,
                               const SubscriptionView& view, std::string_view action, Instant now) {
  if (webhooks == nullptr) return {};
  const billing::Subscription& subscription = view.subscription;
  const billing::Agreement& agreement = subscription.agreement;
  std::vector<WebhookFact> data{{"subscription_id", subscription.id.value},
                                {"action", std::string{action}},
                                {"status", boost::describe::enum_to_string(view.status, "")},
                                {"customer_id", subscription.customer_id.value},
                                {"customer_name", view.customer_name},
                                {"plan_id", view.plan_id.value},
                                {"plan_name", view.plan_name},
                                {"currency", std::string{subscription.currency.text()}},
                                {"starts", text_of(agreement.changes.front().from)},
                                {"ends", nullptr},
                                {"next_plan_id", nullptr},
                                {"next_plan_name", nullptr},
                                {"next_plan_from", nullptr}};
  const auto set = [&data](std::string_view name, auto value) {
    for (WebhookFact& fact : data) {
      if (fact.name == name) fact.value = std::move(value);
    }
  };
  if (agreement.ends) set("ends", text_of(*agreement.ends));
  if (view.next_change) {
    set("next_plan_id", view.next_change->plan_id.value);
    set("next_plan_name", view.next_plan_name);
    set("next_plan_from", text_of(view.next_change->from));
  }
  return webhooks->tell(transaction, WebhookTopic::subscription_changed, data, now);
}

}  // namespace keyledger::service
