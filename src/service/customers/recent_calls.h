// service/customers/recent_calls.h: how often each customer has called of late.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <mutex>

#include "base/zone.h"
#include "store/database.h"

namespace keyledger::service {

struct CallCount {
  std::int64_t calls = 0;    // refused ones included
  std::int64_t refused = 0;  // of these
};

/// Sums of the last kDays days, today included, on the installation's clocks. Hours that are over are read once a
/// minute at most, since a busy month has millions of them; those that may still count are read each time. Thread-safe.
class RecentCalls {
 public:
  static constexpr std::chrono::days kDays{30};
  static constexpr std::chrono::minutes kKept{1};

  using ByCustomer = absl::flat_hash_map<std::int64_t, CallCount>;
  class Sums {
   public:
    Sums(std::shared_ptr<const ByCustomer> over, ByCustomer counting)
        : over_(std::move(over)), counting_(std::move(counting)) {}
    [[nodiscard]] CallCount of(CustomerId id) const;

   private:
    std::shared_ptr<const ByCustomer> over_;
    ByCustomer counting_;
  };

  /// As of the last settling of the ledger.
  [[nodiscard]] Result<Sums> read(store::Transaction& transaction, const Zone& zone, Instant now);

 private:
  struct Known {
    std::int64_t from = 0, to = 0;  // buckets
    Instant read_at{};
    std::shared_ptr<const ByCustomer> sums{};
  };
  std::mutex mutex_{};
  Known known_{};
};

}  // namespace keyledger::service
