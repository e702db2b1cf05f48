#include "store/account_store.h"

#include <fmt/format.h>

namespace keyledger::store {
namespace {

struct Written {
  AccountId id{};
  std::string email{}, email_folded{}, name{}, organization_name{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(Written, (), (id, email, email_folded, name, organization_name, now))

struct ById {
  AccountId id{};
};
BOOST_DESCRIBE_STRUCT(ById, (), (id))

struct Page {
  AccountId after{};
  std::int64_t limit = 0;
  std::string like{};
};
BOOST_DESCRIBE_STRUCT(Page, (), (after, limit, like))

// The columns in the order of Account's members; of the keys' status the one that needs attention most. A macro, since
// the queries are literals that the preprocessor joins.
#define KEYLEDGER_ACCOUNT_COLUMNS                                                                      \
  "id, email, name, organization_name, created_at, updated_at,"                                        \
  " (SELECT COUNT(*) FROM provider_keys WHERE account_id = accounts.id),"                              \
  " (SELECT status FROM provider_keys WHERE account_id = accounts.id AND status <> 'unknown'"          \
  "   ORDER BY CASE status WHEN 'invalid' THEN 0 WHEN 'unreachable' THEN 1 WHEN 'rate_limited' THEN 2" \
  "            WHEN 'valid_but_restricted' THEN 3 ELSE 4 END LIMIT 1)"

Error explained(Error error, const std::string& email) {
  if (error.code != Code::conflict || error.detail != "accounts.email_folded") return error;
  return {Code::conflict, fmt::format("An account with the e-mail {} exists already; use that one.", email),
          "duplicate_email", "email", error.detail};
}

}  // namespace

std::unexpected<Error> unknown_account(AccountId id, std::string field) {
  return fail(Code::not_found, fmt::format("There is no account {}.", id.value), "unknown_account", std::move(field));
}

Result<AccountId> AccountStore::insert(Transaction& transaction, const Fields& fields, Instant now) {
  static const Query<Single<AccountId>> kInsert{R"sql(
    INSERT INTO accounts (email, email_folded, name, organization_name, created_at, updated_at)
    VALUES (:email, :email_folded, :name, :organization_name, :now, :now) RETURNING id)sql"};
  const Result<std::optional<Single<AccountId>>> row = transaction.one(
      kInsert, Written{{}, fields.email, fields.email_folded, fields.name, fields.organization_name, now});
  if (!row) return std::unexpected(explained(row.error(), fields.email));
  check_invariant(row->has_value(), "an insert returns its id");
  return (*row)->value;
}

Result<void> AccountStore::update(Transaction& transaction, AccountId id, const Fields& fields, Instant now) {
  static const Query<void> kUpdate{R"sql(
    UPDATE accounts SET email = :email, email_folded = :email_folded, name = :name,
           organization_name = :organization_name, updated_at = :now
     WHERE id = :id)sql"};
  const Result<std::int64_t> changed = transaction.change(
      kUpdate, Written{id, fields.email, fields.email_folded, fields.name, fields.organization_name, now});
  if (!changed) return std::unexpected(explained(changed.error(), fields.email));
  if (*changed == 0) return unknown_account(id);
  return {};
}

Result<void> AccountStore::remove(Transaction& transaction, AccountId id) {
  static const Query<void> kDelete{"DELETE FROM accounts WHERE id = :id"};
  const Result<std::int64_t> changed = transaction.change(kDelete, ById{id});
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return unknown_account(id);
  return {};
}

Result<keys::Account> AccountStore::get(Transaction& transaction, AccountId id) {
  static const Query<keys::Account> kGet{"SELECT " KEYLEDGER_ACCOUNT_COLUMNS " FROM accounts WHERE id = :id"};
  Result<std::optional<keys::Account>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_account(id);
  return std::move(**row);
}

Result<bool> AccountStore::exists(Transaction& transaction, AccountId id) {
  static const Query<Single<AccountId>> kFind{"SELECT id FROM accounts WHERE id = :id"};
  const Result<std::optional<Single<AccountId>>> row = transaction.one(kFind, ById{id});
  if (!row) return std::unexpected(row.error());
  return row->has_value();
}

Result<std::vector<keys::Account>> AccountStore::list(Transaction& transaction, AccountId after, std::int64_t limit,
                                                      const std::string& like) {
  static const Query<keys::Account> kList{"SELECT " KEYLEDGER_ACCOUNT_COLUMNS R"sql(
      FROM accounts
     WHERE id > :after
       AND (email_folded LIKE :like ESCAPE '\' OR LOWER(name) LIKE :like ESCAPE '\'
            OR LOWER(organization_name) LIKE :like ESCAPE '\')
     ORDER BY id LIMIT :limit)sql"};
  return transaction.all(kList, Page{after, limit, like});
}

#undef KEYLEDGER_ACCOUNT_COLUMNS

}  // namespace keyledger::store
