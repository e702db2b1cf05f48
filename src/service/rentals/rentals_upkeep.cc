#include <algorithm>
#include <span>

#include "base/log.h"
#include "service/audit.h"
#include "service/events.h"
#include "service/rentals/rentals.h"
#include "store/rental_account_store.h"
#include "store/rental_sheet_store.h"
#include "store/rental_store.h"
#include "store/website_store.h"

// The part of Rentals that nobody asks for: the start, the ends of rentals on time, and the administrative side.

namespace keyledger::service {

using rentals::Rental;
using rentals::RentalAccount;
using rentals::Website;
using store::RentalAccountStore;
using store::RentalSheetStore;
using store::RentalStore;
using store::Transaction;
using store::WebsiteStore;

namespace {

using Numbers = std::vector<std::int64_t>;

constexpr std::int64_t kBatch = 200;                       // rentals that one mutation ends
constexpr std::chrono::milliseconds kLookAgain{60'000};    // a wall clock may be set while the timer runs
constexpr std::chrono::milliseconds kAfterFailure{5'000};  // the disk is full, say

struct Stock {
  std::vector<Website> websites{};
  std::vector<RentalAccount> free{};
  std::vector<RentalStore::OpenOfKey> open{};
};

Result<Stock> read_stock(Transaction& transaction) {
  Result<std::vector<Website>> websites = WebsiteStore::all(transaction);
  if (!websites) return std::unexpected(websites.error());
  Result<std::vector<RentalAccount>> free = RentalAccountStore::all_free(transaction);
  if (!free) return std::unexpected(free.error());
  Result<std::vector<RentalStore::OpenOfKey>> open = RentalStore::open_by_key(transaction);
  if (!open) return std::unexpected(open.error());
  return Stock{std::move(*websites), std::move(*free), std::move(*open)};
}

}  // namespace

struct Rentals::Expiry {
  std::int64_t ended = 0;
  std::optional<Instant> next{};
};

Result<Rentals::Expiry> Rentals::expire_batch(Transaction& transaction, Instant now) const {
  const Result<std::int64_t> ended = expire(transaction, parts_, now, {}, kBatch);
  if (!ended) return std::unexpected(ended.error());
  const Result<std::optional<Instant>> next = RentalStore::next_expiry(transaction, {});
  if (!next) return std::unexpected(next.error());
  return Expiry{*ended, *next};
}

Result<void> Rentals::prepare() {
  store::Store& store = *parts_.core.store;
  const Result<Stock> stock = store.readers().run_blocking<Stock>(&read_stock);
  if (!stock) return std::unexpected(stock.error());
  std::int64_t open = 0;
  for (const RentalStore::OpenOfKey& key : stock->open) open += key.open;  // each key's are counted by Admission
  parts_.pool->load(stock->websites, stock->free, open);
  const Instant now = parts_.core.clock->now();
  for (bool more = open > 0; more;) {
    const Result<Expiry> batch = store.writer().run_blocking<Expiry>(
        [this, now](Transaction& transaction) { return expire_batch(transaction, now); });
    if (!batch) return std::unexpected(batch.error());
    more = batch->ended == kBatch;
  }
  return {};
}

runtime::Task<Result<std::optional<Instant>>> Rentals::expire_due() {
  for (;;) {
    const Instant now = parts_.core.clock->now();
    auto look = [](Transaction& transaction) { return RentalStore::next_expiry(transaction, {}); };
    Result<std::optional<Instant>> next =
        co_await parts_.core.store->readers().run<std::optional<Instant>>(std::move(look));
    if (!next || !*next || **next > now) co_return next;  // no commit where there is nothing to change
    auto mutation = [this, now](Transaction& transaction) { return expire_batch(transaction, now); };
    Result<Expiry> batch = co_await parts_.core.store->writer().run<Expiry>(std::move(mutation));
    if (!batch) co_return std::unexpected(std::move(batch.error()));
    if (batch->ended > 0 && parts_.events != nullptr) {
      parts_.events->publish(EventKind::changed, {"rentals", "rental_accounts", "websites"});
    }
    if (batch->ended < kBatch) co_return batch->next;
  }
}

runtime::Task<> Rentals::run() {
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max();
  while (!stopping_) {
    alarm_set_to_ = kFar;  // from here on every new rental rings, so that none slips in between
    const Result<std::optional<Instant>> next = co_await expire_due();
    std::chrono::milliseconds wait = kLookAgain;
    if (!next) {
      log::warn("rentals that are due could not be ended; trying again", {{"why", next.error().detail}});
      wait = kAfterFailure;
    } else if (*next) {
      alarm_set_to_ = to_millis(**next);
      wait = std::clamp(**next - parts_.core.clock->now(), std::chrono::milliseconds{0}, kLookAgain);
    }
    if (!stopping_ && wait > std::chrono::milliseconds{0}) co_await parts_.expiry_alarm->wait(wait);
  }
}

runtime::Task<Result<void>> Rentals::pack_sheets() const {
  constexpr std::size_t kAtOnce = 8;  // some milliseconds of the writer's
  auto look = [](Transaction& transaction) { return RentalSheetStore::unpacked(transaction); };
  const Result<Numbers> unpacked = co_await parts_.core.store->readers().run<Numbers>(std::move(look));
  if (!unpacked) co_return std::unexpected(unpacked.error());
  for (std::span<const std::int64_t> left{*unpacked}; !left.empty() && !stopping_;) {
    const std::span<const std::int64_t> part = left.first(std::min(left.size(), kAtOnce));
    left = left.subspan(part.size());
    auto mutation = [part](Transaction& transaction) { return RentalSheetStore::pack(transaction, part); };
    Result<void> packed = co_await parts_.core.store->writer().run<void>(std::move(mutation));
    if (!packed) co_return packed;
  }
  co_return Result<void>{};
}

void Rentals::stop() {
  stopping_ = true;
  parts_.expiry_alarm->ring();
}

void Rentals::wake_for(Instant expires_at) const {
  if (to_millis(expires_at) < alarm_set_to_) parts_.expiry_alarm->ring();
}

runtime::Task<Result<Listed<RentalView>>> Rentals::list(RentalQuery query) const {
  auto read = [query = std::move(query), now = parts_.core.clock->now()](Transaction& transaction) {
    return list_rentals(transaction, query, now);
  };
  Result<Listed<RentalView>> listed = co_await parts_.core.store->readers().run<Listed<RentalView>>(std::move(read));
  co_return listed;
}

runtime::Task<Result<RentalView>> Rentals::get(RentalId id) const {
  auto read = [id, now = parts_.core.clock->now()](Transaction& transaction) {
    return view_rental(transaction, id, now);
  };
  Result<RentalView> rental = co_await parts_.core.store->readers().run<RentalView>(std::move(read));
  co_return rental;
}

runtime::Task<Result<RentalView>> Rentals::take_back(Actor actor, RentalId id) {
  auto mutation = [this, actor = std::move(actor), id,
                   now = parts_.core.clock->now()](Transaction& transaction) -> Result<RentalView> {
    const Result<Rental> rental = RentalStore::get(transaction, id);
    if (!rental) return std::unexpected(rental.error());
    if (rental->ended_at || rental->expires_at <= now) {
      return fail(Code::conflict, "The rental has ended already.", "rental_ended");
    }
    const Result<RentalAccount> ended = end_rental(transaction, parts_, *rental, now, rentals::EndedBy::taken_back);
    if (!ended) return std::unexpected(ended.error());
    const Result<void> audited =
        record_audit(transaction, now, actor, "rentals.take_back", "rentals/" + std::to_string(id.value),
                     {{"account", std::to_string(rental->rental_account_id.value)}, {"username", ended->username}});
    if (!audited) return std::unexpected(audited.error());
    return view_rental(transaction, id, now);
  };
  Result<RentalView> rental = co_await parts_.core.store->writer().run<RentalView>(std::move(mutation));
  co_return rental;
}

}  // namespace keyledger::service
