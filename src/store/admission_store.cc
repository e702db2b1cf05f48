#include "store/admission_store.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <vector>

#include "domain/ledger/call.h"
#include "store/ledger/ledger_chain_store.h"

namespace keyledger::store {
namespace {

constexpr std::int64_t kPageKeys = 4'096;
/// A call carries the time at which it came, and is written when it is done. By so much later ones may come before it.
constexpr std::chrono::minutes kDisorderMax{1};

constexpr auto kSuccess = static_cast<std::int64_t>(ledger::Status::success);
constexpr auto kError = static_cast<std::int64_t>(ledger::Status::error);
static_assert(ledger::admitted(ledger::Status::success) && ledger::admitted(ledger::Status::error));

struct From {
  std::int64_t from = 0, success = kSuccess, error = kError;
};
BOOST_DESCRIBE_STRUCT(From, (), (from, success, error))

struct Since {
  Instant from{};
};
BOOST_DESCRIBE_STRUCT(Since, (), (from))

struct Page {
  CustomerKeyId after{};
  std::int64_t limit = kPageKeys;
};
BOOST_DESCRIBE_STRUCT(Page, (), (after, limit))

struct Range {
  CustomerKeyId after{}, last{};
};
BOOST_DESCRIBE_STRUCT(Range, (), (after, last))

struct LimitRow {
  CustomerKeyId key_id{};
  limits::Metric metric{};
  limits::Window window{};
  std::int64_t amount = 0;
};
BOOST_DESCRIBE_STRUCT(LimitRow, (), (key_id, metric, window, amount))

struct DigestRow {
  CustomerKeyId key_id{};
  Bytes digest{};
};
BOOST_DESCRIBE_STRUCT(DigestRow, (), (key_id, digest))

struct EndRow {
  Bytes digest{};
  Instant valid_until{};
};
BOOST_DESCRIBE_STRUCT(EndRow, (), (digest, valid_until))

struct EventRow {
  CustomerKeyId key_id{};
  Instant at{};
  std::int64_t status = 0;
};
BOOST_DESCRIBE_STRUCT(EventRow, (), (key_id, at, status))

struct OfKey {
  CustomerKeyId id{};
  std::int64_t from = 0, to = 0;
  std::int64_t success = kSuccess, error = kError;
};
BOOST_DESCRIBE_STRUCT(OfKey, (), (id, from, to, success, error))

struct KeySince {
  CustomerKeyId id{};
  Instant from{};
};
BOOST_DESCRIBE_STRUCT(KeySince, (), (id, from))

struct KeyAfter {
  CustomerKeyId id{};
  UsageEventId counted{};
};
BOOST_DESCRIBE_STRUCT(KeyAfter, (), (id, counted))

struct KeySpan {
  CustomerKeyId id{};
  Instant from{}, to{};
};
BOOST_DESCRIBE_STRUCT(KeySpan, (), (id, from, to))

using Ends = absl::flat_hash_map<Bytes, Instant>;

/// The digests that end, apart: few do, and the index by key has all that is needed of the others.
Result<Ends> read_ends(Transaction& transaction) {
  static const Query<EndRow> kEnds{
      "SELECT digest, valid_until FROM customer_key_digests WHERE valid_until IS NOT NULL"};
  Ends ends;
  const Result<void> done = transaction.each<EndRow>(kEnds, NoParameters{}, [&](EndRow row) {
    ends.emplace(std::move(row.digest), row.valid_until);
    return true;
  });
  if (!done) return std::unexpected(done.error());
  return ends;
}

Result<std::vector<AdmissionDigest>> read_digests(Transaction& transaction, const Range& range, const Ends& ends) {
  static const Query<DigestRow> kDigests{R"sql(
    SELECT customer_key_id, digest FROM customer_key_digests
     WHERE customer_key_id > :after AND customer_key_id <= :last ORDER BY customer_key_id)sql"};
  std::vector<AdmissionDigest> digests;
  const Result<void> done = transaction.each<DigestRow>(kDigests, range, [&](DigestRow row) {
    const auto end = ends.find(row.digest);
    const std::optional<Instant> valid_until = end == ends.end() ? std::nullopt : std::optional{end->second};
    digests.push_back({row.key_id, std::move(row.digest), valid_until});
    return true;
  });
  if (!done) return std::unexpected(done.error());
  return digests;
}

Result<std::vector<AdmissionLimit>> read_limits(Transaction& transaction, const Range& range) {
  static const Query<LimitRow> kLimits{R"sql(
    SELECT customer_key_id, metric, period, amount FROM customer_key_limits
     WHERE customer_key_id > :after AND customer_key_id <= :last ORDER BY customer_key_id)sql"};
  std::vector<AdmissionLimit> limits;
  const Result<void> done = transaction.each<LimitRow>(kLimits, range, [&](LimitRow row) {
    limits.push_back({row.key_id, {row.metric, row.window, row.amount}});
    return true;
  });
  if (!done) return std::unexpected(done.error());
  return limits;
}

/// The rows of `id` at the front of what is left; both are in the order of keys.
template <typename Row>
std::span<const Row> take_front(std::span<const Row>& left, CustomerKeyId id) {
  const auto end = std::ranges::find_if(left, [id](const Row& row) { return row.key_id != id; });
  const auto count = static_cast<std::size_t>(end - left.begin());
  const std::span<const Row> front = left.first(count);
  left = left.subspan(count);
  return front;
}

/// One page; answers its keys' number.
Result<std::size_t> each_key_of_page(Transaction& transaction, Range& range, const Ends& ends,
                                     const AdmissionStore::KeySink& sink) {
  static const Query<AdmissionKey> kKeys{R"sql(
    SELECT id, customer_id, allowed_ips, allowed_actions, expires_at,
           CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END
      FROM customer_keys WHERE id > :after ORDER BY id LIMIT :limit)sql"};
  const Result<std::vector<AdmissionKey>> keys = transaction.all(kKeys, Page{range.after});
  if (!keys) return std::unexpected(keys.error());
  if (keys->empty()) return 0;
  range.last = keys->back().id;
  const Result<std::vector<AdmissionDigest>> digests = read_digests(transaction, range, ends);
  if (!digests) return std::unexpected(digests.error());
  const Result<std::vector<AdmissionLimit>> limits = read_limits(transaction, range);
  if (!limits) return std::unexpected(limits.error());
  std::span<const AdmissionDigest> digests_left{*digests};
  std::span<const AdmissionLimit> limits_left{*limits};
  for (const AdmissionKey& key : *keys) {
    const std::span<const AdmissionDigest> own = take_front(digests_left, key.id);
    const Result<void> taken = sink(key, own, take_front(limits_left, key.id));
    if (!taken) return std::unexpected(taken.error());
  }
  range.after = range.last;
  return keys->size();
}

/// A sink of events that passes on the admitted ones, and stops at what is older than `from` beyond all disorder.
std::function<bool(EventRow)> admitted_since(Instant from, const AdmissionStore::Sink<AdmissionUse>& sink) {
  return [from, &sink](const EventRow& row) {
    if (row.status == kSuccess || row.status == kError) sink({row.key_id, row.at});
    return row.at >= from - kDisorderMax;
  };
}

}  // namespace

Result<void> AdmissionStore::each_customer(Transaction& transaction, const Sink<AdmissionCustomer>& sink) {
  static const Query<AdmissionCustomer> kCustomers{
      "SELECT id, CASE WHEN suspended_at IS NULL THEN 0 ELSE 1 END, timezone FROM customers ORDER BY id"};
  return transaction.each<AdmissionCustomer>(kCustomers, NoParameters{}, [&](const AdmissionCustomer& row) {
    sink(row);
    return true;
  });
}

Result<std::int64_t> AdmissionStore::count_keys(Transaction& transaction) {
  static const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM customer_keys"};
  const Result<std::optional<Single<std::int64_t>>> count = transaction.one(kCount);
  if (!count) return std::unexpected(count.error());
  return (*count)->value;
}

Result<void> AdmissionStore::each_key(Transaction& transaction, const KeySink& sink) {
  const Result<Ends> ends = read_ends(transaction);
  if (!ends) return std::unexpected(ends.error());
  Range range;
  for (;;) {
    const Result<std::size_t> count = each_key_of_page(transaction, range, *ends, sink);
    if (!count) return std::unexpected(count.error());
    if (*count == 0) return {};
  }
}

Result<void> AdmissionStore::each_hour(Transaction& transaction, std::int64_t from, const Sink<AdmissionHour>& sink) {
  static const Query<AdmissionHour> kHours{R"sql(
    SELECT customer_key_id, bucket, SUM(events) FROM ledger_hours
     WHERE bucket >= :from AND status IN (:success, :error)
     GROUP BY bucket, customer_key_id ORDER BY bucket, customer_key_id)sql"};
  return transaction.each<AdmissionHour>(kHours, From{from}, [&](const AdmissionHour& row) {
    sink(row);
    return true;
  });
}

Result<void> AdmissionStore::each_recent_call(Transaction& transaction, Instant from, const Sink<AdmissionUse>& sink) {
  static const Query<EventRow> kNewest{"SELECT customer_key_id, at, status FROM usage_events ORDER BY id DESC"};
  return transaction.each<EventRow>(kNewest, NoParameters{}, admitted_since(from, sink));
}

Result<void> AdmissionStore::each_rental(Transaction& transaction, Instant from, const Sink<AdmissionUse>& sink) {
  static const Query<AdmissionUse> kRentals{
      "SELECT customer_key_id, rented_at FROM rentals WHERE rented_at >= :from ORDER BY rented_at"};
  return transaction.each<AdmissionUse>(kRentals, Since{from}, [&](const AdmissionUse& row) {
    sink(row);
    return true;
  });
}

Result<std::int64_t> AdmissionStore::rolled_up_calls(Transaction& transaction, CustomerKeyId id, std::int64_t from,
                                                     std::int64_t to) {
  // Rollups are ordered by bucket and then by key. Of one key, therefore, each bucket is looked up (a month has less
  // than 3,000 quarters of an hour); reading all of them would read those of every key.
  static const Query<Single<std::int64_t>> kSum{R"sql(
    WITH RECURSIVE quarters (bucket) AS (
      SELECT CAST(:from AS BIGINT) UNION ALL SELECT bucket + 1 FROM quarters WHERE bucket + 1 < :to)
    SELECT COALESCE(SUM(ledger_hours.events), 0) FROM quarters CROSS JOIN ledger_hours
     WHERE ledger_hours.bucket = quarters.bucket AND ledger_hours.customer_key_id = :id
       AND ledger_hours.status IN (:success, :error))sql"};
  if (from >= to) return 0;
  const Result<std::optional<Single<std::int64_t>>> sum = transaction.one(kSum, OfKey{id, from, to});
  if (!sum) return std::unexpected(sum.error());
  return (*sum)->value;
}

Result<void> AdmissionStore::each_rolled_up_call(Transaction& transaction, CustomerKeyId id, Instant from,
                                                 const Sink<AdmissionUse>& sink) {
  static const Query<EventRow> kChain{R"sql(
    WITH RECURSIVE chain (id, previous_id, customer_key_id, at, status) AS (
      SELECT usage_events.id, usage_events.previous_id, usage_events.customer_key_id, usage_events.at,
             usage_events.status
        FROM customer_key_totals JOIN usage_events ON usage_events.id = customer_key_totals.last_event_id
       WHERE customer_key_totals.customer_key_id = :id
      UNION ALL
      SELECT earlier.id, earlier.previous_id, earlier.customer_key_id, earlier.at, earlier.status
        FROM chain JOIN usage_events AS earlier ON earlier.id = chain.previous_id WHERE chain.at >= :from)
    SELECT customer_key_id, at, status FROM chain)sql"};
  return transaction.each<EventRow>(kChain, KeySince{id, from - kDisorderMax}, admitted_since(from, sink));
}

Result<void> AdmissionStore::each_later_call(Transaction& transaction, CustomerKeyId id,
                                             const Sink<AdmissionUse>& sink) {
  static const Query<EventRow> kLater{R"sql(
    SELECT customer_key_id, at, status FROM usage_events
     WHERE id > :counted AND customer_key_id = :id ORDER BY id)sql"};
  const Result<LedgerChainStore::State> state = LedgerChainStore::state(transaction);
  if (!state) return std::unexpected(state.error());
  return transaction.each<EventRow>(kLater, KeyAfter{id, state->counted_up_to(id)}, [&](const EventRow& row) {
    if (row.status == kSuccess || row.status == kError) sink({row.key_id, row.at});
    return true;
  });
}

Result<std::int64_t> AdmissionStore::rentals(Transaction& transaction, CustomerKeyId id, Instant from, Instant to) {
  static const Query<Single<std::int64_t>> kCount{R"sql(
    SELECT COUNT(*) FROM rentals WHERE customer_key_id = :id AND rented_at >= :from AND rented_at < :to)sql"};
  const Result<std::optional<Single<std::int64_t>>> count = transaction.one(kCount, KeySpan{id, from, to});
  if (!count) return std::unexpected(count.error());
  return (*count)->value;
}

}  // namespace keyledger::store
