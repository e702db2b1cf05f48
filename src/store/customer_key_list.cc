#include "store/customer_key_list.h"

#include "store/ordered_ids.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(CustomerKeyList::Filter, (), (customer_id, status, like, now))
BOOST_DESCRIBE_STRUCT(CustomerKeyList::Counts, (), (total, active, expired, revoked, suspended))

namespace {

struct OfCustomer {
  std::optional<CustomerId> customer{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(OfCustomer, (), (customer, now))

const OrderedIds& ordered() {
  using enum OrderedIds::Way::Kind;
  static const OrderedIds kIds{"k.id",
                               R"sql(
      FROM customer_keys k
      JOIN customers c ON c.id = k.customer_id
      LEFT JOIN customer_key_totals t ON t.customer_key_id = k.id
      LEFT JOIN customer_key_imports i ON i.customer_key_id = k.id
     WHERE (:customer_id IS NULL OR k.customer_id = :customer_id)
       AND (:status IS NULL OR (:status = 'revoked' AND k.revoked_at IS NOT NULL)
            OR (:status = 'expired' AND k.revoked_at IS NULL AND k.expires_at <= :now)
            OR (:status = 'active' AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > :now)))
       AND (:like = '%' OR LOWER(k.name) LIKE :like ESCAPE '\' OR LOWER(k.hint) LIKE :like ESCAPE '\'
            OR LOWER(k.notes) LIKE :like ESCAPE '\' OR LOWER(c.name) LIKE :like ESCAPE '\'
            OR c.email_folded LIKE :like ESCAPE '\'))sql",
                               {{"LOWER(k.name)", text},
                                {"LOWER(c.name)", text},
                                {"k.created_at"},
                                {"CASE WHEN i.last_used_at > COALESCE(t.last_at, 0) THEN i.last_used_at ELSE t.last_at"
                                 " END"},
                                {"k.id"},  // used_today is kept in memory
                                {"k.expires_at"},
                                {"CASE WHEN k.revoked_at IS NOT NULL THEN 2 WHEN k.expires_at <= :now THEN 1 ELSE 0"
                                 " END"}}};
  return kIds;
}

}  // namespace

Result<std::vector<ListPlace>> CustomerKeyList::page(Transaction& transaction,
                                                     const ListPage<customers::CustomerKeySort>& page,
                                                     const Filter& filter) {
  check_invariant(page.sort != customers::CustomerKeySort::used_today, "the database does not know used_today");
  return ordered().page(transaction, page, filter);
}

Result<void> CustomerKeyList::each(Transaction& transaction, const Filter& filter,
                                   const std::function<bool(CustomerKeyId)>& sink) {
  return ordered().each(transaction, filter, [&sink](std::int64_t id) { return sink(CustomerKeyId{id}); });
}

Result<std::int64_t> CustomerKeyList::count(Transaction& transaction, const Filter& filter) {
  return ordered().count(transaction, filter);
}

Result<std::int64_t> CustomerKeyList::count_all(Transaction& transaction) {
  static const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM customer_keys"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kCount);
  if (!row) return std::unexpected(row.error());
  return (*row)->value;
}

Result<CustomerKeyList::Counts> CustomerKeyList::by_status(Transaction& transaction, std::optional<CustomerId> customer,
                                                           Instant now) {
  static const Query<Counts> kCounts{R"sql(
    SELECT COUNT(*), COUNT(CASE WHEN status = 'active' THEN 1 END), COUNT(CASE WHEN status = 'expired' THEN 1 END),
           COUNT(CASE WHEN status = 'revoked' THEN 1 END), COUNT(CASE WHEN status = 'suspended' THEN 1 END)
      FROM (SELECT CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= :now THEN 'expired'
                        WHEN c.suspended_at IS NOT NULL THEN 'suspended' ELSE 'active' END AS status
              FROM customer_keys k JOIN customers c ON c.id = k.customer_id
             WHERE :customer IS NULL OR k.customer_id = :customer) AS keys_now)sql"};
  const Result<std::optional<Counts>> row = transaction.one(kCounts, OfCustomer{customer, now});
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "counts have one row");
  return **row;
}

}  // namespace keyledger::store
