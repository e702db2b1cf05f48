// service/reports/revenue.h: what was billed and earned, and who uses and pays most. Net of tax.
//
// Money counts on the last day of the line that it is in, on the customer's clocks; what is open, today at the latest.
// `earned` rates drafts and open periods now. What came into the ledger late is in it when it is billed, no earlier.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "domain/billing/rating.h"
#include "service/core.h"
#include "service/reports/span.h"

namespace keyledger::service {

/// Sums of one currency; two are never added.
struct RevenueSums {
  Currency currency{};
  std::int64_t billed_nanos = 0, credited_nanos = 0, earned_nanos = 0;
  [[nodiscard]] std::int64_t net_nanos() const { return billed_nanos - credited_nanos + earned_nanos; }
  bool operator==(const RevenueSums&) const = default;
};

struct RevenueQuery {
  std::optional<std::chrono::year_month> from{}, to{};  // both or none: the last twelve months
  std::optional<CustomerId> customer_id{};
  std::optional<billing::PlanId> plan_id{};
};

struct RevenueLine {
  CustomerId customer_id{};
  std::string customer_name{};
  billing::PlanId plan_id{};
  std::string plan_name{};
  std::chrono::year_month month{};
  RevenueSums sums{};
};

struct RevenueMonth {
  std::chrono::year_month month{};
  RevenueSums sums{};
};

struct RevenueReport {
  std::chrono::year_month from{}, to{};
  std::string timezone{};
  std::int64_t count = 0;              // of lines, those past the limit included
  std::vector<RevenueLine> data{};     // the largest part of its currency first
  std::vector<RevenueMonth> months{};  // every month of the range, for each currency there is
  std::vector<RevenueSums> totals{};   // by currency
};

BOOST_DEFINE_ENUM_CLASS(TopCustomersOrder, revenue, calls, rentals)

struct TopCustomer {
  CustomerId customer_id{};
  std::string customer_name{};
  std::int64_t calls = 0, refused = 0, rentals = 0;
  std::vector<Money> revenue{};  // billed, less credited, and earned
  std::int64_t share = 0;        // of what the list is in order of, in per mille
};

struct TopCustomers {
  Day from{}, to{};
  std::string timezone{};
  TopCustomersOrder by = TopCustomersOrder::revenue;
  std::int64_t count = 0;
  std::int64_t calls = 0, refused = 0, rentals = 0;  // of all
  std::vector<TopCustomer> data{};
};

class RevenueReports {
 public:
  static constexpr int kMonthsMax = 36;

  /// As Invoices::Hooks.
  struct Hooks {
    std::function<Zone(const std::string& timezone)> zone_named{};
    std::function<runtime::Task<Result<void>>()> settle{};
  };
  RevenueReports(Core core, Hooks hooks) : core_(core), hooks_(std::move(hooks)) {}

  /// Errors: invalid_argument, reasons range_incomplete, range_reversed, range_too_long; not_found, reasons
  /// unknown_customer, unknown_plan.
  [[nodiscard]] runtime::Task<Result<RevenueReport>> revenue(RevenueQuery query,
                                                             std::optional<std::int64_t> limit) const;
  /// Errors: those of make_span.
  [[nodiscard]] runtime::Task<Result<TopCustomers>> top_customers(SpanAsked asked, TopCustomersOrder by,
                                                                  std::optional<std::int64_t> limit) const;

 private:
  Core core_;
  Hooks hooks_;
};

}  // namespace keyledger::service
