// store/billing/counted_units_store.h: the units that final invoices have counted, day span by day span.
#pragma once

#include "domain/billing/records.h"
#include "store/database.h"

namespace keyledger::store {

class CountedUnitsStore {
 public:
  /// What one invoice counted. The invoice whose period holds the days was the first; others, of later periods, counted
  /// what came in after it.
  struct Row {
    billing::DaySpan days{};
    billing::Metric metric = billing::Metric::requests;
    std::int64_t units = 0;
    bool first = false;
    std::string invoice_number{};
    std::string timezone{};  // of the customer, as the invoice has it
  };
  /// Of days from `days.from` on that ended by `days.until`. By days, metric and invoice, the oldest first.
  [[nodiscard]] static Result<std::vector<Row>> of(Transaction& transaction, billing::SubscriptionId subscription,
                                                   billing::DaySpan days);
};

}  // namespace keyledger::store
