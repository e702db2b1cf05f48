#include "store/ledger/clock_memo.h"

#include "domain/ledger/bucket.h"

namespace keyledger::store {

const ClockMemo::Known& ClockMemo::look(const Zone& zone, Instant at) {
  const std::int64_t minute = std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count();
  for (const Known& known : known_) {
    if (known.minute == minute && known.zone == zone) return known;
  }
  const Known& known =
      known_[next_] = {zone, minute, ledger::bucket_of(zone, at), zone.day_of(at).time_since_epoch().count()};
  next_ = (next_ + 1) % known_.size();
  return known;
}

}  // namespace keyledger::store
