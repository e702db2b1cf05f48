// store/billing/invoice_rows.h: an invoice as its table holds it.
#pragma once

#include "store/billing/invoice_store.h"

namespace keyledger::store {

struct InvoiceRow {
  billing::InvoiceId id{};
  CustomerId customer_id{};
  billing::SubscriptionId subscription_id{};
  billing::InvoiceState state = billing::InvoiceState::draft;
  std::optional<std::string> number{};
  Day from_day{}, until_day{};
  std::string timezone{};
  Currency currency{};
  std::int64_t net_nanos = 0, tax_nanos = 0, total_nanos = 0, credited_nanos = 0;
  std::int64_t tax_rate = 0;
  bool tax_inclusive = false;
  std::string customer_name{}, customer_address{}, customer_tax_id{};
  std::string seller_name{}, seller_address{}, seller_tax_id{};
  std::string notes{}, footer{};
  std::optional<Instant> finalised_at{}, due_at{}, paid_at{};
  std::string paid_note{};
  std::optional<Instant> arrears_waived_at{};
  Instant created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(InvoiceRow, (),
                      (id, customer_id, subscription_id, state, number, from_day, until_day, timezone, currency,
                       net_nanos, tax_nanos, total_nanos, credited_nanos, tax_rate, tax_inclusive, customer_name,
                       customer_address, customer_tax_id, seller_name, seller_address, seller_tax_id, notes, footer,
                       finalised_at, due_at, paid_at, paid_note, arrears_waived_at, created_at, updated_at))

// The columns in the order of InvoiceRow's members.
#define KEYLEDGER_INVOICE_COLUMNS                                                                                \
  "i.id, i.customer_id, i.subscription_id, i.state, i.number, i.from_day, i.until_day, i.timezone, i.currency, " \
  "i.net_nanos, i.tax_nanos, i.total_nanos, i.credited_nanos, i.tax_rate, i.tax_inclusive, i.customer_name, "    \
  "i.customer_address, i.customer_tax_id, i.seller_name, i.seller_address, i.seller_tax_id, i.notes, i.footer, " \
  "i.finalised_at, i.due_at, i.paid_at, i.paid_note, i.arrears_waived_at, i.created_at, i.updated_at"

[[nodiscard]] InvoiceRow row_of(const billing::Invoice& invoice);
[[nodiscard]] billing::Invoice invoice_of(InvoiceRow&& row);

}  // namespace keyledger::store
