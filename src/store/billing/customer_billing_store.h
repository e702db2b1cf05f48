// store/billing/customer_billing_store.h: what stands on a customer's invoices, and who has not paid theirs.
#pragma once

#include "domain/billing/totals.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class CustomerBillingStore {
 public:
  struct Row {
    CustomerId customer_id{};
    std::string billing_name{}, address{}, tax_id{};
    std::int64_t tax_rate = 0;  // thousandths of a per cent
    bool tax_inclusive = false;
    std::string invoice_notes{};
    std::optional<Instant> arrears_since{};
    Instant updated_at{};
    bool operator==(const Row&) const = default;
  };
  /// Of a customer of whom nothing is noted: nothing.
  [[nodiscard]] static Result<Row> get(Transaction& transaction, CustomerId customer);
  [[nodiscard]] static Result<void> put(Transaction& transaction, const Row& row);

  /// Invoices of the customer that are overdue at `now`.
  [[nodiscard]] static Result<std::int64_t> overdue_count(Transaction& transaction, CustomerId customer, Instant now);

  /// How a customer who is in arrears stands, or who shall be.
  struct Standing {
    CustomerId customer_id{};
    std::optional<Instant> suspended_at{}, arrears_since{};
    bool overdue = false;  // an invoice was due before, and is not waived
  };
  /// Customers with an invoice that was due before `due_before` (nothing: none is looked for), and those who are
  /// suspended for one, by id.
  [[nodiscard]] static Result<std::vector<Standing>> in_arrears(Transaction& transaction,
                                                                std::optional<Instant> due_before);
  /// Invoices that are overdue at `now` are no reason for a suspension any more.
  [[nodiscard]] static Result<void> waive(Transaction& transaction, CustomerId customer, Instant now);
  [[nodiscard]] static Result<void> set_suspended(Transaction& transaction, CustomerId customer,
                                                  std::optional<Instant> suspended_at, Instant now);
};

}  // namespace keyledger::store
