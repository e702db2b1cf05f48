#include "service/usage/reprice.h"

#include <limits>

#include "service/usage/prices.h"
#include "store/usage_rollup_store.h"

namespace keyledger::service {
namespace {

using store::PriceStore;
using store::Transaction;
using store::UsageRollupStore;
using usage::Width;

/// Prices what lies between the first bucket of the step and `position`, and answers where to go on.
Result<std::int64_t> reprice(Transaction& transaction, Width width, std::int64_t position,
                             const usage::PriceBook& prices) {
  const std::int64_t step = width == Width::day ? 1 : 24;
  const Result<UsageRollupStore::Extent> extent = UsageRollupStore::extent(transaction, width);
  if (!extent) return std::unexpected(extent.error());
  if (!extent->first || !extent->last || position < *extent->first) return kNothingToReprice;
  const std::int64_t last = std::min(position, *extent->last);
  const std::int64_t first = std::max(last - step + 1, *extent->first);
  const Result<std::vector<UsageRollupStore::Place>> places =
      UsageRollupStore::places(transaction, width, first, last + 1);
  if (!places) return std::unexpected(places.error());
  for (const UsageRollupStore::Place& place : *places) {
    const Result<void> done = UsageRollupStore::roll_up(transaction, place, width, prices);
    if (!done) return std::unexpected(done.error());
  }
  return first > *extent->first ? first - 1 : kNothingToReprice;
}

struct Pending {
  std::string name{};
  Width width = Width::day;
};

/// One step of one of the two jobs. Answers whether it had anything to do.
Result<bool> step(Transaction& transaction, const Pending& pending, const usage::PriceBook& prices) {
  const Result<std::optional<PriceStore::Job>> job = PriceStore::job(transaction, pending.name);
  if (!job) return std::unexpected(job.error());
  if (!*job || (*job)->position == kNothingToReprice) return false;
  const Result<std::int64_t> next = reprice(transaction, pending.width, (*job)->position, prices);
  if (!next) return std::unexpected(next.error());
  const Result<void> put = PriceStore::put_job(transaction, {pending.name, *next, (*job)->detail});
  if (!put) return std::unexpected(put.error());
  return true;
}

}  // namespace

Result<void> ask_for_repricing(Transaction& transaction, const std::string& version) {
  for (const std::string& job : {kRepriceDays, kRepriceHours}) {
    const Result<void> put = PriceStore::put_job(transaction, {job, std::numeric_limits<std::int64_t>::max(), version});
    if (!put) return put;
  }
  return PriceStore::put_job(transaction, {kPricedWith, 0, version});
}

runtime::Task<Result<bool>> reprice_step(Core core, PriceShelf* shelf, FiguresVersion* version) {
  std::shared_ptr<const usage::PriceBook> book = shelf->book();
  auto mutation = [book = std::move(book), version](Transaction& transaction) -> Result<bool> {
    for (const Pending& pending : {Pending{kRepriceDays, Width::day}, Pending{kRepriceHours, Width::hour}}) {
      const Result<bool> worked = step(transaction, pending, *book);
      if (!worked) return worked;
      if (!*worked) continue;
      transaction.after_commit([version] { version->grow(); });
      return true;
    }
    return false;
  };
  Result<bool> more = co_await core.store->writer().run<bool>(std::move(mutation));
  co_return more;
}

}  // namespace keyledger::service
