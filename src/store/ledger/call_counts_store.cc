#include "store/ledger/call_counts_store.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(CallCountsStore::OfKey, (), (bucket, key, admitted))
BOOST_DESCRIBE_STRUCT(CallCountsStore::OfCustomer, (), (customer, calls, refused))

namespace {

static_assert(ledger::admitted(ledger::Status::success) && ledger::admitted(ledger::Status::error) &&
                  !ledger::admitted(ledger::Status::rate_limited),
              "the statements below take the numbers 0 and 1 for admitted");

struct HoursOfKey {
  CustomerKeyId key{};
  std::int64_t from = 0, to = 0;
};
BOOST_DESCRIBE_STRUCT(HoursOfKey, (), (key, from, to))

struct Hours {
  std::int64_t from = 0, to = 0;
};
BOOST_DESCRIBE_STRUCT(Hours, (), (from, to))

}  // namespace

Result<std::int64_t> CallCountsStore::admitted(Transaction& transaction, CustomerKeyId key, BucketRange range) {
  static const Query<Single<std::int64_t>> kSum{R"sql(
    WITH RECURSIVE quarters (bucket) AS (
      SELECT :from WHERE :from < :to UNION ALL SELECT bucket + 1 FROM quarters WHERE bucket + 1 < :to)
    SELECT COALESCE(SUM(h.events), 0)
      FROM quarters q JOIN ledger_hours h ON h.bucket = q.bucket AND h.customer_key_id = :key
     WHERE h.status < 2)sql"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kSum, HoursOfKey{key, range.from, range.to});
  if (!row) return std::unexpected(row.error());
  return (*row)->value;
}

Result<void> CallCountsStore::each_key(Transaction& transaction, std::int64_t from,
                                       const std::function<void(const OfKey&)>& sink) {
  static const Query<OfKey> kHours{R"sql(
    SELECT bucket, customer_key_id, SUM(events) FROM ledger_hours
     WHERE bucket >= :from AND status < 2 GROUP BY bucket, customer_key_id)sql"};
  return transaction.each<OfKey>(kHours, Hours{from, 0}, [&sink](const OfKey& hour) {
    sink(hour);
    return true;
  });
}

Result<std::vector<CallCountsStore::OfCustomer>> CallCountsStore::by_customer(Transaction& transaction,
                                                                              BucketRange range) {
  static const Query<OfCustomer> kSums{R"sql(
    SELECT k.customer_id, SUM(s.events), SUM(s.refused)
      FROM (SELECT customer_key_id, SUM(events) AS events, SUM(CASE WHEN status < 2 THEN 0 ELSE events END) AS refused
              FROM ledger_hours WHERE bucket >= :from AND bucket < :to GROUP BY customer_key_id) AS s
      JOIN customer_keys k ON k.id = s.customer_key_id
     GROUP BY k.customer_id)sql"};
  return transaction.all(kSums, Hours{range.from, range.to});
}

}  // namespace keyledger::store
