#include "store/rental_list.h"

#include "store/ordered_ids.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(RentalList::Filter, (), (open, account_id, website_id, customer_id, key_id, from, to, like, now))

namespace {

struct OpenOf {
  std::optional<CustomerId> customer{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(OpenOf, (), (customer, now))

// The filters but for the state. A macro, since the queries are literals that the preprocessor joins.
#define KEYLEDGER_RENTALS_LISTED                                                                                     \
  " FROM rentals r JOIN rental_accounts a ON a.id = r.rental_account_id JOIN websites w ON w.id = r.website_id"      \
  " JOIN customers c ON c.id = r.customer_id JOIN customer_keys k ON k.id = r.customer_key_id"                       \
  " WHERE (:account_id IS NULL OR r.rental_account_id = :account_id)"                                                \
  " AND (:website_id IS NULL OR r.website_id = :website_id)"                                                         \
  " AND (:customer_id IS NULL OR r.customer_id = :customer_id) AND (:key_id IS NULL OR r.customer_key_id = :key_id)" \
  " AND (:from IS NULL OR r.rented_at >= :from) AND (:to IS NULL OR r.rented_at < :to)"                              \
  " AND (:like = '%' OR LOWER(a.username) LIKE :like ESCAPE '\\' OR w.name_folded LIKE :like ESCAPE '\\'"            \
  " OR LOWER(c.name) LIKE :like ESCAPE '\\' OR LOWER(k.name) LIKE :like ESCAPE '\\')"

const std::vector<OrderedIds::Way>& ways() {
  using enum OrderedIds::Way::Kind;
  static const std::vector<OrderedIds::Way> kWays{
      {"r.rented_at"}, {"r.expires_at"}, {"w.name_folded", text}, {"LOWER(c.name)", text}};
  return kWays;
}

/// Open rentals have an index of their own, which is found only where the statement says so.
const OrderedIds& ordered(const RentalList::Filter& filter) {
  static const OrderedIds kOpen{"r.id", KEYLEDGER_RENTALS_LISTED " AND r.ended_at IS NULL AND r.expires_at > :now",
                                ways()};
  static const OrderedIds kEnded{
      "r.id", KEYLEDGER_RENTALS_LISTED " AND (r.ended_at IS NOT NULL OR r.expires_at <= :now)", ways()};
  static const OrderedIds kAny{"r.id", KEYLEDGER_RENTALS_LISTED, ways()};
  if (!filter.open) return kAny;
  return *filter.open ? kOpen : kEnded;
}

}  // namespace

Result<std::vector<ListPlace>> RentalList::page(Transaction& transaction, const ListPage<rentals::RentalSort>& page,
                                                const Filter& filter) {
  return ordered(filter).page(transaction, page, filter);
}

Result<std::int64_t> RentalList::count(Transaction& transaction, const Filter& filter) {
  return ordered(filter).count(transaction, filter);
}

Result<std::int64_t> RentalList::count_all(Transaction& transaction) {
  static const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM rentals"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kCount);
  if (!row) return std::unexpected(row.error());
  return (*row)->value;
}

Result<std::int64_t> RentalList::count_open(Transaction& transaction, std::optional<CustomerId> customer, Instant now) {
  static const Query<Single<std::int64_t>> kCount{R"sql(
    SELECT COUNT(*) FROM rentals
     WHERE ended_at IS NULL AND expires_at > :now AND (:customer IS NULL OR customer_id = :customer))sql"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kCount, OpenOf{customer, now});
  if (!row) return std::unexpected(row.error());
  return (*row)->value;
}

#undef KEYLEDGER_RENTALS_LISTED

}  // namespace keyledger::store
