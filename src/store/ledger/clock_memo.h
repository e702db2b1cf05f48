// store/ledger/clock_memo.h: where the last minutes lie on the clocks of zones.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "base/zone.h"

namespace keyledger::store {

/// Remembers where the last minutes lie on the clocks of zones, since looking a zone's offset up takes longer than all
/// else that counting an event needs. Clocks are only ever moved at whole minutes, so that within one hour and day are
/// the same.
class ClockMemo {
 public:
  struct Known {
    Zone zone{};
    std::int64_t minute = std::numeric_limits<std::int64_t>::min();
    std::int64_t bucket = 0;  // see domain/ledger/bucket.h
    std::int64_t day = 0;     // since 1970-01-01
  };
  /// Holds until the next call.
  [[nodiscard]] const Known& look(const Zone& zone, Instant at);

 private:
  std::array<Known, 8> known_{};
  std::size_t next_ = 0;
};

}  // namespace keyledger::store
