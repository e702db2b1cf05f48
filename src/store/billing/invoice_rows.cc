#include "store/billing/invoice_rows.h"

#include "store/billing/days.h"

namespace keyledger::store {

using billing::Invoice;

InvoiceRow row_of(const Invoice& from) {
  InvoiceRow row{.id = from.id,
                 .customer_id = from.customer_id,
                 .subscription_id = from.subscription_id,
                 .state = from.state,
                 .from_day = to_day(from.period.from),
                 .until_day = to_day(from.period.until),
                 .timezone = from.timezone,
                 .currency = from.currency,
                 .net_nanos = from.totals.net_nanos,
                 .tax_nanos = from.totals.tax_nanos,
                 .total_nanos = from.totals.total_nanos,
                 .credited_nanos = from.credited_nanos,
                 .tax_rate = from.tax.rate_milli_percent,
                 .tax_inclusive = from.tax.inclusive,
                 .customer_name = from.customer.name,
                 .customer_address = from.customer.address,
                 .customer_tax_id = from.customer.tax_id,
                 .seller_name = from.seller.name,
                 .seller_address = from.seller.address,
                 .seller_tax_id = from.seller.tax_id,
                 .notes = from.notes,
                 .footer = from.footer,
                 .finalised_at = from.finalised_at,
                 .due_at = from.due_at,
                 .paid_at = from.paid_at,
                 .paid_note = from.paid_note,
                 .arrears_waived_at = from.arrears_waived_at,
                 .created_at = from.created_at,
                 .updated_at = from.updated_at};
  if (!from.number.empty()) row.number = from.number;
  return row;
}

Invoice invoice_of(InvoiceRow&& row) {
  Invoice invoice{.id = row.id,
                  .customer_id = row.customer_id,
                  .subscription_id = row.subscription_id,
                  .state = row.state,
                  .number = std::move(row.number).value_or(""),
                  .period = {to_local(row.from_day), to_local(row.until_day)},
                  .timezone = std::move(row.timezone),
                  .currency = row.currency,
                  .totals = {row.net_nanos, row.tax_nanos, row.total_nanos},
                  .credited_nanos = row.credited_nanos,
                  .tax = {row.tax_rate, row.tax_inclusive},
                  .notes = std::move(row.notes),
                  .footer = std::move(row.footer),
                  .finalised_at = row.finalised_at,
                  .due_at = row.due_at,
                  .paid_at = row.paid_at,
                  .paid_note = std::move(row.paid_note),
                  .arrears_waived_at = row.arrears_waived_at,
                  .created_at = row.created_at,
                  .updated_at = row.updated_at};
  invoice.customer = {std::move(row.customer_name), std::move(row.customer_address), std::move(row.customer_tax_id)};
  invoice.seller = {std::move(row.seller_name), std::move(row.seller_address), std::move(row.seller_tax_id)};
  return invoice;
}

}  // namespace keyledger::store
