#include "store/rental_store.h"

#include <fmt/format.h>

#include "store/rental_sheet_store.h"

namespace keyledger::store {

using rentals::Rental;

BOOST_DESCRIBE_STRUCT(RentalStore::OpenOfKey, (), (customer_key_id, open))
BOOST_DESCRIBE_STRUCT(RentalStore::Row, (rentals::Rental), (username, website, customer_name, key_name))

namespace {

struct ById {
  RentalId id{};
};
BOOST_DESCRIBE_STRUCT(ById, (), (id))

struct OfAccount {
  RentalAccountId account{};
  std::optional<CustomerId> customer{};
};
BOOST_DESCRIBE_STRUCT(OfAccount, (), (account, customer))

struct NewestOfAccount {
  RentalAccountId account{};
  std::int64_t limit = 0;
};
BOOST_DESCRIBE_STRUCT(NewestOfAccount, (), (account, limit))

struct Ended {
  RentalId id{};
  Instant ended_at{};
  rentals::EndedBy ended_by{};
};
BOOST_DESCRIBE_STRUCT(Ended, (), (id, ended_at, ended_by))

struct Due {
  Instant now{};
  std::optional<WebsiteId> website{};
  std::int64_t limit = 0;
};
BOOST_DESCRIBE_STRUCT(Due, (), (now, website, limit))

struct OfWebsite {
  std::optional<WebsiteId> website{};
};
BOOST_DESCRIBE_STRUCT(OfWebsite, (), (website))

/// A rental as its row: the way in which it ended is a word, and none while it is open.
struct Stored {
  RentalId id{};
  RentalAccountId rental_account_id{};
  WebsiteId website_id{};
  CustomerKeyId customer_key_id{};
  CustomerId customer_id{};
  std::int64_t fencing = 0;
  std::string customer_info{};
  Instant rented_at{}, expires_at{};
};
BOOST_DESCRIBE_STRUCT(Stored, (),
                      (id, rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info,
                       rented_at, expires_at))

// The columns in the order of Rental's members.
#define KEYLEDGER_RENTAL_COLUMNS                                                                              \
  "rentals.id, rental_account_id, rentals.website_id, customer_key_id, rentals.customer_id, rentals.fencing," \
  " customer_info, rented_at, rentals.expires_at, ended_at, NULLIF(ended_by, '') "

// The same with the names that belong to its ids.
#define KEYLEDGER_RENTAL_ROW                                                      \
  "SELECT " KEYLEDGER_RENTAL_COLUMNS                                              \
  ", rental_accounts.username, websites.name, customers.name, customer_keys.name" \
  " FROM rentals JOIN rental_accounts ON rental_accounts.id = rental_account_id"  \
  " JOIN websites ON websites.id = rentals.website_id"                            \
  " JOIN customers ON customers.id = rentals.customer_id"                         \
  " JOIN customer_keys ON customer_keys.id = customer_key_id "

}  // namespace

std::unexpected<Error> unknown_rental(RentalId id) {
  return fail(Code::not_found, fmt::format("There is no rental {}.", id.value), "unknown_rental");
}

Result<RentalId> RentalStore::insert(Transaction& transaction, const Rental& rental) {
  static const Query<Single<RentalId>> kInsert{R"sql(
    INSERT INTO rentals (rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info, rented_at,
                         expires_at, ended_by)
    VALUES (:rental_account_id, :website_id, :customer_key_id, :customer_id, :fencing, :customer_info, :rented_at,
            :expires_at, '') RETURNING id)sql"};
  const Stored row{{},
                   rental.rental_account_id,
                   rental.website_id,
                   rental.customer_key_id,
                   rental.customer_id,
                   rental.fencing,
                   rental.customer_info,
                   rental.rented_at,
                   rental.expires_at};
  const Result<std::optional<Single<RentalId>>> made = transaction.one(kInsert, row);
  if (!made) return std::unexpected(made.error());
  check_invariant(made->has_value(), "an insert returns its id");
  return (*made)->value;
}

Result<void> RentalStore::end(Transaction& transaction, RentalId id, Instant ended_at, rentals::EndedBy ended_by) {
  static const Query<void> kEnd{
      "UPDATE rentals SET ended_at = :ended_at, ended_by = :ended_by WHERE id = :id AND ended_at IS NULL"};
  const Result<std::int64_t> changed = transaction.change(kEnd, Ended{id, ended_at, ended_by});
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return unknown_rental(id);
  return RentalSheetStore::drop(transaction, id);
}

Result<Rental> RentalStore::get(Transaction& transaction, RentalId id) {
  static const Query<Rental> kGet{"SELECT " KEYLEDGER_RENTAL_COLUMNS "FROM rentals WHERE id = :id"};
  Result<std::optional<Rental>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_rental(id);
  return std::move(**row);
}

Result<std::optional<Rental>> RentalStore::open_of(Transaction& transaction, RentalAccountId id) {
  static const Query<Rental> kOpen{"SELECT " KEYLEDGER_RENTAL_COLUMNS
                                   "FROM rentals WHERE rental_account_id = :account AND ended_at IS NULL"};
  return transaction.one(kOpen, OfAccount{id, {}});
}

Result<std::optional<Rental>> RentalStore::newest(Transaction& transaction, RentalAccountId id,
                                                  std::optional<CustomerId> customer) {
  static const Query<Rental> kNewest{"SELECT " KEYLEDGER_RENTAL_COLUMNS R"sql(
      FROM rentals WHERE rental_account_id = :account AND (:customer IS NULL OR customer_id = :customer)
     ORDER BY id DESC LIMIT 1)sql"};
  return transaction.one(kNewest, OfAccount{id, customer});
}

Result<std::vector<Rental>> RentalStore::due(Transaction& transaction, Instant now, std::optional<WebsiteId> website,
                                             std::int64_t limit) {
  static const Query<Rental> kDue{"SELECT " KEYLEDGER_RENTAL_COLUMNS R"sql(
      FROM rentals
     WHERE ended_at IS NULL AND expires_at <= :now AND (:website IS NULL OR website_id = :website)
     ORDER BY expires_at, id LIMIT :limit)sql"};
  return transaction.all(kDue, Due{now, website, limit});
}

Result<std::optional<Instant>> RentalStore::next_expiry(Transaction& transaction, std::optional<WebsiteId> website) {
  // The first row by the index, not MIN: an aggregate would look at all open rentals.
  static const Query<Single<Instant>> kNext{R"sql(
    SELECT expires_at FROM rentals WHERE ended_at IS NULL AND (:website IS NULL OR website_id = :website)
     ORDER BY expires_at LIMIT 1)sql"};
  const Result<std::optional<Single<Instant>>> row = transaction.one(kNext, OfWebsite{website});
  if (!row) return std::unexpected(row.error());
  return *row ? std::optional{(*row)->value} : std::nullopt;
}

Result<std::vector<RentalStore::OpenOfKey>> RentalStore::open_by_key(Transaction& transaction) {
  // Added to 0, so that the open ones are sorted, instead of all being read in the order of an index over keys.
  static const Query<OpenOfKey> kOpen{
      "SELECT 0 + customer_key_id, COUNT(*) FROM rentals WHERE ended_at IS NULL GROUP BY 0 + customer_key_id"};
  return transaction.all(kOpen);
}

Result<RentalStore::Row> RentalStore::get_row(Transaction& transaction, RentalId id) {
  static const Query<Row> kGet{KEYLEDGER_RENTAL_ROW "WHERE rentals.id = :id"};
  Result<std::optional<Row>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_rental(id);
  return std::move(**row);
}

Result<std::vector<RentalStore::Row>> RentalStore::newest_rows(Transaction& transaction, RentalAccountId id,
                                                               std::int64_t limit) {
  static const Query<Row> kNewest{KEYLEDGER_RENTAL_ROW
                                  "WHERE rental_account_id = :account ORDER BY rentals.id DESC LIMIT :limit"};
  return transaction.all(kNewest, NewestOfAccount{id, limit});
}

#undef KEYLEDGER_RENTAL_ROW
#undef KEYLEDGER_RENTAL_COLUMNS

}  // namespace keyledger::store
