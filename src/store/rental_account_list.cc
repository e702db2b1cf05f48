#include "store/rental_account_list.h"

#include "store/ordered_ids.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(RentalAccountList::Filter, (), (website_id, status, like))
BOOST_DESCRIBE_STRUCT(RentalAccountList::Counts, (), (available, rented, needs_rotation, exception))

namespace {

// A macro, since the queries are literals that the preprocessor joins.
#define KEYLEDGER_RENTAL_ACCOUNTS_LISTED                                                \
  " FROM rental_accounts a JOIN websites w ON w.id = a.website_id"                      \
  " WHERE a.removed_at IS NULL AND (:website_id IS NULL OR a.website_id = :website_id)" \
  " AND (:like = '%' OR LOWER(a.username) LIKE :like ESCAPE '\\'"                       \
  " OR LOWER(a.email) LIKE :like ESCAPE '\\' OR LOWER(a.notes) LIKE :like ESCAPE '\\') "

/// What wants attention comes first.
const OrderedIds& ordered() {
  using enum OrderedIds::Way::Kind;
  static const OrderedIds kIds{"a.id",
                               KEYLEDGER_RENTAL_ACCOUNTS_LISTED "AND (:status IS NULL OR a.status = :status)",
                               {{"w.name_folded", text},
                                {"LOWER(a.username)", text},
                                {"CASE a.status WHEN 'exception' THEN 0 WHEN 'needs_rotation' THEN 1"
                                 " WHEN 'rented' THEN 2 ELSE 3 END"},
                                {"a.last_reset"},
                                {"CASE WHEN a.status = 'available' THEN a.rested_since END"}}};
  return kIds;
}

}  // namespace

Result<std::vector<ListPlace>> RentalAccountList::page(Transaction& transaction,
                                                       const ListPage<rentals::RentalAccountSort>& page,
                                                       const Filter& filter) {
  return ordered().page(transaction, page, filter);
}

Result<std::int64_t> RentalAccountList::count(Transaction& transaction, const Filter& filter) {
  return ordered().count(transaction, filter);
}

Result<RentalAccountList::Counts> RentalAccountList::by_status(Transaction& transaction, const Filter& filter) {
  static const Query<Counts> kCounts{
      "SELECT COUNT(CASE WHEN a.status = 'available' THEN 1 END), COUNT(CASE WHEN a.status = 'rented' THEN 1 END),"
      " COUNT(CASE WHEN a.status = 'needs_rotation' THEN 1 END),"
      " COUNT(CASE WHEN a.status = 'exception' THEN 1 END)" KEYLEDGER_RENTAL_ACCOUNTS_LISTED};
  const Result<std::optional<Counts>> row = transaction.one(kCounts, filter);
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "counts have one row");
  return **row;
}

#undef KEYLEDGER_RENTAL_ACCOUNTS_LISTED

}  // namespace keyledger::store
