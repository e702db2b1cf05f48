// service/billing/rater.h: rates a subscription's period from the daily rollups. Reads only, and answers the same
// however often it is asked.
#pragma once

#include "domain/billing/records.h"
#include "domain/billing/totals.h"
#include "store/database.h"

namespace keyledger::service {

/// Units of billed days that came into the ledger after their invoice was final (by an import, say), or, below zero,
/// that a correction took away: both are listed, and only what came in is charged, as a line late_usage.
struct LateUnits {
  billing::DaySpan days{};
  billing::Metric metric = billing::Metric::requests;
  billing::PlanId plan_id{};
  std::int64_t plan_version = 0;
  std::string invoice_number{};  // of the newest that counted these days
  std::int64_t billed = 0, now = 0;
};

/// What a final invoice notes as counted.
struct CountedUnits {
  billing::DaySpan days{};
  billing::Metric metric = billing::Metric::requests;
  std::int64_t units = 0;
};

struct RatedPeriod {
  billing::DaySpan period{};           // of the anchor's month
  billing::DaySpan subscribed{};       // the part of it that is subscribed; what an invoice shows
  std::vector<billing::Line> lines{};  // of the segments, then of what was late
  std::vector<LateUnits> late{};
  std::vector<CountedUnits> counted{};  // of the segments; what came late is the difference, in `late`
  billing::Totals totals{};
  std::int64_t unpriced_requests = 0, unpriced_rentals = 0;
};

/// For many periods in one transaction: plans, versions and keys that were read once are kept.
class Rater {
 public:
  explicit Rater(store::Transaction* transaction);
  ~Rater();
  Rater(const Rater&) = delete;
  Rater& operator=(const Rater&) = delete;

  /// Rollups are settled before. `zone`: the customer's. `day` is any of the period. Only what final invoices of the
  /// subscription counted in the last 400 days is looked at again for what came late; `late_too` false: nothing.
  /// Errors: those of the database; too_large, reason amount_too_large.
  [[nodiscard]] Result<RatedPeriod> rate(const billing::Subscription& subscription, LocalDay day, const Zone& zone,
                                         const billing::TaxTerms& tax, bool late_too = true);

  /// Reads the days of all customers at once, so that many ratings cost one scan. Optional.
  [[nodiscard]] Result<void> read_ahead(billing::DaySpan days);

 private:
  struct Kept;
  store::Transaction* transaction_;
  std::unique_ptr<Kept> kept_;
};

}  // namespace keyledger::service
