// store/billing/revenue_store.h: what reports about money read: billed lines, what is still a draft, calls by customer.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <functional>
#include <vector>

#include "domain/billing/invoice.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction. Days are those of each customer.
class RevenueStore {
 public:
  struct BilledLine {
    billing::InvoiceId invoice_id{};
    CustomerId customer_id{};
    Currency currency{};
    std::int64_t net_nanos = 0;           // of the whole invoice
    std::int64_t credited_net_nanos = 0;  // of the whole invoice
    billing::PlanId plan_id{};
    LocalDay last_day{};
    std::int64_t amount_nanos = 0;
  };
  /// All lines of each final invoice that can have one which ends in `days`, invoice by invoice.
  [[nodiscard]] static Result<void> each_billed(Transaction& transaction, const billing::DaySpan& days,
                                                std::optional<CustomerId> customer,
                                                const std::function<void(const BilledLine&)>& sink);

  struct Draft {
    billing::SubscriptionId subscription_id{};
    LocalDay from{};
  };
  [[nodiscard]] static Result<std::vector<Draft>> drafts(Transaction& transaction, std::optional<CustomerId> customer);
  /// Of customers whose prices have the tax in them; the others' nets need none.
  using InclusiveTax = absl::flat_hash_map<std::int64_t, billing::TaxTerms>;  // by customer
  [[nodiscard]] static Result<InclusiveTax> inclusive_taxes(Transaction& transaction);

  struct Calls {
    std::int64_t calls = 0, refused = 0, rentals = 0;
  };
  /// By customer, of all who called.
  [[nodiscard]] static Result<absl::flat_hash_map<std::int64_t, Calls>> calls(Transaction& transaction,
                                                                              const billing::DaySpan& days);

  [[nodiscard]] static Result<std::string> customer_name(Transaction& transaction, CustomerId id);
  [[nodiscard]] static Result<std::string> plan_name(Transaction& transaction, billing::PlanId id);
};

}  // namespace keyledger::store
