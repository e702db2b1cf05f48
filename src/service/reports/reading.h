// service/reports/reading.h: what the reports share: whom and what a query means, and how figures are written.
#pragma once

#include <string>
#include <vector>

#include "service/reports/call_reports.h"
#include "store/rental_report_store.h"

namespace keyledger::service {

/// A query whose names have become ids.
struct ReportScope {
  Span span{};
  store::CallScope calls{};
  [[nodiscard]] store::RentalReportStore::Scope rentals() const {
    return {
        .from = span.begin, .to = span.end, .key = calls.key, .customer = calls.customer, .websites = calls.websites};
  }
};
/// Errors: not_found, reasons unknown_website, unknown_customer, unknown_customer_key.
[[nodiscard]] Result<ReportScope> read_scope(store::Transaction& transaction, const CallReportQuery& query,
                                             const Span& span);

/// What every report begins with.
template <typename Report>
void describe_span(Report& report, const Span& span) {
  report.from = span.range.from;
  report.to = span.range.to;
  report.timezone = std::string{span.zone.name()};
}

/// Rounded half up; 0 of nothing.
[[nodiscard]] std::int64_t per_mille(std::int64_t part, std::int64_t whole);
/// `numerator` / `denominator`, which is above 0, rounded half up: "12.3" with one decimal. Neither is below 0.
[[nodiscard]] std::string decimal_text(std::int64_t numerator, std::int64_t denominator, int decimals);
/// For how long a rental held its account until `now`.
[[nodiscard]] std::chrono::milliseconds held_for(const store::RentalFact& rental, Instant now);
[[nodiscard]] std::string hours_text(std::chrono::milliseconds time);

}  // namespace keyledger::service
