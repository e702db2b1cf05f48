// service/reports/revenue_facts.h: what every sum of revenue is made of.
#pragma once

#include "service/reports/revenue.h"
#include "store/database.h"

namespace keyledger::service {

/// A line's part of the revenue, on the day that it counts on.
struct RevenueFact {
  CustomerId customer_id{};
  billing::PlanId plan_id{};
  LocalDay day{};
  RevenueSums sums{};
};

/// Calls `sink` for each line that counts in `days`; rollups are settled before. Errors: those of the database;
/// too_large, reason amount_too_large.
[[nodiscard]] Result<void> each_revenue(store::Transaction& transaction, const RevenueReports::Hooks& hooks,
                                        const billing::DaySpan& days, std::optional<CustomerId> customer, Instant now,
                                        const std::function<void(const RevenueFact&)>& sink);

void add(RevenueSums& to, const RevenueSums& sums);

/// A part of what there is in its currency, to be compared across currencies: by which part it is of all.
struct RevenuePart {
  Currency currency{};
  std::int64_t nanos = 0, of_nanos = 0;
};
[[nodiscard]] bool larger(const RevenuePart& left, const RevenuePart& right);

}  // namespace keyledger::service
