#include "service/billing/invoice_drafts.h"

namespace keyledger::service {

using billing::DaySpan;
using billing::Invoice;

void add_due_drafts(std::vector<Invoice>& drafts, const store::InvoiceStore::Unbilled& subscription, const Zone& zone,
                    Instant now) {
  const LocalDay today = zone.day_of(now);
  const LocalDay ends = subscription.ends.value_or(LocalDay::max());
  LocalDay next = subscription.newest_from ? billing::period_of(subscription.anchor, *subscription.newest_from).until
                                           : subscription.starts;
  while (next < ends) {
    const DaySpan period = billing::period_of(subscription.anchor, next);
    const DaySpan subscribed = billing::common(period, {subscription.starts, ends});
    if (subscribed.until > today) return;
    drafts.push_back({.customer_id = subscription.customer_id,
                      .subscription_id = subscription.id,
                      .period = subscribed,
                      .timezone = std::string{zone.name()},
                      .currency = subscription.currency,
                      .created_at = now,
                      .updated_at = now});
    next = period.until;
  }
}

}  // namespace keyledger::service
