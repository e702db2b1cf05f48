// service/billing/customer_billing.h: what stands on a customer's invoices, and what becomes of who does not pay.
#pragma once

#include "domain/billing/invoice.h"
#include "service/actor.h"
#include "service/admission/key_table.h"
#include "service/core.h"

namespace keyledger::service {

struct CustomerBilling {
  CustomerId customer_id{};
  std::string billing_name{};  // as it was entered; empty: the customer's own name stands on invoices
  billing::Party party{};      // as it stands on invoices
  billing::TaxTerms tax{};
  std::string invoice_notes{};
  std::optional<Instant> arrears_since{};  // suspended for overdue invoices since then
  std::int64_t overdue_count = 0;
};

/// Absent members stay as they are.
struct CustomerBillingPatch {
  std::optional<std::string> billing_name{}, address{}, tax_id{}, invoice_notes{};
  std::optional<std::int64_t> tax_rate_milli_percent{};
  std::optional<bool> tax_inclusive{};
};

class CustomerBillings {
 public:
  CustomerBillings(Core core, KeyTable* table) : core_(core), table_(table) {}

  /// Of a customer who has none: nothing on it, no tax. Errors: not_found, reason unknown_customer.
  [[nodiscard]] runtime::Task<Result<CustomerBilling>> get(CustomerId customer) const;
  /// Holds for invoices that are finalised from now on. Errors: invalid_argument, reasons too_long, control_characters,
  /// out_of_range (field tax_rate); not_found, reason unknown_customer.
  [[nodiscard]] runtime::Task<Result<CustomerBilling>> update(Actor actor, CustomerId customer,
                                                              CustomerBillingPatch patch);

  /// Suspends customers with an invoice that is overdue for more than `days` (0: nobody), and lifts the suspension of
  /// those who have none any more. Answers how many customers changed. Every minute.
  [[nodiscard]] runtime::Task<Result<std::int64_t>> check_arrears(std::int64_t days);
  /// Lets a suspended customer on, and waives what is overdue now as a reason. Errors: conflict, reason not_in_arrears.
  [[nodiscard]] runtime::Task<Result<CustomerBilling>> lift_arrears(Actor actor, CustomerId customer);

 private:
  Core core_;
  KeyTable* table_;
};

}  // namespace keyledger::service
