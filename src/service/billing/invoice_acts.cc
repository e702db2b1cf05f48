#include "service/billing/invoice_acts.h"

#include <fmt/format.h>

#include "service/audit.h"
#include "store/billing/days.h"

namespace keyledger::service {

using billing::CreditNote;
using billing::Invoice;
using billing::InvoiceId;
using billing::InvoiceState;
using store::InvoiceStore;

namespace {

std::string subject_of(InvoiceId id) {
  return fmt::format("invoices/{}", id.value);
}

std::string amount_text(std::int64_t nanos, Currency currency) {
  return fmt::format("{} {}", to_decimal(nanos), currency.text());
}

std::unexpected<Error> not_final() {
  return fail(Code::conflict, "The invoice still is a draft; finalise it first.", "not_final");
}
std::unexpected<Error> already_credited(const Invoice& invoice) {
  return fail(Code::conflict, fmt::format("Credit notes took back all of invoice {}.", invoice.number),
              "already_credited");
}

/// Its last moment, so that a payment on that day is in time.
Instant end_of_day(const Zone& zone, LocalDay day) {
  return zone.start_of(day + std::chrono::days{1}) - std::chrono::milliseconds{1};
}

/// What came in late is noted as counted too, so that it is charged once. What was taken away is not: where it comes
/// back, it was paid for.
std::vector<InvoiceStore::Counted> counted_of(const RatedPeriod& rated) {
  std::vector<InvoiceStore::Counted> all;
  for (const CountedUnits& each : rated.counted) all.push_back({each.days, each.metric, each.units});
  for (const LateUnits& late : rated.late) {
    if (late.now > late.billed) all.push_back({late.days, late.metric, late.now - late.billed});
  }
  return all;
}

}  // namespace

Result<InvoiceView> InvoiceAct::view(InvoiceId id) const {
  return InvoiceReader(&transaction_, &hooks_, now_).get(id);
}

/// On the seller's clocks.
std::int64_t InvoiceAct::year() const {
  return static_cast<int>(std::chrono::year_month_day{hooks_.zone_named("").day_of(now_)}.year());
}

Result<void> InvoiceAct::record(std::string_view action, const Invoice& invoice, std::string_view what,
                                std::string text) const {
  return record_audit(transaction_, now_, actor_, action, subject_of(invoice.id),
                      {{"number", invoice.number}, {"customer", invoice.customer.name}, {what, std::move(text)}});
}

Result<void> InvoiceAct::tell(WebhookTopic topic, const Invoice& invoice) const {
  if (hooks_.webhooks == nullptr) return {};
  const auto money = [&](std::int64_t nanos) { return Money{invoice.currency, nanos}; };
  const auto day = [](LocalDay local) { return to_string(store::to_day(local)); };
  std::vector<WebhookFact> facts{
      {"invoice_id", invoice.id.value},
      {"number", invoice.number},
      {"state", std::string{boost::describe::enum_to_string(invoice.state, "")}},
      {"customer_id", invoice.customer_id.value},
      {"customer_name", invoice.customer.name},
      {"subscription_id", invoice.subscription_id.value},
      {"from", day(invoice.period.from)},
      {"to", day(invoice.period.until - std::chrono::days{1})},
      {"timezone", invoice.timezone},
      {"net", money(invoice.totals.net_nanos)},
      {"tax", money(invoice.totals.tax_nanos)},
      {"total", money(invoice.totals.total_nanos)},
      {"credited", money(invoice.credited_nanos)},
      {"finalised_at", invoice.finalised_at.value_or(now_)},
      {"due_at", invoice.due_at.value_or(now_)},
  };
  if (topic == WebhookTopic::invoice_paid) {
    facts.push_back({"paid_at", invoice.paid_at.value_or(now_)});
    facts.push_back({"paid_note", invoice.paid_note});
  }
  return hooks_.webhooks->tell(transaction_, topic, facts, now_);
}

Result<Invoice> InvoiceAct::final_of(const RatedDraft& draft, std::string notes) const {
  const Result<std::int64_t> number = InvoiceStore::next_number(transaction_, InvoiceStore::Series::invoice, year());
  if (!number) return std::unexpected(number.error());
  Invoice invoice = draft.view.invoice;
  const Zone& zone = draft.basis.zone;
  const bool nothing = invoice.totals.total_nanos == 0;
  invoice.number = billing::invoice_number(year(), *number);
  invoice.notes = std::move(notes);
  invoice.state = nothing ? InvoiceState::paid : InvoiceState::final;
  invoice.finalised_at = invoice.updated_at = now_;
  invoice.due_at = end_of_day(zone, zone.day_of(now_) + std::chrono::days{hooks_.seller().payment_days});
  if (nothing) invoice.paid_at = now_;
  return invoice;
}

Result<std::optional<InvoiceView>> InvoiceAct::finalise(const RatedDraft& draft) const {
  Result<InvoiceStore::Row> row = InvoiceStore::get(transaction_, draft.view.invoice.id);
  if (!row) return std::unexpected(row.error());
  if (row->invoice.state != InvoiceState::draft) return already_final(row->invoice);
  const Result<InvoiceBasis> basis = basis_of(transaction_, hooks_, row->invoice.subscription_id);
  if (!basis) return std::unexpected(basis.error());
  if (!basis->same_as(draft.basis)) return std::nullopt;
  const Result<Invoice> invoice = final_of(draft, std::move(row->invoice.notes));
  if (!invoice) return std::unexpected(invoice.error());
  Result<void> done = InvoiceStore::finalise(transaction_, *invoice, draft.rated.lines, counted_of(draft.rated));
  if (done) {
    done = record("invoices.finalise", *invoice, "total", amount_text(invoice->totals.total_nanos, invoice->currency));
  }
  if (done) done = tell(WebhookTopic::invoice_finalised, *invoice);
  if (done && invoice->state == InvoiceState::paid) done = tell(WebhookTopic::invoice_paid, *invoice);
  if (!done) return std::unexpected(done.error());
  Result<InvoiceView> shown = view(invoice->id);
  if (!shown) return std::unexpected(shown.error());
  return std::optional{std::move(*shown)};
}

Result<InvoiceView> InvoiceAct::pay(InvoiceId id, Instant paid_at, const std::string& text) const {
  Result<InvoiceStore::Row> row = InvoiceStore::get(transaction_, id);
  if (!row) return std::unexpected(row.error());
  Invoice& invoice = row->invoice;
  if (invoice.state == InvoiceState::draft) return not_final();
  if (invoice.state == InvoiceState::credited) return already_credited(invoice);
  if (invoice.state == InvoiceState::paid) {
    return fail(Code::conflict, fmt::format("Invoice {} is paid already.", invoice.number), "already_paid");
  }
  invoice.state = InvoiceState::paid;
  invoice.paid_at = paid_at;
  invoice.paid_note = text;
  invoice.updated_at = now_;
  Result<void> done = InvoiceStore::update_standing(transaction_, invoice);
  if (done) done = record("invoices.pay", invoice, "paid_at", to_rfc3339(paid_at));
  if (done) done = tell(WebhookTopic::invoice_paid, invoice);
  if (!done) return std::unexpected(done.error());
  return view(id);
}

Result<CreditNote> InvoiceAct::note_of(const Invoice& invoice, const CreditRequest& request) const {
  const Result<std::vector<CreditNote>> before = InvoiceStore::credit_notes(transaction_, invoice.id);
  if (!before) return std::unexpected(before.error());
  billing::Totals credited;
  for (const CreditNote& each : *before) {
    credited.net_nanos += each.totals.net_nanos;
    credited.tax_nanos += each.totals.tax_nanos;
    credited.total_nanos += each.totals.total_nanos;
  }
  const std::int64_t total = request.total_nanos.value_or(invoice.totals.total_nanos - credited.total_nanos);
  const Result<billing::Totals> totals = billing::credit_of(invoice, credited, total);
  if (!totals) return std::unexpected(totals.error());
  const Result<std::int64_t> number =
      InvoiceStore::next_number(transaction_, InvoiceStore::Series::credit_note, year());
  if (!number) return std::unexpected(number.error());
  return CreditNote{.invoice_id = invoice.id,
                    .number = billing::credit_note_number(year(), *number),
                    .reason = request.reason,
                    .totals = *totals,
                    .created_at = now_};
}

Result<InvoiceView> InvoiceAct::credit(InvoiceId id, const CreditRequest& request) const {
  Result<InvoiceStore::Row> row = InvoiceStore::get(transaction_, id);
  if (!row) return std::unexpected(row.error());
  Invoice& invoice = row->invoice;
  if (invoice.state == InvoiceState::draft) return not_final();
  if (invoice.state == InvoiceState::credited) return already_credited(invoice);
  const Result<CreditNote> made = note_of(invoice, request);
  if (!made) return std::unexpected(made.error());
  const Result<billing::CreditNoteId> inserted = InvoiceStore::insert_credit_note(transaction_, *made);
  if (!inserted) return std::unexpected(inserted.error());
  invoice.credited_nanos += made->totals.total_nanos;
  if (invoice.credited_nanos == invoice.totals.total_nanos) invoice.state = InvoiceState::credited;
  invoice.updated_at = now_;
  Result<void> done = InvoiceStore::update_standing(transaction_, invoice);
  if (done) {
    done = record("invoices.credit", invoice, "credit",
                  fmt::format("{}: {}", made->number, amount_text(made->totals.total_nanos, invoice.currency)));
  }
  if (!done) return std::unexpected(done.error());
  return view(id);
}

Result<InvoiceView> InvoiceAct::annotate(InvoiceId id, const std::string& notes) const {
  const Result<InvoiceStore::Row> row = InvoiceStore::get(transaction_, id);
  if (!row) return std::unexpected(row.error());
  if (row->invoice.state != InvoiceState::draft) return already_final(row->invoice);
  Result<void> done = InvoiceStore::set_notes(transaction_, id, notes, now_);
  if (done) {
    done =
        record_audit(transaction_, now_, actor_, "invoices.update", subject_of(id), {{"customer", row->customer_name}});
  }
  if (!done) return std::unexpected(done.error());
  return view(id);
}

}  // namespace keyledger::service
