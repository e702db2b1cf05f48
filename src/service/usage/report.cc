#include "service/usage/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/usage/report_builder.h"
#include "store/account_store.h"
#include "store/provider_key_store.h"

namespace keyledger::service {
namespace {

using store::Transaction;

/// What a reading transaction needs of the service, all of it thread-safe.
struct Reading {
  UsageQuery query{};
  DayRange range{};
  std::shared_ptr<const usage::PriceBook> prices{};
  std::uint64_t version = 0;
  SumsCache* cache = nullptr;
};

template <typename T>
Result<void> take(T& into, Result<T> value) {
  if (!value) return std::unexpected(value.error());
  into = std::move(*value);
  return {};
}

Result<void> check_account(Transaction& transaction, const UsageQuery& query) {
  if (!query.account_id) return {};
  const Result<keys::Account> account = store::AccountStore::get(transaction, *query.account_id);
  if (!account && account.error().code == Code::not_found) {
    return store::unknown_account(*query.account_id, "account_id");
  }
  if (!account) return std::unexpected(account.error());
  return {};
}

Result<void> read_sums_once(Transaction& transaction, const Reading& reading, ReportMatter& matter) {
  const Ownership owners(matter.held, matter.facts.sources, matter.remote);
  const SumsQuery wanted{reading.range, owners.select(reading.query.account_id, reading.query.key_id),
                         reading.query.group_by};
  const std::string name = wanted.name();
  matter.sums = reading.cache->find(reading.version, name);
  if (matter.sums) return {};
  Result<Sums> sums = read_sums(transaction, wanted, *reading.prices);
  if (!sums) return std::unexpected(sums.error());
  matter.sums = std::make_shared<const Sums>(std::move(*sums));
  reading.cache->put(reading.version, name, matter.sums);
  return {};
}

Result<ReportMatter> read_matter(Transaction& transaction, const Reading& reading, ReportMatter matter) {
  Result<void> done = check_account(transaction, reading.query);
  if (done) done = take(matter.facts, read_source_facts(transaction));
  if (done) done = take(matter.remote, store::UsageRemoteStore::keys(transaction));
  if (done) done = take(matter.projects, store::UsageRemoteStore::projects(transaction));
  if (done) done = take(matter.budgets, stand_budgets(transaction, matter.held, matter.now));
  if (done) done = read_sums_once(transaction, reading, matter);
  if (!done) return std::unexpected(done.error());
  return matter;
}

}  // namespace

runtime::Task<Result<UsageReport>> UsageReports::report(UsageQuery query) const {
  const Instant now = core_.clock->now();
  const Result<DayRange> range = resolve_range(query, day_of(now));
  if (!range) co_return std::unexpected(range.error());
  if (query.provider && !known_provider_(*query.provider)) {
    co_return fail(Code::invalid_argument, fmt::format("There is no provider {}.", *query.provider), "unknown_provider",
                   "provider");
  }
  Result<std::vector<HeldKey>> held = co_await directory_->list();
  if (!held) co_return std::unexpected(held.error());
  const bool key_known =
      !query.key_id || std::ranges::any_of(*held, [&](const HeldKey& one) { return one.key.id == *query.key_id; });
  if (!key_known) co_return store::unknown_key(*query.key_id, "key_id");
  // The version is read before the figures: what is computed from newer ones is then kept under an older version and
  // never found, instead of the other way round.
  auto read = [reading = Reading{query, *range, prices_->book(), version_->now(), &cache_},
               matter = ReportMatter{.held = std::move(*held), .now = now}](Transaction& transaction) mutable {
    return read_matter(transaction, reading, std::move(matter));
  };
  const Result<ReportMatter> matter = co_await core_.store->readers().run<ReportMatter>(std::move(read));
  if (!matter) co_return std::unexpected(matter.error());
  co_return build_report(*matter, query, *range);
}

}  // namespace keyledger::service
