// store/billing/invoice_store.h: invoices and their credit notes. What a final invoice says is written once.
#pragma once

#include "base/listing.h"
#include "domain/billing/invoice.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction. Days are those of the customer.
class InvoiceStore {
 public:
  struct Row {
    billing::Invoice invoice{};
    std::string customer_name{};  // today's
  };
  struct Filter {
    std::optional<CustomerId> customer_id{};
    std::optional<billing::InvoiceState> state{};
    std::optional<Day> from{}, to{};      // the period's last day is in these
    std::optional<Instant> overdue_at{};  // only those that are overdue then
    std::string like{"%"};                // escaped pattern in lower case, over number and customer
  };
  /// Up to `limit` places, and one more where there are more. A draft has no number, due date or total yet.
  [[nodiscard]] static Result<std::vector<ListPlace>> page(Transaction& transaction,
                                                           const ListPage<billing::InvoiceSort>& page,
                                                           const Filter& filter);
  [[nodiscard]] static Result<std::int64_t> count(Transaction& transaction, const Filter& filter);

  /// Errors: not_found, reason unknown_invoice.
  [[nodiscard]] static Result<Row> get(Transaction& transaction, billing::InvoiceId id);
  [[nodiscard]] static Result<std::vector<billing::Line>> lines(Transaction& transaction, billing::InvoiceId id);
  [[nodiscard]] static Result<std::vector<billing::CreditNote>> credit_notes(Transaction& transaction,
                                                                             billing::InvoiceId id);
  /// Whether a period of the subscription that began before `from` still is a draft.
  [[nodiscard]] static Result<bool> has_draft_before(Transaction& transaction, billing::SubscriptionId subscription,
                                                     LocalDay from);

  /// A subscription of which a day is on no invoice yet.
  struct Unbilled {
    billing::SubscriptionId id{};
    CustomerId customer_id{};
    Currency currency{};
    int anchor = 1;
    LocalDay starts{};                      // the first day that is subscribed
    std::optional<LocalDay> ends{};         // the first that is not any more
    std::optional<LocalDay> newest_from{};  // where its newest invoice begins
    std::string timezone{};                 // the customer's; empty: the installation's
  };
  [[nodiscard]] static Result<std::vector<Unbilled>> unbilled(Transaction& transaction);

  /// False: the period has an invoice already.
  [[nodiscard]] static Result<bool> insert_draft(Transaction& transaction, const billing::Invoice& draft);
  [[nodiscard]] static Result<void> set_notes(Transaction& transaction, billing::InvoiceId id, const std::string& notes,
                                              Instant now);
  /// How many units the invoice counted of days of a plan.
  struct Counted {
    billing::DaySpan days{};
    billing::Metric metric = billing::Metric::requests;
    std::int64_t units = 0;
  };
  /// The draft becomes what `invoice` says, for good.
  [[nodiscard]] static Result<void> finalise(Transaction& transaction, const billing::Invoice& invoice,
                                             const std::vector<billing::Line>& lines,
                                             const std::vector<Counted>& counted);
  /// State, payment and what was credited: all that still changes of a final one.
  [[nodiscard]] static Result<void> update_standing(Transaction& transaction, const billing::Invoice& invoice);
  [[nodiscard]] static Result<billing::CreditNoteId> insert_credit_note(Transaction& transaction,
                                                                        const billing::CreditNote& note);

  enum class Series { invoice, credit_note };
  /// The next number of the series in that year, from 1, without a gap: a transaction that fails gives it back.
  [[nodiscard]] static Result<std::int64_t> next_number(Transaction& transaction, Series series, std::int64_t year);
};

[[nodiscard]] std::unexpected<Error> unknown_invoice(billing::InvoiceId id);

}  // namespace keyledger::store
