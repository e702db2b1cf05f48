// service/billing/invoice_reader.h: invoices as they are shown: drafts rated now, final ones as they were stored.
#pragma once

#include "service/billing/invoices.h"
#include "store/billing/customer_billing_store.h"
#include "store/billing/invoice_store.h"
#include "store/billing/subscription_store.h"

namespace keyledger::service {

/// What a draft's figures rest on, beside the ledger and prices: neither of which changes what was read of a period
/// that is over.
struct InvoiceBasis {
  store::SubscriptionStore::Row subscription{};
  store::CustomerBillingStore::Row billing{};
  Zone zone{};  // the customer's
  [[nodiscard]] bool same_as(const InvoiceBasis& other) const;
};
[[nodiscard]] Result<InvoiceBasis> basis_of(store::Transaction& transaction, const Invoices::Hooks& hooks,
                                            billing::SubscriptionId subscription);

[[nodiscard]] std::unexpected<Error> already_final(const billing::Invoice& invoice);

/// A draft as it would be if it were final now.
struct RatedDraft {
  InvoiceView view{};
  RatedPeriod rated{};
  InvoiceBasis basis{};
};

/// For one transaction; what was read of plans and keys is kept for the next invoice.
class InvoiceReader {
 public:
  InvoiceReader(store::Transaction* transaction, const Invoices::Hooks* hooks, Instant now)
      : transaction_(transaction), hooks_(hooks), now_(now), rater_(transaction) {}

  /// With lines and credit notes, or for a list. Errors: not_found, reason unknown_invoice.
  [[nodiscard]] Result<InvoiceView> get(billing::InvoiceId id);
  [[nodiscard]] Result<InvoiceView> get_brief(billing::InvoiceId id);
  /// Errors: as Invoices::preview.
  [[nodiscard]] Result<InvoiceView> preview(CustomerId customer);
  /// Errors: conflict, reasons already_final, period_not_over, earlier_draft; too_large, reason amount_too_large.
  [[nodiscard]] Result<RatedDraft> to_finalise(billing::InvoiceId id);

 private:
  /// Everything but id, state and notes. An amount that cannot be said is among what is missing.
  [[nodiscard]] Result<RatedDraft> rate(InvoiceView view, InvoiceBasis basis);
  [[nodiscard]] Result<InvoiceView> find(billing::InvoiceId id);

  store::Transaction* transaction_;
  const Invoices::Hooks* hooks_;
  Instant now_;
  Rater rater_;
};

}  // namespace keyledger::service
