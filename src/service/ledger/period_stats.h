// service/ledger/period_stats.h: what the calls of a range of days add up to, against the days before.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "domain/ledger/call.h"

namespace keyledger::service {

/// Sums of a key (or of all) over whole days on the clocks of its customer, today included.
struct CallStats {
  std::int64_t total_requests = 0;  // admitted calls
  std::int64_t succeeded = 0, failed = 0, refused = 0;
  std::int64_t rentals = 0, returns = 0;
  std::int64_t unique_accounts = 0;
  std::vector<std::string> websites_used{};
  std::string success_rate{};  // per cent of admitted calls with one decimal: "98.5"; "0.0" without calls
  std::int64_t period_days = 0;
};
BOOST_DESCRIBE_STRUCT(CallStats, (),
                      (total_requests, succeeded, failed, refused, rentals, returns, unique_accounts, websites_used,
                       success_rate, period_days))

struct ActionCount {
  std::string action{};
  ledger::Status status{};
  std::int64_t events = 0;
};
BOOST_DESCRIBE_STRUCT(ActionCount, (), (action, status, events))

/// The calls of a local day by what became of them.
struct DayCount {
  Day day{};
  std::int64_t success = 0, error = 0;  // admitted
  std::int64_t rate_limited = 0;
  std::int64_t unknown_or_revoked = 0;  // the key was revoked, or has expired
  std::int64_t other_refused = 0;       // the customer is suspended; the address or the action is not allowed
  std::int64_t total = 0, admitted = 0, refused = 0;
};
BOOST_DESCRIBE_STRUCT(DayCount, (),
                      (day, success, error, rate_limited, unknown_or_revoked, other_refused, total, admitted, refused))

struct DetailedStats {
  CallStats totals{};
  std::vector<DayCount> days{};         // one per day, oldest first
  std::vector<ActionCount> outcomes{};  // by action and status, largest first
};

/// What is compared between two periods.
struct CallFigures {
  std::int64_t total_requests = 0, succeeded = 0, failed = 0, refused = 0;
  std::optional<std::int64_t> refused_share{};  // per mille of all calls; nothing without calls
  std::int64_t rentals = 0, returns = 0, unique_accounts = 0;
};
BOOST_DESCRIBE_STRUCT(CallFigures, (),
                      (total_requests, succeeded, failed, refused, refused_share, rentals, returns, unique_accounts))

/// In thousandths of what was; nothing where there was nothing.
struct CallChanges {
  std::optional<std::int64_t> total_requests{}, succeeded{}, failed{}, refused{}, refused_share{}, rentals{}, returns{},
      unique_accounts{};
};
BOOST_DESCRIBE_STRUCT(CallChanges, (),
                      (total_requests, succeeded, failed, refused, refused_share, rentals, returns, unique_accounts))

struct PreviousCalls : CallFigures {
  Day from{}, to{};
};
BOOST_DESCRIBE_STRUCT(PreviousCalls, (CallFigures), (from, to))

/// Customer keys as they stand now; those of a suspended customer that are neither revoked nor expired are suspended.
struct KeyStatusCounts {
  std::int64_t total = 0, active = 0, expired = 0, revoked = 0, suspended = 0;
};
BOOST_DESCRIBE_STRUCT(KeyStatusCounts, (), (total, active, expired, revoked, suspended))

struct PeriodStats {
  DetailedStats stats{};
  Day from{}, to{};
  std::string timezone{};
  std::optional<std::int64_t> refused_share{};
  PreviousCalls previous{};
  CallChanges changes{};  // up to the last full hour on both sides, where today is among the days
  KeyStatusCounts key_counts{};
  std::int64_t open_rentals = 0;
};
// Without the stats, whose members stand beside these.
BOOST_DESCRIBE_STRUCT(PeriodStats, (), (from, to, timezone, refused_share, previous, changes, key_counts, open_rentals))

}  // namespace keyledger::service
