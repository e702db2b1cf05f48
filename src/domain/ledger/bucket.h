// domain/ledger/bucket.h: the hours by which rollups count.
#pragma once

#include <cstdint>

#include "base/zone.h"

namespace keyledger::ledger {

/// A bucket is named by its beginning: the quarters of an hour since 1970 (UTC) at which an hour of some zone's clocks
/// begins. Offsets from UTC are whole quarters everywhere, so the number is exact.
inline constexpr std::chrono::minutes kBucketUnit{15};

/// The bucket of the hour of `zone` that holds `instant`. An hour that the clocks show twice is two buckets.
///
/// The buckets of a span between two midnights (or ends of months) of the zone are those from bucket_of(zone, begin),
/// inclusive, to bucket_of(zone, end), exclusive.
[[nodiscard]] std::int64_t bucket_of(const Zone& zone, Instant instant);
/// The same for clocks that are known to be `offset` before UTC.
[[nodiscard]] std::int64_t bucket_of(std::chrono::seconds offset, Instant instant);

/// When a bucket begins.
[[nodiscard]] Instant start_of(std::int64_t bucket);

}  // namespace keyledger::ledger
