// service/billing/invoice_acts.h: what is done to an invoice, inside the transaction that does it.
#pragma once

#include "service/billing/invoice_reader.h"

namespace keyledger::service {

/// One act on one invoice, inside its transaction.
class InvoiceAct {
 public:
  InvoiceAct(store::Transaction* transaction, const Invoices::Hooks* hooks, const Actor* actor, Instant now)
      : transaction_(*transaction), hooks_(*hooks), actor_(*actor), now_(now) {}

  /// Nothing: what the draft was rated on has changed meanwhile.
  [[nodiscard]] Result<std::optional<InvoiceView>> finalise(const RatedDraft& draft) const;
  [[nodiscard]] Result<InvoiceView> pay(billing::InvoiceId id, Instant paid_at, const std::string& note) const;
  [[nodiscard]] Result<InvoiceView> credit(billing::InvoiceId id, const CreditRequest& request) const;
  [[nodiscard]] Result<InvoiceView> annotate(billing::InvoiceId id, const std::string& notes) const;

 private:
  [[nodiscard]] Result<InvoiceView> view(billing::InvoiceId id) const;
  [[nodiscard]] std::int64_t year() const;
  [[nodiscard]] Result<billing::Invoice> final_of(const RatedDraft& draft, std::string notes) const;
  [[nodiscard]] Result<billing::CreditNote> note_of(const billing::Invoice& invoice,
                                                    const CreditRequest& request) const;
  [[nodiscard]] Result<void> tell(WebhookTopic topic, const billing::Invoice& invoice) const;
  /// A line of the audit log, with what is particular about the act.
  [[nodiscard]] Result<void> record(std::string_view action, const billing::Invoice& invoice, std::string_view what,
                                    std::string text) const;

  store::Transaction& transaction_;
  const Invoices::Hooks& hooks_;
  const Actor& actor_;
  Instant now_;
};

}  // namespace keyledger::service
