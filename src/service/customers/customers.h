// service/customers/customers.h: whom keys are handed to.
#pragma once

#include <functional>

#include "base/listing.h"
#include "domain/customers/orders.h"
#include "domain/customers/records.h"
#include "service/actor.h"
#include "service/admission/key_table.h"
#include "service/core.h"
#include "service/customers/recent_calls.h"
#include "service/once.h"

namespace keyledger::service {

struct NewCustomer {
  std::string name{}, email{}, notes{}, timezone{};
};
/// Absent members stay as they are.
struct CustomerPatch {
  std::optional<std::string> name{}, email{}, notes{}, timezone{};
  std::optional<bool> suspended{};  // all keys of the customer are refused while it is
};
struct CustomerQuery {
  ListPage<customers::CustomerSort> page{};
  std::string search{};  // in name, e-mail and notes
};

/// A customer as the API shows it.
struct CustomerView : customers::Customer {
  std::int64_t active_key_count = 0;    // neither revoked nor expired
  std::int64_t calls = 0, refused = 0;  // of RecentCalls::kDays days; calls include those that were refused
  std::optional<Instant> last_used_at{};
};
BOOST_DESCRIBE_STRUCT(CustomerView, (customers::Customer), (active_key_count, calls, refused, last_used_at))

class Customers {
 public:
  /// `settle` brings the totals up to the last call; empty: nothing does, as in tests without a ledger.
  Customers(Core core, KeyTable* table, std::function<runtime::Task<Result<void>>()> settle = {})
      : core_(core), table_(table), settle_(std::move(settle)) {}

  [[nodiscard]] runtime::Task<Result<Listed<CustomerView>>> list(CustomerQuery query) const;
  /// Errors: not_found, reason unknown_customer.
  [[nodiscard]] runtime::Task<Result<CustomerView>> get(CustomerId id) const;
  /// Errors: invalid_argument (missing_name, malformed_email, too_long, unknown_timezone); conflict,
  /// duplicate_customer.
  [[nodiscard]] runtime::Task<Result<CustomerView>> create(Actor actor, NewCustomer customer, Once<CustomerView> once);
  /// Works on the next request; another zone counts from the next window on.
  /// Errors: as create; not_found, unknown_customer.
  [[nodiscard]] runtime::Task<Result<CustomerView>> update(Actor actor, CustomerId id, CustomerPatch patch);
  /// Errors: not_found; conflict, reason customer_has_keys: history is never taken away.
  [[nodiscard]] runtime::Task<Result<void>> remove(Actor actor, CustomerId id);

 private:
  [[nodiscard]] runtime::Task<> settle() const;

  Core core_;
  KeyTable* table_;
  std::function<runtime::Task<Result<void>>()> settle_;
  mutable RecentCalls recent_{};
};

}  // namespace keyledger::service
