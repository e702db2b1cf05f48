// service/billing/invoice_testing.h: for tests only. A seller with customers who subscribe, call and are billed.
#pragma once

#include "service/billing/customer_billing.h"
#include "service/billing/invoices.h"
#include "service/billing/rater_testing.h"

namespace keyledger::service::testing {

inline constexpr std::int64_t kCentNanos = kDollarNanos / 100;

inline std::vector<std::string> words(std::initializer_list<const char*> list) {
  return {list.begin(), list.end()};
}

/// The lines as the customer reads them.
inline std::vector<std::string> texts(const InvoiceView& view) {
  std::vector<std::string> all;
  for (const InvoiceLine& line : view.lines) all.push_back(line.text);
  return all;
}

/// Everything that an invoice says, so that two of them can be compared word by word.
inline std::string text_of(const InvoiceView& view) {
  const billing::Invoice& invoice = view.invoice;
  std::string text = fmt::format(
      "{} {} {} {} to {} {} net {} tax {} total {} at {} {}\n{}|{}|{}\n{}|{}|{}\n{}\n{}\nfinal {} due {}\n",
      invoice.id.value, boost::describe::enum_to_string(invoice.state, ""), invoice.number,
      day_text(invoice.period.from), day_text(invoice.period.until - std::chrono::days{1}), invoice.timezone,
      invoice.totals.net_nanos, invoice.totals.tax_nanos, invoice.totals.total_nanos, invoice.tax.rate_milli_percent,
      invoice.tax.inclusive, invoice.customer.name, invoice.customer.address, invoice.customer.tax_id,
      invoice.seller.name, invoice.seller.address, invoice.seller.tax_id, invoice.notes, invoice.footer,
      invoice.finalised_at ? to_rfc3339(*invoice.finalised_at) : "", invoice.due_at ? to_rfc3339(*invoice.due_at) : "");
  for (const InvoiceLine& line : view.lines) {
    text += fmt::format("{}. {} v{} {} {} | {}\n", line.position, line.text, line.line.plan_version, line.line.quantity,
                        line.line.unpriced_quantity, line_text(line.line));
  }
  return text;
}

/// `zone_name` is the installation's, and that of customers who have none of their own.
struct BilledWorld : RatingWorld {
  explicit BilledWorld(std::string_view zone_name = "UTC") : RatingWorld(zone_name) {
    clock.set(at("2026-12-01T00:00:00Z"));
  }

  [[nodiscard]] Invoices::Hooks hooks() {
    return {.zone_named = [this](const std::string& name) { return name.empty() ? zone_of_all : zone(name); },
            .settle = [this] { return ledger->settle(); },
            .seller = [this] { return terms; }};
  }
  void on(std::string_view instant) { clock.set(at(instant)); }
  /// A subscription from a day on, in periods from the first of the month.
  billing::Subscription subscribed(billing::PlanId plan, std::string_view from, std::int64_t customer = 1,
                                   std::optional<std::int64_t> monthly_nanos = {}) {
    return subscribe({.anchor = 1, .changes = {{local_day(from), plan, 1, monthly_nanos}}}, customer);
  }
  std::int64_t drafted() {
    const Result<std::int64_t> made = run(invoices.draft_due());
    check_invariant(made.has_value(), "the test's drafts are made");
    return *made;
  }
  InvoiceView seen(std::int64_t id) {
    Result<InvoiceView> view = run(invoices.get({id}));
    check_invariant(view.has_value(), "the test's invoice is there");
    return std::move(*view);
  }
  Result<InvoiceView> try_finalise(std::int64_t id) { return run(invoices.finalise(kOwner, {id})); }
  InvoiceView finalised(std::int64_t id) {
    Result<InvoiceView> view = try_finalise(id);
    check_invariant(view.has_value(), "the test's invoice can be finalised");
    return std::move(*view);
  }
  Result<InvoiceView> try_pay(std::int64_t id, std::optional<Instant> paid_at = {}, std::string note = {}) {
    return run(invoices.mark_paid(kOwner, {id}, paid_at, std::move(note)));
  }
  Result<InvoiceView> try_credit(std::int64_t id, std::optional<std::int64_t> total_nanos,
                                 std::string reason = "wrong") {
    return run(invoices.credit(kOwner, {id}, {total_nanos, std::move(reason)}, {}));
  }

  std::vector<std::int64_t> listed(InvoiceQuery query = {}) {
    const Result<Listed<InvoiceView>> found = run(invoices.list(std::move(query)));
    check_invariant(found.has_value(), "the test's list can be read");
    std::vector<std::int64_t> ids;
    for (const InvoiceView& view : found->rows) ids.push_back(view.invoice.id.value);
    return ids;
  }
  Result<CustomerBilling> bill(std::int64_t customer, CustomerBillingPatch patch) {
    return run(billings.update(kOwner, {customer}, std::move(patch)));
  }

  SellerTerms terms{.seller = {"Seller Ltd", "1 High Street", "S-1"}, .footer = "Thank you."};
  Invoices invoices{core(), hooks()};
  KeyTable table{&clock, Zone{}};
  CustomerBillings billings{core(), &table};
};

}  // namespace keyledger::service::testing
