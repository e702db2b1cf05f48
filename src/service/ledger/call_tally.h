// service/ledger/call_tally.h: calls added up by what they were and what became of them.
#pragma once

#include <map>
#include <set>

#include "service/ledger/period_stats.h"
#include "service/reports/span.h"
#include "store/rental_report_store.h"

namespace keyledger::service {

/// Calls by action and outcome, the websites that they were about, and the accounts that were rented.
class CallTally {
 public:
  void add(const store::CallSum& sum);
  void add(const store::RentalFact& rental) { accounts_.insert(rental.rental_account_id); }

  /// By action and status, largest first.
  [[nodiscard]] Result<std::vector<ActionCount>> outcomes(store::Transaction& transaction) const;
  [[nodiscard]] Result<CallFigures> figures(store::Transaction& transaction) const;
  /// Their names, of admitted calls.
  [[nodiscard]] Result<std::vector<std::string>> websites(store::Transaction& transaction) const;

 private:
  std::map<std::pair<std::int64_t, ledger::Status>, std::int64_t> outcomes_{};  // by the action's number
  std::set<WebsiteId> websites_{};
  std::set<RentalAccountId> accounts_{};
};

/// Adds calls to their day.
void add(DayCount& day, ledger::Status status, std::int64_t events);

/// Reads what was called and rented in the hours of `buckets`, that is, from `begin` to `end`.
struct CallPeriod {
  store::CallScope scope{};
  store::BucketRange buckets{};
  Instant begin{}, end{};
};
[[nodiscard]] Result<void> each_call(store::Transaction& transaction, const CallPeriod& period,
                                     const std::function<void(const store::CallSum&)>& on_call,
                                     const std::function<void(const store::RentalFact&)>& on_rental);

/// Whole days with all that is told of them; `tally` has what they add up to.
[[nodiscard]] Result<DetailedStats> detail(store::Transaction& transaction, const CallTally& tally,
                                           std::vector<DayCount> days);

}  // namespace keyledger::service
