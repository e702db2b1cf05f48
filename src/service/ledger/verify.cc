#include <cstring>

#include "crypto/hash.h"
#include "service/ledger/activity.h"
#include "service/ledger/verification.h"

namespace keyledger::service {
namespace {

constexpr int kAttemptsMax = 3;  // events are dropped once a day: one repetition is rare, two do not happen

std::uint64_t random_seed() {
  const crypto::Bytes bytes = crypto::random_bytes(sizeof(std::uint64_t));
  std::uint64_t seed = 0;
  std::memcpy(&seed, bytes.data(), sizeof(seed));
  return seed;
}

runtime::Task<Result<LedgerState>> verify_once(Core core) {
  Verification verification(random_seed(), core.clock->now());
  for (bool more = true; more;) {
    auto read = [&verification](store::Transaction& transaction) { return verification.step(transaction); };
    const Result<bool> stepped = co_await core.store->readers().run<bool>(std::move(read));
    if (!stepped) co_return std::unexpected(stepped.error());
    more = *stepped;
  }
  co_return verification.result();
}

}  // namespace

runtime::Task<Result<LedgerState>> Activity::verify() const {
  for (int attempt = 1;; ++attempt) {
    const Result<void> settled = co_await ledger_->settle();
    if (!settled) co_return std::unexpected(settled.error());
    Result<LedgerState> state = co_await verify_once(core_);
    const bool changed = !state && state.error().reason == "ledger_changing";
    if (!changed) co_return state;
    if (attempt == kAttemptsMax) break;
  }
  co_return fail(Code::unavailable, "Events were dropped while the ledger was read; try again.", "ledger_changing");
}

}  // namespace keyledger::service
