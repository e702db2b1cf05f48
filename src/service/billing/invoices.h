// service/billing/invoices.h: bills for periods: drafted by themselves, finalised for good, corrected by credit notes.
#pragma once

#include "base/listing.h"
#include "domain/billing/invoice.h"
#include "service/actor.h"
#include "service/billing/rater.h"
#include "service/core.h"
#include "service/once.h"
#include "service/webhooks/queue.h"

namespace keyledger::service {

/// The seller, as invoices show them, and the terms; from the settings of the installation.
struct SellerTerms {
  billing::Party seller{};
  std::string footer{};
  std::int64_t payment_days = 14;
};

/// A line as it stands on the invoice.
struct InvoiceLine {
  std::int64_t position = 1;
  std::string text{};  // "Rentals, 1 to 30 November 2026: 24, 10 of them included"
  billing::Line line{};
};

/// An invoice as people, JSON, CSV and the print page show it. A draft is rated when it is asked for; a final one is
/// read back as it was stored, and is the same for ever.
struct InvoiceView {
  billing::Invoice invoice{};
  std::string customer_name{};  // today's, for lists; the invoice has its own
  std::vector<InvoiceLine> lines{};
  std::vector<LateUnits> late{};  // of a draft
  std::int64_t unpriced_requests = 0, unpriced_rentals = 0;
  /// What a draft lacks: period_not_over, earlier_draft and amount_too_large (it cannot be rated; its totals are 0)
  /// stand in the way of finalising; seller_name, seller_address, customer_address and unpriced_usage do not.
  std::vector<std::string> missing{};
  std::vector<billing::CreditNote> credit_notes{};
  bool overdue = false;
};

struct InvoiceQuery {
  std::optional<CustomerId> customer_id{};
  std::optional<billing::InvoiceState> state{};
  std::optional<LocalDay> from{}, to{};  // periods that end in these days
  bool overdue = false;                  // only those
  std::string search{};                  // in number and customer
  ListPage<billing::InvoiceSort> page{};
};

struct CreditRequest {
  std::optional<std::int64_t> total_nanos{};  // all that is left, where it is left out
  std::string reason{};
};

class Invoices {
 public:
  /// `settle` brings the rollups up to the last call. `seller` is read at each use.
  struct Hooks {
    std::function<Zone(const std::string& timezone)> zone_named{};  // the installation's for an empty name
    std::function<runtime::Task<Result<void>>()> settle{};
    std::function<SellerTerms()> seller{};
    const WebhookQueue* webhooks = nullptr;
  };
  Invoices(Core core, Hooks hooks) : core_(core), hooks_(std::move(hooks)) {}

  /// Without lines; totals of drafts are rated. What a draft does not have yet comes last, as what is unknown does: its
  /// number, its due date, and its total, which is none before it is final.
  [[nodiscard]] runtime::Task<Result<Listed<InvoiceView>>> list(InvoiceQuery query) const;
  /// Errors: not_found, reason unknown_invoice.
  [[nodiscard]] runtime::Task<Result<InvoiceView>> get(billing::InvoiceId id) const;
  /// "This month so far" of a customer, without storing anything: an invoice without an id. Errors: not_found, reasons
  /// unknown_customer, not_subscribed (today).
  [[nodiscard]] runtime::Task<Result<InvoiceView>> preview(CustomerId customer) const;

  /// Numbers it without a gap and stores what it says for good, in one transaction. One of nothing is paid at once.
  /// Errors: conflict, reasons already_final, period_not_over, earlier_draft; too_large, reason amount_too_large;
  ///         unavailable, reason invoice_changing (plan or customer are edited again and again).
  [[nodiscard]] runtime::Task<Result<InvoiceView>> finalise(Actor actor, billing::InvoiceId id);
  /// Errors: conflict, reasons not_final, already_paid, already_credited; invalid_argument, reasons out_of_range (field
  ///         paid_at, in the future), too_long, control_characters (field note).
  [[nodiscard]] runtime::Task<Result<InvoiceView>> mark_paid(Actor actor, billing::InvoiceId id,
                                                             std::optional<Instant> paid_at, std::string note);
  /// Errors: conflict, reasons not_final, already_credited; invalid_argument, reasons over_credit, out_of_range,
  ///         missing_reason, too_long, control_characters.
  [[nodiscard]] runtime::Task<Result<InvoiceView>> credit(Actor actor, billing::InvoiceId id, CreditRequest request,
                                                          Once<InvoiceView> once);
  /// A draft's notes. Errors: conflict, reason already_final; invalid_argument, reason too_long, field notes.
  [[nodiscard]] runtime::Task<Result<InvoiceView>> annotate(Actor actor, billing::InvoiceId id, std::string notes);

  /// Makes the drafts of periods that have ended. Every minute. Answers how many were made.
  [[nodiscard]] runtime::Task<Result<std::int64_t>> draft_due();

 private:
  [[nodiscard]] runtime::Task<> settle_for_reading() const;

  Core core_;
  Hooks hooks_;
};

}  // namespace keyledger::service
