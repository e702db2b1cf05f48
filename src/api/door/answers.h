// api/door/answers.h: what the calls of customers answer when they succeed, member by member in a fixed order.
#pragma once

#include <string>

#include "base/instant.h"
#include "service/ledger/activity.h"
#include "service/rentals/rentals.h"

namespace keyledger::api {

/// All but its last member, the time, and that one: what comes first stays the same until the pool changes.
[[nodiscard]] std::string begin_available(const service::AvailableAccounts& available);
void end_available(std::string& begun, Instant now);
[[nodiscard]] std::string write_rented(const service::RentedAccount& rented);
[[nodiscard]] std::string write_status(const service::RentalStatus& status, Instant now);
[[nodiscard]] std::string write_returned(const service::RentalStatus& status, Instant now);

/// What /api/stats/me says of the key itself.
struct OwnKey {
  std::string name{};
  std::int64_t total_requests = 0, rate_limit = 0;
  std::optional<std::int64_t> remaining_today{};  // nothing: unlimited
  Instant created_at{};
};
[[nodiscard]] std::string write_stats(const OwnKey& key, const service::CallStats& stats,
                                      const std::vector<service::ActivityLine>& recent, Instant now);

}  // namespace keyledger::api
