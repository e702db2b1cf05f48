#include "store/ledger/ledger_totals_store.h"

#include <algorithm>

#include "store/ledger/hours_with_calls.h"

namespace keyledger::store {
namespace {

// So many rows are read in the time of one seek.
constexpr std::int64_t kRowsInASeek = 8;
// Buckets begin at every quarter of an hour, but most zones differ by whole hours, and share theirs.
constexpr std::int64_t kQuartersToHour = 4;

struct Asked {
  std::int64_t from = 0, to = 0;
  CustomerKeyId key{};
  CustomerId customer{};
};
BOOST_DESCRIBE_STRUCT(Asked, (), (from, to, key, customer))

struct OfCustomer {
  CustomerId customer{};
};
BOOST_DESCRIBE_STRUCT(OfCustomer, (), (customer))

struct Ends {
  std::int64_t from = 0, to = 0;
};
BOOST_DESCRIBE_STRUCT(Ends, (), (from, to))

struct Size {
  std::int64_t keys = 0, events = 0;
};
BOOST_DESCRIBE_STRUCT(Size, (), (keys, events))

/// The hours that the ledger has at all: nothing is looked for before or after them.
Result<BucketRange> hours_of_ledger(Transaction& transaction) {
  static const Query<Ends> kEnds{R"sql(
    SELECT COALESCE((SELECT MIN(bucket) FROM ledger_all_hours), 0),
           COALESCE((SELECT MAX(bucket) + 1 FROM ledger_all_hours), 0))sql"};
  const Result<std::optional<Ends>> ends = transaction.one(kEnds);
  if (!ends) return std::unexpected(ends.error());
  check_invariant(ends->has_value(), "a SELECT without a table has one row");
  return BucketRange{(*ends)->from, (*ends)->to};
}

/// Whether looking for each key of a customer in each hour is less work than reading what all keys did.
/// How much that is, is taken from how many events the ledger counts, as if they were spread evenly.
Result<bool> seeks_pay(Transaction& transaction, CustomerId customer, BucketRange range, BucketRange ledger) {
  static const Query<Size> kSize{R"sql(
    SELECT (SELECT COUNT(*) FROM customer_keys WHERE customer_id = :customer),
           COALESCE((SELECT value FROM ledger_state WHERE name = 'rolled_up_to'), 0))sql"};
  const Result<std::optional<Size>> size = transaction.one(kSize, OfCustomer{customer});
  if (!size) return std::unexpected(size.error());
  check_invariant(size->has_value(), "a SELECT without a table has one row");
  const std::int64_t seeks = (range.to - range.from) / kQuartersToHour * ((*size)->keys + 1);
  const std::int64_t rows = (*size)->events / (ledger.to - ledger.from) * (range.to - range.from);
  return seeks * kRowsInASeek < rows;
}

Result<void> read(Transaction& transaction, const std::string& sql, const CallScope& scope, BucketRange range,
                  const std::function<void(const CallSum&)>& sink) {
  const Asked asked{range.from, range.to, scope.key.value_or(CustomerKeyId{}), scope.customer.value_or(CustomerId{})};
  const std::vector<Parameter> bound = detail::to_parameters(asked);
  const Result<std::int64_t> done = transaction.connection().execute(sql, bound, [&](const RowView& row) {
    // By the hundred thousand, so without the detour over described members.
    const CallSum sum{row.integer(0), row.integer(1), row.integer(2), WebsiteId{row.integer(3)}, row.integer(4)};
    if (scope.websites.empty() || std::ranges::find(scope.websites, sum.website_id) != scope.websites.end()) sink(sum);
    return true;
  });
  if (!done) return std::unexpected(done.error());
  return {};
}

}  // namespace

Result<void> LedgerTotalsStore::each(Transaction& transaction, const CallScope& scope, BucketRange range,
                                     const std::function<void(const CallSum&)>& sink) {
  static const std::string kOfAll{R"sql(
    SELECT bucket, action_id, status, website_id, events FROM ledger_all_hours
     WHERE bucket >= :from AND bucket < :to)sql"};
  static const std::string kOfKey{KEYLEDGER_HOURS_WITH_CALLS R"sql(
    SELECT h.bucket, h.action_id, h.status, h.website_id, h.events
      FROM hours CROSS JOIN ledger_hours h WHERE h.bucket = hours.bucket AND h.customer_key_id = :key)sql"};
  static const std::string kOfFewKeys{KEYLEDGER_HOURS_WITH_CALLS R"sql(
    SELECT h.bucket, h.action_id, h.status, h.website_id, h.events
      FROM hours CROSS JOIN customer_keys k CROSS JOIN ledger_hours h
     WHERE k.customer_id = :customer AND h.bucket = hours.bucket AND h.customer_key_id = k.id)sql"};
  static const std::string kOfManyKeys{R"sql(
    SELECT h.bucket, h.action_id, h.status, h.website_id, h.events
      FROM ledger_hours h CROSS JOIN customer_keys k
     WHERE h.bucket >= :from AND h.bucket < :to AND k.id = h.customer_key_id AND k.customer_id = :customer)sql"};
  if (!scope.key && !scope.customer) return read(transaction, kOfAll, scope, range, sink);
  const Result<BucketRange> ledger = hours_of_ledger(transaction);
  if (!ledger) return std::unexpected(ledger.error());
  const BucketRange held{std::max(range.from, ledger->from), std::min(range.to, ledger->to)};
  if (held.from >= held.to) return {};
  if (scope.key) return read(transaction, kOfKey, scope, held, sink);
  const Result<bool> seek = seeks_pay(transaction, *scope.customer, held, *ledger);
  if (!seek) return std::unexpected(seek.error());
  return read(transaction, *seek ? kOfFewKeys : kOfManyKeys, scope, held, sink);
}

Result<std::vector<CallSum>> LedgerTotalsStore::all(Transaction& transaction, const CallScope& scope,
                                                    BucketRange range) {
  std::vector<CallSum> sums;
  const Result<void> done = each(transaction, scope, range, [&](const CallSum& sum) { sums.push_back(sum); });
  if (!done) return std::unexpected(done.error());
  return sums;
}

}  // namespace keyledger::store
