// store/ledger/ledger_totals_store.h: what calls add up to, hour by hour: of everybody, a customer, a key, a website.
//
// Everybody's come from ledger_all_hours, so that they cost the same for one key and for ten thousand.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "store/database.h"

namespace keyledger::store {

/// Whose calls, and about which websites (empty: all calls). With a key, `customer` is not looked at.
struct CallScope {
  std::optional<CustomerKeyId> key{};
  std::optional<CustomerId> customer{};
  std::vector<WebsiteId> websites{};
};

/// From `from`, inclusive, to `to`, exclusive, as domain/ledger/bucket.h numbers hours.
struct BucketRange {
  std::int64_t from = 0, to = 0;
};

/// Calls of one hour, action, outcome (the number of ledger::Status) and website (0: none).
struct CallSum {
  std::int64_t bucket = 0, action_id = 0, status = 0;
  WebsiteId website_id{};
  std::int64_t events = 0;
};

class LedgerTotalsStore {
 public:
  /// Gives each sum to `sink`, in no particular order, and an hour perhaps in several parts (one for each key of a
  /// customer). Nothing is kept, since a busy year has half a million of them.
  ///
  /// Everybody's: a read of these hours. A key's: a seek for each hour in which anybody called (see
  /// hours_with_calls.h); a customer's: the same for each of its keys, or, where that would be more work, a read of the
  /// hours of all keys.
  [[nodiscard]] static Result<void> each(Transaction& transaction, const CallScope& scope, BucketRange range,
                                         const std::function<void(const CallSum&)>& sink);
  /// The same as a list, for short ranges.
  [[nodiscard]] static Result<std::vector<CallSum>> all(Transaction& transaction, const CallScope& scope,
                                                        BucketRange range);
};

}  // namespace keyledger::store
