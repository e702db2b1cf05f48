#include "domain/ledger/bucket.h"

namespace keyledger::ledger {

std::int64_t bucket_of(std::chrono::seconds offset, Instant instant) {
  const auto local_hour = std::chrono::floor<std::chrono::hours>(instant.time_since_epoch() + offset);
  const std::chrono::seconds start = local_hour - offset;
  return std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<15 * 60>>>(start).count();
}

std::int64_t bucket_of(const Zone& zone, Instant instant) {
  return bucket_of(zone.offset(instant), instant);
}

Instant start_of(std::int64_t bucket) {
  return Instant{bucket * kBucketUnit};
}

}  // namespace keyledger::ledger
