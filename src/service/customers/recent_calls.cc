#include "service/customers/recent_calls.h"

#include <limits>

#include "domain/ledger/bucket.h"
#include "store/ledger/call_counts_store.h"

namespace keyledger::service {
namespace {

using store::CallCountsStore;

// A call counts in the hour in which its request arrived, and may be written down a little later.
constexpr std::chrono::hours kStillCounting{2};

Result<RecentCalls::ByCustomer> sum(store::Transaction& transaction, std::int64_t from, std::int64_t to) {
  const Result<std::vector<CallCountsStore::OfCustomer>> rows = CallCountsStore::by_customer(transaction, {from, to});
  if (!rows) return std::unexpected(rows.error());
  RecentCalls::ByCustomer sums;
  for (const CallCountsStore::OfCustomer& row : *rows) sums[row.customer.value] = {row.calls, row.refused};
  return sums;
}

void add(CallCount& count, const RecentCalls::ByCustomer& sums, CustomerId id) {
  const auto found = sums.find(id.value);
  if (found == sums.end()) return;
  count.calls += found->second.calls;
  count.refused += found->second.refused;
}

}  // namespace

CallCount RecentCalls::Sums::of(CustomerId id) const {
  CallCount count;
  add(count, *over_, id);
  add(count, counting_, id);
  return count;
}

Result<RecentCalls::Sums> RecentCalls::read(store::Transaction& transaction, const Zone& zone, Instant now) {
  const LocalDay first = zone.day_of(now) - kDays + std::chrono::days{1};
  const std::int64_t from = ledger::bucket_of(zone, zone.start_of(first));
  const std::int64_t to = ledger::bucket_of(zone, now - kStillCounting);
  std::shared_ptr<const ByCustomer> over;
  {
    const std::lock_guard lock(mutex_);
    const bool fresh =
        known_.sums && known_.from == from && known_.to == to && now - known_.read_at < kKept && now >= known_.read_at;
    if (fresh) over = known_.sums;
  }
  if (!over) {
    Result<ByCustomer> sums = sum(transaction, from, to);
    if (!sums) return std::unexpected(sums.error());
    over = std::make_shared<const ByCustomer>(std::move(*sums));
    const std::lock_guard lock(mutex_);
    known_ = {from, to, now, over};
  }
  Result<ByCustomer> counting = sum(transaction, to, std::numeric_limits<std::int64_t>::max());
  if (!counting) return std::unexpected(counting.error());
  return Sums{std::move(over), std::move(*counting)};
}

}  // namespace keyledger::service
