#include "service/admission/loading.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>

#include "base/log.h"
#include "domain/ledger/bucket.h"
#include "domain/limits/windows.h"
#include "store/admission_store.h"
#include "store/billing/plan_store.h"
#include "store/billing/subscription_store.h"
#include "store/rental_store.h"

namespace keyledger::service {
namespace {

using limits::Metric;
using limits::Window;
using store::AdmissionStore;
using store::Transaction;

constexpr std::array kCalendar{Window::hour, Window::day, Window::month};
constexpr std::array kPaced{Window::second, Window::minute};
/// The local day of any zone began less than this long ago, the longest having 25 hours.
constexpr std::chrono::hours kDayMax{26};

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> words;
  for (const auto word : std::views::split(text, ' ')) {
    if (!word.empty()) words.emplace_back(word.begin(), word.end());
  }
  return words;
}

Result<KeyRecord> record_of(const store::AdmissionKey& key, std::span<const store::AdmissionDigest> digests,
                            std::span<const store::AdmissionLimit> limits) {
  KeyRecord record{key.id, key.customer_id, {}, key.revoked, key.expires_at, {}, words(key.allowed_actions), {}};
  for (const store::AdmissionDigest& stored : digests) {
    KeyRecord::Digest digest{{}, stored.valid_until};
    if (stored.digest.size() != digest.digest.size()) {
      return fail(Code::internal, fmt::format("The digest of the customer key {} is damaged.", key.id.value));
    }
    std::ranges::copy(stored.digest, digest.digest.begin());
    record.digests.push_back(digest);
  }
  for (const std::string& word : words(key.allowed_ips)) {
    const Result<IpNetwork> network = IpNetwork::parse(word);
    if (!network) {
      return fail(Code::internal, fmt::format("The customer key {} has a network that cannot be read.", key.id.value),
                  {}, {}, word);
    }
    record.allowed_ips.push_back(*network);
  }
  for (const store::AdmissionLimit& limit : limits) record.limits.push_back(limit.limit);
  return record;
}

CustomerRecord record_of(const store::AdmissionCustomer& customer) {
  CustomerRecord record{customer.id, customer.suspended, {}};
  if (customer.timezone.empty()) return record;
  const Result<Zone> zone = Zone::find(customer.timezone);
  if (zone) {
    record.zone = *zone;
  } else {  // the system's database has lost a name: the calls go on, by the installation's days
    log::error("a customer's time zone is unknown here; the installation's counts",
               {{"customer", customer.id.value}, {"timezone", customer.timezone}});
  }
  return record;
}

using PlanLimits = std::map<CustomerId, std::vector<limits::Limit>>;

/// What stands for the keys' own limits while their customers are subscribed.
Result<PlanLimits> read_plan_limits(Transaction& transaction) {
  const auto applied = store::SubscriptionStore::all_applied(transaction);
  if (!applied) return std::unexpected(applied.error());
  std::map<std::pair<billing::PlanId, std::int64_t>, std::vector<limits::Limit>> known;
  PlanLimits of_customers;
  for (const store::SubscriptionStore::Applied& each : *applied) {
    const auto [place, fresh] = known.try_emplace({each.plan_id, each.version});
    if (fresh) {
      Result<billing::PlanVersion> plan = store::PlanStore::version(transaction, each.plan_id, each.version);
      if (!plan) return std::unexpected(plan.error());
      place->second = std::move(plan->terms.limits);
    }
    of_customers[each.customer_id] = place->second;
  }
  return of_customers;
}

/// An instant inside the hour that the bucket counts. The bucket's beginning is not always one: where clocks are set
/// forward within an hour, by half of one say, what is shown of it begins later.
Instant inside(std::int64_t bucket, const Zone& zone) {
  for (int quarters = 0; quarters < 4; ++quarters) {
    const Instant instant = ledger::start_of(bucket) + quarters * ledger::kBucketUnit;
    if (ledger::bucket_of(zone, instant) == bucket) return instant;
  }
  return ledger::start_of(bucket);  // counted by the clocks of another zone, before the customer moved
}

/// Not after the beginning of any zone's hour, day and month that holds `now`, as far as there are such limits.
std::optional<Instant> calendar_from(const LimitKinds& kinds, Metric metric, Instant now) {
  if (kinds.has(metric, Window::month)) {
    return limits::window_of(Window::month, Zone{}, now - kDayMax).begin - kDayMax;
  }
  if (kinds.has(metric, Window::day) || kinds.has(metric, Window::hour)) return now - kDayMax;
  return std::nullopt;
}

bool has_paced(const LimitKinds& kinds, Metric metric) {
  return kinds.has(metric, Window::second) || kinds.has(metric, Window::minute);
}

Result<void> count_hours(Transaction& transaction, KeyTable& table, Instant from) {
  const std::int64_t first = ledger::bucket_of(Zone{}, from) - 4;
  return AdmissionStore::each_hour(transaction, first, [&](const store::AdmissionHour& row) {
    const Instant at = inside(row.bucket, table.zone_of(row.key_id));
    for (const Window window : kCalendar) table.count_before(row.key_id, Metric::requests, window, row.events, at);
  });
}

/// The calls of the last minutes, which are read from the newest back and counted in the order of their time.
Result<void> count_recent(Transaction& transaction, KeyTable& table, Instant now) {
  std::vector<store::AdmissionUse> calls;
  Result<void> read = AdmissionStore::each_recent_call(transaction, now - limits::kRecalled,
                                                       [&](const store::AdmissionUse& call) { calls.push_back(call); });
  if (!read) return read;
  std::ranges::sort(calls, {}, &store::AdmissionUse::at);
  for (const store::AdmissionUse& call : calls) {
    for (const Window window : kPaced) table.count_before(call.key_id, Metric::requests, window, 1, call.at);
  }
  return {};
}

Result<void> count_rentals(Transaction& transaction, KeyTable& table, const LimitKinds& kinds, Instant now) {
  std::optional<Instant> from = calendar_from(kinds, Metric::rentals, now);
  if (!from && has_paced(kinds, Metric::rentals)) from = now - limits::kRecalled;
  if (from) {
    Result<void> read = AdmissionStore::each_rental(transaction, *from, [&](const store::AdmissionUse& rental) {
      for (const Window window : kCalendar) table.count_before(rental.key_id, Metric::rentals, window, 1, rental.at);
      for (const Window window : kPaced) table.count_before(rental.key_id, Metric::rentals, window, 1, rental.at);
    });
    if (!read) return read;
  }
  // Also of keys without such a limit: they may get one.
  const auto open = store::RentalStore::open_by_key(transaction);
  if (!open) return std::unexpected(open.error());
  for (const store::RentalStore::OpenOfKey& key : *open) table.set_open_rentals(key.customer_key_id, key.open);
  return {};
}

Result<std::int64_t> calls_before(Transaction& transaction, CustomerKeyId id, const AddedLimit& added,
                                  const Zone& zone) {
  const Instant begin = limits::window_of(added.window, zone, added.since).begin;
  const std::int64_t last = ledger::bucket_of(zone, added.since);
  Result<std::int64_t> sum = AdmissionStore::rolled_up_calls(transaction, id, ledger::bucket_of(zone, begin), last + 1);
  if (!sum) return sum;
  // The bucket of that instant also has calls after it, which the counter has counted itself.
  Result<void> read =
      AdmissionStore::each_rolled_up_call(transaction, id, added.since, [&](const store::AdmissionUse& call) {
        if (call.at >= added.since && ledger::bucket_of(zone, call.at) == last) *sum -= 1;
      });
  if (!read) return std::unexpected(read.error());
  read = AdmissionStore::each_later_call(transaction, id, [&](const store::AdmissionUse& call) {
    if (begin <= call.at && call.at < added.since) *sum += 1;
  });
  if (!read) return std::unexpected(read.error());
  return sum;
}

}  // namespace

