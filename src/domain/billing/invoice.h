// domain/billing/invoice.h: bills and the credit notes that correct them, as they are stored.
#pragma once

#include "domain/billing/records.h"
#include "domain/billing/totals.h"

namespace keyledger::billing {

using InvoiceId = Id<struct InvoiceTag>;
using CreditNoteId = Id<struct CreditNoteTag>;

/// draft: rated anew whenever it is looked at. final: has its number and never changes. credited: credit notes took all
/// of it back.
BOOST_DEFINE_ENUM_CLASS(InvoiceState, draft, final, paid, credited)
BOOST_DEFINE_ENUM_CLASS(InvoiceSort, created_at, number, customer, period, total, due_at)

/// Somebody's name and address as they stand on an invoice.
struct Party {
  std::string name{}, address{}, tax_id{};
  bool operator==(const Party&) const = default;
};
BOOST_DESCRIBE_STRUCT(Party, (), (name, address, tax_id))

struct Invoice {
  InvoiceId id{};
  CustomerId customer_id{};
  SubscriptionId subscription_id{};
  InvoiceState state = InvoiceState::draft;
  std::string number{};  // "2026-0001"; empty for a draft
  DaySpan period{};      // on the customer's clocks, in `timezone`
  std::string timezone{};
  Currency currency{};
  Totals totals{};
  std::int64_t credited_nanos = 0;  // of the total
  TaxTerms tax{};
  Party customer{}, seller{};
  std::string notes{};   // of this invoice
  std::string footer{};  // the customer's and the seller's standing notes
  std::optional<Instant> finalised_at{}, due_at{}, paid_at{};
  std::string paid_note{};
  std::optional<Instant> arrears_waived_at{};  // no suspension for this one any more
  Instant created_at{}, updated_at{};
};

struct CreditNote {
  CreditNoteId id{};
  InvoiceId invoice_id{};
  std::string number{};  // "CN-2026-0001"
  std::string reason{};
  Totals totals{};
  Instant created_at{};
};

/// "2026-0001": at least four digits, more where a year has more.
[[nodiscard]] std::string invoice_number(std::int64_t year, std::int64_t count);
[[nodiscard]] std::string credit_note_number(std::int64_t year, std::int64_t count);

/// What a credit of `total_nanos` takes back of net and tax, when `credited` was taken back before. The parts of an
/// invoice that is credited whole add up to its own net and tax.
/// Errors: invalid_argument, field total, reasons over_credit (more than is left) and out_of_range (not above zero, or
///         not whole coins).
[[nodiscard]] Result<Totals> credit_of(const Invoice& invoice, const Totals& credited, std::int64_t total_nanos);

/// Shares `whole` out in proportion to `weights` (none below zero), so that the shares add up to it exactly: the net of
/// each line, say. The largest remainders get what is over, the first of equal ones first. Weights of nothing: all to
/// the first.
[[nodiscard]] std::vector<std::int64_t> shared_out(std::int64_t whole, const std::vector<std::int64_t>& weights);

}  // namespace keyledger::billing
