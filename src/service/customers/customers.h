// service/customers/customers.h: whom keys are handed to.
#pragma once

#include "domain/customers/records.h"
#include "service/actor.h"
#include "service/admission/key_table.h"
#include "service/core.h"
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
  CustomerId after{};
  std::string search{};  // in name, e-mail and notes
  std::int64_t limit = 50;
};

class Customers {
 public:
  Customers(Core core, KeyTable* table) : core_(core), table_(table) {}

  /// One more than the limit where there is more.
  [[nodiscard]] runtime::Task<Result<std::vector<customers::Customer>>> list(CustomerQuery query) const;
  /// Errors: not_found, reason unknown_customer.
  [[nodiscard]] runtime::Task<Result<customers::Customer>> get(CustomerId id) const;
  /// Errors: invalid_argument (missing_name, malformed_email, too_long, unknown_timezone); conflict,
  /// duplicate_customer.
  [[nodiscard]] runtime::Task<Result<customers::Customer>> create(Actor actor, NewCustomer customer,
                                                                  Once<customers::Customer> once);
  /// Works on the next request; another zone counts from the next window on.
  /// Errors: as create; not_found, unknown_customer.
  [[nodiscard]] runtime::Task<Result<customers::Customer>> update(Actor actor, CustomerId id, CustomerPatch patch);
  /// Errors: not_found; conflict, reason customer_has_keys: history is never taken away.
  [[nodiscard]] runtime::Task<Result<void>> remove(Actor actor, CustomerId id);

 private:
  Core core_;
  KeyTable* table_;
};

}  // namespace keyledger::service
