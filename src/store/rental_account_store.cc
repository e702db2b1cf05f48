#include "store/rental_account_store.h"

#include <fmt/format.h>

namespace keyledger::store {

using rentals::RentalAccount;

BOOST_DESCRIBE_STRUCT(RentalAccountStore::PastPassword, (), (id, set_at, set_by))
BOOST_DESCRIBE_STRUCT(RentalAccountStore::Leased, (), (id, username, email, fencing, sealed_password))

namespace {

struct ById {
  RentalAccountId id{};
};
BOOST_DESCRIBE_STRUCT(ById, (), (id))

struct Sealed {
  RentalAccountId id{};
  Bytes sealed{};
};
BOOST_DESCRIBE_STRUCT(Sealed, (), (id, sealed))

struct PastSealed {
  std::int64_t id = 0;
  Bytes sealed{};
};
BOOST_DESCRIBE_STRUCT(PastSealed, (), (id, sealed))

struct NewPast {
  RentalAccountId id{};
  Instant set_at{};
  std::string set_by{};
};
BOOST_DESCRIBE_STRUCT(NewPast, (), (id, set_at, set_by))

struct Newest {
  RentalAccountId id{};
  std::int64_t limit = 0;
};
BOOST_DESCRIBE_STRUCT(Newest, (), (id, limit))

struct Named {
  WebsiteId website{};
  std::string username{};
};
BOOST_DESCRIBE_STRUCT(Named, (), (website, username))

struct OfWebsite {
  WebsiteId website{};
};
BOOST_DESCRIBE_STRUCT(OfWebsite, (), (website))

struct Lease {
  WebsiteId website{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(Lease, (), (website, now))

struct Removal {
  RentalAccountId id{};
  Instant now{};
  Bytes no_password{};
};
BOOST_DESCRIBE_STRUCT(Removal, (), (id, now, no_password))

struct Due {
  Instant now{};
  std::int64_t limit = 0;
};
BOOST_DESCRIBE_STRUCT(Due, (), (now, limit))

struct Rescheduled {
  WebsiteId website{};
  std::optional<Instant> due{};
};
BOOST_DESCRIBE_STRUCT(Rescheduled, (), (website, due))

// The columns in the order of RentalAccount's members.
#define KEYLEDGER_RENTAL_ACCOUNT_COLUMNS                                                                 \
  "id, website_id, username, email, notes, status, exception_reason, fencing, rested_since, last_reset," \
  " rotation_attempts, rotation_due_at, rotation_error, created_at, updated_at "

Error explained(Error error, const std::string& username) {
  const bool twin = error.code == Code::conflict && error.detail.find("username") != std::string::npos;
  if (!twin) return error;
  return {Code::conflict, fmt::format("The website has an account {} already; use that one.", username),
          "duplicate_rental_account", "username", error.detail};
}

Result<void> changed_one(const Result<std::int64_t>& changed, RentalAccountId id) {
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return unknown_rental_account(id);
  return {};
}

}  // namespace

std::unexpected<Error> unknown_rental_account(RentalAccountId id) {
  return fail(Code::not_found, fmt::format("There is no rental account {}.", id.value), "unknown_rental_account");
}

Result<RentalAccountId> RentalAccountStore::insert(Transaction& transaction, const RentalAccount& account) {
  static const Query<Single<RentalAccountId>> kInsert{R"sql(
    INSERT INTO rental_accounts (website_id, username, email, sealed_password, status, exception_reason, notes, fencing,
                                 rested_since, last_reset, rotation_attempts, rotation_due_at, rotation_error,
                                 created_at, updated_at)
    VALUES (:website_id, :username, :email, '', :status, :exception_reason, :notes, :fencing, :rested_since,
            :last_reset, :rotation_attempts, :rotation_due_at, :rotation_error, :created_at, :updated_at)
    RETURNING id)sql"};
  const Result<std::optional<Single<RentalAccountId>>> row = transaction.one(kInsert, account);
  if (!row) return std::unexpected(explained(row.error(), account.username));
  check_invariant(row->has_value(), "an insert returns its id");
  return (*row)->value;
}

Result<void> RentalAccountStore::update(Transaction& transaction, const RentalAccount& account) {
  static const Query<void> kUpdate{R"sql(
    UPDATE rental_accounts SET username = :username, email = :email, status = :status,
           exception_reason = :exception_reason, notes = :notes, fencing = :fencing, rested_since = :rested_since,
           last_reset = :last_reset, rotation_attempts = :rotation_attempts, rotation_due_at = :rotation_due_at,
           rotation_error = :rotation_error, updated_at = :updated_at
     WHERE id = :id AND removed_at IS NULL)sql"};
  const Result<std::int64_t> changed = transaction.change(kUpdate, account);
  if (!changed) return std::unexpected(explained(changed.error(), account.username));
  return changed_one(changed, account.id);
}

Result<void> RentalAccountStore::remove(Transaction& transaction, RentalAccountId id, Instant now) {
  static const Query<void> kForget{"DELETE FROM rental_account_passwords WHERE rental_account_id = :id"};
  static const Query<void> kRemove{R"sql(
    UPDATE rental_accounts SET removed_at = :now, updated_at = :now, status = 'exception', sealed_password = :no_password,
           rotation_due_at = NULL
     WHERE id = :id AND removed_at IS NULL)sql"};
  const Result<std::int64_t> forgotten = transaction.change(kForget, Removal{id, now, {}});
  if (!forgotten) return std::unexpected(forgotten.error());
  return changed_one(transaction.change(kRemove, Removal{id, now, {}}), id);
}

Result<void> RentalAccountStore::put_password(Transaction& transaction, RentalAccountId id, const Bytes& sealed) {
  static const Query<void> kPut{
      "UPDATE rental_accounts SET sealed_password = :sealed WHERE id = :id AND removed_at IS NULL"};
  return changed_one(transaction.change(kPut, Sealed{id, sealed}), id);
}

Result<Bytes> RentalAccountStore::sealed_password(Transaction& transaction, RentalAccountId id) {
  static const Query<Single<Bytes>> kGet{
      "SELECT sealed_password FROM rental_accounts WHERE id = :id AND removed_at IS NULL"};
  Result<std::optional<Single<Bytes>>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_rental_account(id);
  return std::move((*row)->value);
}

Result<std::int64_t> RentalAccountStore::add_past_password(Transaction& transaction, RentalAccountId id, Instant set_at,
                                                           const std::string& set_by) {
  static const Query<Single<std::int64_t>> kInsert{R"sql(
    INSERT INTO rental_account_passwords (rental_account_id, sealed_password, set_at, set_by)
    VALUES (:id, '', :set_at, :set_by) RETURNING id)sql"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kInsert, NewPast{id, set_at, set_by});
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "an insert returns its id");
  return (*row)->value;
}

Result<void> RentalAccountStore::put_past_password(Transaction& transaction, std::int64_t id, const Bytes& sealed) {
  static const Query<void> kPut{"UPDATE rental_account_passwords SET sealed_password = :sealed WHERE id = :id"};
  const Result<std::int64_t> changed = transaction.change(kPut, PastSealed{id, sealed});
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<std::vector<RentalAccountStore::PastPassword>> RentalAccountStore::past_passwords(Transaction& transaction,
                                                                                         RentalAccountId id,
                                                                                         std::int64_t limit) {
  static const Query<PastPassword> kNewest{R"sql(
    SELECT id, set_at, set_by FROM rental_account_passwords WHERE rental_account_id = :id
     ORDER BY id DESC LIMIT :limit)sql"};
  return transaction.all(kNewest, Newest{id, limit});
}

Result<RentalAccount> RentalAccountStore::get(Transaction& transaction, RentalAccountId id) {
  static const Query<RentalAccount> kGet{"SELECT " KEYLEDGER_RENTAL_ACCOUNT_COLUMNS
                                         "FROM rental_accounts WHERE id = :id AND removed_at IS NULL"};
  Result<std::optional<RentalAccount>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_rental_account(id);
  return std::move(**row);
}

Result<bool> RentalAccountStore::has_username(Transaction& transaction, WebsiteId website,
                                              const std::string& username) {
  static const Query<Single<RentalAccountId>> kFind{R"sql(
    SELECT id FROM rental_accounts
     WHERE website_id = :website AND username = :username AND removed_at IS NULL)sql"};
  const Result<std::optional<Single<RentalAccountId>>> row = transaction.one(kFind, Named{website, username});
  if (!row) return std::unexpected(row.error());
  return row->has_value();
}

Result<std::int64_t> RentalAccountStore::count(Transaction& transaction, WebsiteId website) {
  static const Query<Single<std::int64_t>> kCount{
      "SELECT COUNT(*) FROM rental_accounts WHERE website_id = :website AND removed_at IS NULL"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kCount, OfWebsite{website});
  if (!row) return std::unexpected(row.error());
  return (*row)->value;
}

Result<std::vector<RentalAccount>> RentalAccountStore::all_free(Transaction& transaction) {
  static const Query<RentalAccount> kFree{"SELECT " KEYLEDGER_RENTAL_ACCOUNT_COLUMNS
                                          "FROM rental_accounts WHERE status = 'available' AND removed_at IS NULL"};
  return transaction.all(kFree);
}

Result<std::optional<RentalAccountStore::Leased>> RentalAccountStore::lease(Transaction& transaction, WebsiteId website,
                                                                            Instant now) {
  static const Query<Leased> kLease{R"sql(
    UPDATE rental_accounts SET status = 'rented', fencing = fencing + 1, updated_at = :now
     WHERE id = (SELECT id FROM rental_accounts
                  WHERE website_id = :website AND status = 'available' AND removed_at IS NULL
                  ORDER BY rested_since, id LIMIT 1)
    RETURNING id, username, email, fencing, sealed_password)sql"};
  return transaction.one(kLease, Lease{website, now});
}

Result<std::vector<RentalAccount>> RentalAccountStore::due_for_rotation(Transaction& transaction, Instant now,
                                                                        std::int64_t limit) {
  static const Query<RentalAccount> kDue{"SELECT " KEYLEDGER_RENTAL_ACCOUNT_COLUMNS R"sql(
      FROM rental_accounts
     WHERE rotation_due_at <= :now AND status = 'needs_rotation' AND removed_at IS NULL
     ORDER BY rotation_due_at, id LIMIT :limit)sql"};
  return transaction.all(kDue, Due{now, limit});
}

Result<std::optional<Instant>> RentalAccountStore::next_rotation(Transaction& transaction) {
  static const Query<Single<std::optional<Instant>>> kNext{R"sql(
    SELECT MIN(rotation_due_at) FROM rental_accounts
     WHERE rotation_due_at IS NOT NULL AND status = 'needs_rotation' AND removed_at IS NULL)sql"};
  const auto row = transaction.one(kNext);
  if (!row) return std::unexpected(row.error());
  return *row ? (*row)->value : std::nullopt;
}

Result<void> RentalAccountStore::reschedule(Transaction& transaction, WebsiteId website, std::optional<Instant> due) {
  static const Query<void> kReschedule{R"sql(
    UPDATE rental_accounts SET rotation_due_at = :due, rotation_attempts = 0, rotation_error = ''
     WHERE website_id = :website AND status = 'needs_rotation' AND removed_at IS NULL)sql"};
  const Result<std::int64_t> changed = transaction.change(kReschedule, Rescheduled{website, due});
  if (!changed) return std::unexpected(changed.error());
  return {};
}

#undef KEYLEDGER_RENTAL_ACCOUNT_COLUMNS

}  // namespace keyledger::store
