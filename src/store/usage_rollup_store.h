// store/usage_rollup_store.h: the sums that reports read, made from the rows of one source and one day or hour.
#pragma once

#include <string>
#include <vector>

#include "domain/usage/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction. A bucket is a day or an hour since 1970-01-01, by the width.
class UsageRollupStore {
 public:
  struct Place {
    usage::SourceId source_id{};
    std::string provider{};
    std::int64_t bucket = 0;
  };
  /// Makes the rollups of one source and bucket from its rows. Errors: those of the database.
  [[nodiscard]] static Result<void> roll_up(Transaction& transaction, const Place& place, usage::Width width,
                                            const usage::PriceBook& prices);
  /// The places in [from, to) that have use, oldest first: for pricing anew.
  [[nodiscard]] static Result<std::vector<Place>> places(Transaction& transaction, usage::Width width,
                                                         std::int64_t from, std::int64_t to);
  /// The first and the last bucket that has use; nothing without any.
  struct Extent {
    std::optional<std::int64_t> first{}, last{};
  };
  [[nodiscard]] static Result<Extent> extent(Transaction& transaction, usage::Width width);
};

[[nodiscard]] constexpr std::int64_t bucket_of(usage::Width width, Instant instant) {
  return width == usage::Width::day
             ? std::chrono::floor<std::chrono::days>(instant).time_since_epoch().count()
             : static_cast<std::int64_t>(std::chrono::floor<std::chrono::hours>(instant).time_since_epoch().count());
}
[[nodiscard]] constexpr Instant start_of(usage::Width width, std::int64_t bucket) {
  return width == usage::Width::day ? Instant{std::chrono::days{bucket}} : Instant{std::chrono::hours{bucket}};
}

}  // namespace keyledger::store