Result<void> load_keys(const Core& core, KeyTable& table) {
  return core.store->readers().run_blocking<void>([&table](Transaction& transaction) -> Result<void> {
    Result<void> done = AdmissionStore::each_customer(
        transaction, [&](const store::AdmissionCustomer& customer) { table.put(record_of(customer)); });
    if (!done) return done;
    const Result<std::int64_t> count = AdmissionStore::count_keys(transaction);
    if (!count) return std::unexpected(count.error());
    table.reserve(static_cast<std::size_t>(*count));
    const Result<PlanLimits> of_plans = read_plan_limits(transaction);
    if (!of_plans) return std::unexpected(of_plans.error());
    return AdmissionStore::each_key(transaction, [&](const auto& key, auto digests, auto limits) -> Result<void> {
      Result<KeyRecord> record = record_of(key, digests, limits);
      if (!record) return std::unexpected(record.error());
      const auto subscribed = of_plans->find(key.customer_id);
      if (subscribed != of_plans->end()) record->limits = subscribed->second;
      table.put(*record);
      return {};
    });
  });
}

Result<void> count_used(const Core& core, KeyTable& table) {
  return core.store->readers().run_blocking<void>([&table](Transaction& transaction) -> Result<void> {
    const LimitKinds kinds = table.limit_kinds();
    const Instant now = table.now();
    const std::optional<Instant> from = calendar_from(kinds, Metric::requests, now);
    Result<void> done;
    if (from) done = count_hours(transaction, table, *from);
    if (done && has_paced(kinds, Metric::requests)) done = count_recent(transaction, table, now);
    if (done) done = count_rentals(transaction, table, kinds, now);
    return done;
  });
}

Result<std::int64_t> used_before(Transaction& transaction, CustomerKeyId id, const AddedLimit& added,
                                 const Zone& zone) {
  if (added.metric == Metric::requests) return calls_before(transaction, id, added, zone);
  const Instant begin = limits::window_of(added.window, zone, added.since).begin;
  return AdmissionStore::rentals(transaction, id, begin, added.since);
}

}  // namespace keyledger::service
