// store/ledger/call_counts_store.h: how many calls there were, by key or by customer, from the hourly rollups.
#pragma once

#include <functional>

#include "store/database.h"
#include "store/ledger/ledger_totals_store.h"

namespace keyledger::store {

/// Whoever reads settles the ledger first. Every function runs inside the caller's transaction.
class CallCountsStore {
 public:
  struct OfKey {
    std::int64_t bucket = 0;  // an hour, as domain/ledger/bucket.h numbers them
    CustomerKeyId key{};
    std::int64_t admitted = 0;
  };
  struct OfCustomer {
    CustomerId customer{};
    std::int64_t calls = 0;  // refused ones included
    std::int64_t refused = 0;
  };

  /// Admitted calls of one key: a seek for each quarter of an hour.
  [[nodiscard]] static Result<std::int64_t> admitted(Transaction& transaction, CustomerKeyId key, BucketRange range);
  /// Admitted calls of every key that has called since `from`, hour by hour.
  [[nodiscard]] static Result<void> each_key(Transaction& transaction, std::int64_t from,
                                             const std::function<void(const OfKey&)>& sink);
  /// Reads the hours of all keys: half a second for a million of them.
  [[nodiscard]] static Result<std::vector<OfCustomer>> by_customer(Transaction& transaction, BucketRange range);
};

}  // namespace keyledger::store
