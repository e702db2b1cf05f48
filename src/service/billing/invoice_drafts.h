// service/billing/invoice_drafts.h: which periods of a subscription are over and on no invoice yet. Pure.
#pragma once

#include "base/zone.h"
#include "store/billing/invoice_store.h"

namespace keyledger::service {

/// A draft for each such period, in order. `zone`: the customer's. A period is over when its last subscribed day is, on
/// the customer's clocks.
void add_due_drafts(std::vector<billing::Invoice>& drafts, const store::InvoiceStore::Unbilled& subscription,
                    const Zone& zone, Instant now);

}  // namespace keyledger::service
