// store/ledger/ledger_days_store.h: what calls add up to by day on the clocks of each key's customer: what is billed.
#pragma once

#include <functional>
#include <vector>

#include "domain/billing/period.h"
#include "store/database.h"

namespace keyledger::store {

/// Of one day of a customer's clocks, all keys together.
struct DayUnits {
  LocalDay day{};
  std::int64_t requests = 0;  // units of admitted calls
  std::int64_t rentals = 0;   // calls that rented: one that found no account took nothing, and is not among them
};

/// A day of a call is that of the zone its customer had when it was written: whoever moves to another zone takes no
/// event into another period. Rollups are settled before.
class LedgerDaysStore {
 public:
  /// The days of a customer that have calls, in order. Costs a seek for each key and day.
  [[nodiscard]] static Result<std::vector<DayUnits>> of_customer(Transaction& transaction, CustomerId customer,
                                                                 billing::DaySpan days);
  /// The days of every key, in the order of time; a key's day perhaps in several parts. Reads the days once.
  [[nodiscard]] static Result<void> each(Transaction& transaction, billing::DaySpan days,
                                         const std::function<void(CustomerId, const DayUnits&)>& sink);

  /// Sums the days up from ledger_hours, where a migration has asked for it; the customers' zones are those of now.
  /// For the start, before anything is counted.
  [[nodiscard]] static Result<void> fill(Transaction& transaction, const std::function<Zone(CustomerKeyId)>& zone_of);
};

}  // namespace keyledger::store
