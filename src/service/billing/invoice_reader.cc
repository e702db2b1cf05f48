#include "service/billing/invoice_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "domain/billing/line_text.h"
#include "store/customer_store.h"

namespace keyledger::service {
namespace {

using billing::Invoice;
using billing::InvoiceId;
using billing::InvoiceState;
using store::CustomerBillingStore;
using store::InvoiceStore;
using store::SubscriptionStore;

constexpr std::string_view kPeriodNotOver = "period_not_over";
constexpr std::string_view kEarlierDraft = "earlier_draft";
constexpr std::string_view kAmountTooLarge = "amount_too_large";
constexpr std::int64_t kSubscriptionsMax = 1'000;  // of a customer, that are looked through for today's

std::vector<InvoiceLine> numbered(std::vector<billing::Line> lines) {
  std::vector<InvoiceLine> all;
  for (billing::Line& line : lines) {
    std::string text = billing::line_text(line);
    all.push_back({static_cast<std::int64_t>(all.size()) + 1, std::move(text), std::move(line)});
  }
  return all;
}

/// The customer's standing notes, then the seller's.
std::string footer_of(const std::string& customers, const std::string& sellers) {
  return customers.empty() || sellers.empty() ? customers + sellers : customers + "\n" + sellers;
}

void describe(Invoice& invoice, const InvoiceBasis& basis, const SellerTerms& terms) {
  const CustomerBillingStore::Row& noted = basis.billing;
  invoice.tax = {noted.tax_rate, noted.tax_inclusive};
  invoice.customer = {noted.billing_name.empty() ? basis.subscription.customer_name : noted.billing_name, noted.address,
                      noted.tax_id};
  invoice.seller = terms.seller;
  invoice.footer = footer_of(noted.invoice_notes, terms.footer);
}

bool unpriced(const InvoiceView& view) {
  return view.unpriced_requests > 0 || view.unpriced_rentals > 0;
}

/// What does not stand in the way, but should be looked at before.
void add_wishes(InvoiceView& view) {
  const Invoice& invoice = view.invoice;
  if (invoice.seller.name.empty()) view.missing.emplace_back("seller_name");
  if (invoice.seller.address.empty()) view.missing.emplace_back("seller_address");
  if (invoice.customer.address.empty()) view.missing.emplace_back("customer_address");
  if (unpriced(view)) view.missing.emplace_back("unpriced_usage");
}

bool lacks(const InvoiceView& view, std::string_view what) {
  return std::ranges::find(view.missing, what) != view.missing.end();
}

bool runs_on(const billing::Agreement& agreement, LocalDay day) {
  return agreement.changes.front().from <= day && (!agreement.ends || day < *agreement.ends);
}

}  // namespace

bool InvoiceBasis::same_as(const InvoiceBasis& other) const {
  const billing::Agreement& mine = subscription.subscription.agreement;
  const billing::Agreement& others = other.subscription.subscription.agreement;
  return mine.anchor == others.anchor && mine.changes == others.changes && mine.trial_until == others.trial_until &&
         mine.ends == others.ends && subscription.customer_name == other.subscription.customer_name &&
         zone == other.zone && billing == other.billing;
}

Result<InvoiceBasis> basis_of(store::Transaction& transaction, const Invoices::Hooks& hooks,
                              billing::SubscriptionId subscription) {
  Result<SubscriptionStore::Row> row = SubscriptionStore::get(transaction, subscription);
  if (!row) return std::unexpected(row.error());
  Result<CustomerBillingStore::Row> noted = CustomerBillingStore::get(transaction, row->subscription.customer_id);
  if (!noted) return std::unexpected(noted.error());
  const Zone zone = hooks.zone_named(row->timezone);
  return InvoiceBasis{std::move(*row), std::move(*noted), zone};
}

Result<RatedDraft> InvoiceReader::rate(InvoiceView view, InvoiceBasis basis) {
  Invoice& invoice = view.invoice;
  const Zone& zone = basis.zone;
  describe(invoice, basis, hooks_->seller());
  invoice.timezone = zone.name();
  const Result<bool> earlier =
      InvoiceStore::has_draft_before(*transaction_, invoice.subscription_id, invoice.period.from);
  if (!earlier) return std::unexpected(earlier.error());
  // What came in late is on the next invoice that is finalised, and on no other draft.
  Result<RatedPeriod> rated =
      rater_.rate(basis.subscription.subscription, invoice.period.from, zone, invoice.tax, !*earlier);
  const bool too_large = !rated && rated.error().reason == kAmountTooLarge;
  if (!rated && !too_large) return std::unexpected(rated.error());
  if (rated) {
    if (!rated->subscribed.empty()) invoice.period = rated->subscribed;
    invoice.totals = rated->totals;
    view.lines = numbered(rated->lines);
    view.late = rated->late;
    view.unpriced_requests = rated->unpriced_requests;
    view.unpriced_rentals = rated->unpriced_rentals;
  }
  if (zone.day_of(now_) < invoice.period.until) view.missing.emplace_back(kPeriodNotOver);
  if (*earlier) view.missing.emplace_back(kEarlierDraft);
  if (too_large) view.missing.emplace_back(kAmountTooLarge);
  add_wishes(view);
  return RatedDraft{std::move(view), rated ? std::move(*rated) : RatedPeriod{}, std::move(basis)};
}

Result<InvoiceView> InvoiceReader::find(InvoiceId id) {
  Result<InvoiceStore::Row> row = InvoiceStore::get(*transaction_, id);
  if (!row) return std::unexpected(row.error());
  InvoiceView view{.invoice = std::move(row->invoice), .customer_name = std::move(row->customer_name)};
  view.overdue = view.invoice.state == InvoiceState::final && view.invoice.due_at && *view.invoice.due_at < now_;
  return view;
}

Result<InvoiceView> InvoiceReader::get_brief(InvoiceId id) {
  Result<InvoiceView> view = find(id);
  if (!view || view->invoice.state != InvoiceState::draft) return view;
  Result<InvoiceBasis> basis = basis_of(*transaction_, *hooks_, view->invoice.subscription_id);
  if (!basis) return std::unexpected(basis.error());
  Result<RatedDraft> draft = rate(std::move(*view), std::move(*basis));
  if (!draft) return std::unexpected(draft.error());
  return std::move(draft->view);
}

Result<InvoiceView> InvoiceReader::get(InvoiceId id) {
  Result<InvoiceView> view = get_brief(id);
  if (!view || view->invoice.state == InvoiceState::draft) return view;
  Result<std::vector<billing::Line>> lines = InvoiceStore::lines(*transaction_, id);
  if (!lines) return std::unexpected(lines.error());
  for (const billing::Line& line : *lines) {
    if (line.metric == billing::Metric::requests) view->unpriced_requests += line.unpriced_quantity;
    if (line.metric == billing::Metric::rentals) view->unpriced_rentals += line.unpriced_quantity;
  }
  view->lines = numbered(std::move(*lines));
  Result<std::vector<billing::CreditNote>> notes = InvoiceStore::credit_notes(*transaction_, id);
  if (!notes) return std::unexpected(notes.error());
  view->credit_notes = std::move(*notes);
  return view;
}

Result<InvoiceView> InvoiceReader::preview(CustomerId customer) {
  const Result<customers::Customer> known = store::CustomerStore::get(*transaction_, customer);
  if (!known) return std::unexpected(known.error());
  const LocalDay today = hooks_->zone_named(known->timezone).day_of(now_);
  const Result<std::vector<SubscriptionStore::Row>> rows =
      SubscriptionStore::list(*transaction_, {.customer_id = customer, .limit = kSubscriptionsMax});
  if (!rows) return std::unexpected(rows.error());
  const auto running = std::ranges::find_if(
      *rows, [&](const SubscriptionStore::Row& row) { return runs_on(row.subscription.agreement, today); });
  if (running == rows->end()) {
    return fail(Code::not_found, fmt::format("{} is not subscribed to a plan today.", known->name), "not_subscribed");
  }
  Result<InvoiceBasis> basis = basis_of(*transaction_, *hooks_, running->subscription.id);
  if (!basis) return std::unexpected(basis.error());
  InvoiceView view{.customer_name = known->name};
  view.invoice.customer_id = customer;
  view.invoice.subscription_id = running->subscription.id;
  view.invoice.currency = running->subscription.currency;
  const billing::Agreement& agreement = running->subscription.agreement;
  view.invoice.period = billing::common(billing::period_of(agreement.anchor, today),
                                        {agreement.changes.front().from, agreement.ends.value_or(LocalDay::max())});
  view.invoice.created_at = view.invoice.updated_at = now_;
  Result<RatedDraft> draft = rate(std::move(view), std::move(*basis));
  if (!draft) return std::unexpected(draft.error());
  return std::move(draft->view);
}

Result<RatedDraft> InvoiceReader::to_finalise(InvoiceId id) {
  Result<InvoiceView> view = find(id);
  if (!view) return std::unexpected(view.error());
  if (view->invoice.state != InvoiceState::draft) return already_final(view->invoice);
  Result<InvoiceBasis> basis = basis_of(*transaction_, *hooks_, view->invoice.subscription_id);
  if (!basis) return std::unexpected(basis.error());
  Result<RatedDraft> draft = rate(std::move(*view), std::move(*basis));
  if (!draft) return draft;
  if (lacks(draft->view, kPeriodNotOver)) {
    return fail(Code::conflict, "The period is not over yet on the customer's clocks.", std::string{kPeriodNotOver});
  }
  if (lacks(draft->view, kEarlierDraft)) {
    return fail(Code::conflict, "An earlier period of the subscription still is a draft; finalise that one first.",
                std::string{kEarlierDraft});
  }
  if (lacks(draft->view, kAmountTooLarge)) {
    return fail(Code::too_large, "The amount is larger than 9.2 billion units of the currency.",
                std::string{kAmountTooLarge});
  }
  return draft;
}

std::unexpected<Error> already_final(const Invoice& invoice) {
  return fail(Code::conflict, fmt::format("Invoice {} is final; it is corrected by a credit note.", invoice.number),
              "already_final");
}

}  // namespace keyledger::service
