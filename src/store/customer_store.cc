#include "store/customer_store.h"

#include <fmt/format.h>

#include "store/ordered_ids.h"

namespace keyledger::store {

using customers::Customer;

BOOST_DESCRIBE_STRUCT(CustomerStore::Shown, (customers::Customer), (active_key_count, last_used_at))

namespace {

struct Written {
  CustomerId id{};
  std::string name{}, email{}, email_folded{}, notes{}, timezone{};
  std::optional<Instant> suspended_at{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(Written, (), (id, name, email, email_folded, notes, timezone, suspended_at, now))

struct ById {
  CustomerId id{};
};
BOOST_DESCRIBE_STRUCT(ById, (), (id))

struct ByName {
  std::string name{}, email_folded{};
};
BOOST_DESCRIBE_STRUCT(ByName, (), (name, email_folded))

struct At {
  CustomerId id{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(At, (), (id, now))

struct Search {
  std::string like{};
};
BOOST_DESCRIBE_STRUCT(Search, (), (like))

// The columns in the order of Customer's members. A macro, since the queries are literals that the preprocessor joins.
#define KEYLEDGER_CUSTOMER_COLUMNS                  \
  "id, name, email, notes, timezone, suspended_at," \
  " (SELECT COUNT(*) FROM customer_keys WHERE customer_id = customers.id), created_at, updated_at "

// When one of the customer's keys last called, here or before it was taken over.
#define KEYLEDGER_CUSTOMER_LAST_USED                                                                      \
  "(SELECT MAX(CASE WHEN i.last_used_at > COALESCE(t.last_at, 0) THEN i.last_used_at ELSE t.last_at END)" \
  " FROM customer_keys k LEFT JOIN customer_key_totals t ON t.customer_key_id = k.id"                     \
  " LEFT JOIN customer_key_imports i ON i.customer_key_id = k.id WHERE k.customer_id = customers.id) "

const OrderedIds& ordered() {
  using enum OrderedIds::Way::Kind;
  static const OrderedIds kIds{"id",
                               R"sql(
      FROM customers
     WHERE (:like = '%' OR LOWER(name) LIKE :like ESCAPE '\' OR email_folded LIKE :like ESCAPE '\'
            OR LOWER(notes) LIKE :like ESCAPE '\'))sql",
                               {{"LOWER(name)", text},
                                {"NULLIF(email_folded, '')", text},
                                {"created_at"},
                                {"(SELECT COUNT(*) FROM customer_keys WHERE customer_id = customers.id)"},
                                {"id"},  // calls are summed up elsewhere
                                {KEYLEDGER_CUSTOMER_LAST_USED}}};
  return kIds;
}

Written written(CustomerId id, const CustomerStore::Fields& fields, Instant now) {
  return {id, fields.name, fields.email, fields.email_folded, fields.notes, fields.timezone, fields.suspended_at, now};
}

Error explained(Error error, const CustomerStore::Fields& fields) {
  if (error.code != Code::conflict || error.detail != "customers.name, customers.email_folded") return error;
  const std::string who = fields.email.empty() ? fmt::format("{} without an e-mail", fields.name)
                                               : fmt::format("{} with the e-mail {}", fields.name, fields.email);
  return {Code::conflict, fmt::format("A customer {} exists already; use that one.", who), "duplicate_customer", "name",
          error.detail};
}

}  // namespace

std::unexpected<Error> unknown_customer(CustomerId id, std::string field) {
  return fail(Code::not_found, fmt::format("There is no customer {}.", id.value), "unknown_customer", std::move(field));
}

Result<CustomerId> CustomerStore::insert(Transaction& transaction, const Fields& fields, Instant now) {
  static const Query<Single<CustomerId>> kInsert{R"sql(
    INSERT INTO customers (name, email, email_folded, notes, timezone, suspended_at, created_at, updated_at)
    VALUES (:name, :email, :email_folded, :notes, :timezone, :suspended_at, :now, :now) RETURNING id)sql"};
  const Result<std::optional<Single<CustomerId>>> row = transaction.one(kInsert, written({}, fields, now));
  if (!row) return std::unexpected(explained(row.error(), fields));
  check_invariant(row->has_value(), "an insert returns its id");
  return (*row)->value;
}

Result<void> CustomerStore::update(Transaction& transaction, CustomerId id, const Fields& fields, Instant now) {
  static const Query<void> kUpdate{R"sql(
    UPDATE customers SET name = :name, email = :email, email_folded = :email_folded, notes = :notes,
           timezone = :timezone, suspended_at = :suspended_at, updated_at = :now
     WHERE id = :id)sql"};
  const Result<std::int64_t> changed = transaction.change(kUpdate, written(id, fields, now));
  if (!changed) return std::unexpected(explained(changed.error(), fields));
  if (*changed == 0) return unknown_customer(id);
  return {};
}

Result<void> CustomerStore::remove(Transaction& transaction, CustomerId id) {
  static const Query<void> kDeleteBilling{"DELETE FROM customer_billing WHERE customer_id = :id"};
  static const Query<void> kDelete{"DELETE FROM customers WHERE id = :id"};
  const Result<std::int64_t> billing = transaction.change(kDeleteBilling, ById{id});
  if (!billing) return std::unexpected(billing.error());
  const Result<std::int64_t> changed = transaction.change(kDelete, ById{id});
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return unknown_customer(id);
  return {};
}

Result<Customer> CustomerStore::get(Transaction& transaction, CustomerId id) {
  static const Query<Customer> kGet{"SELECT " KEYLEDGER_CUSTOMER_COLUMNS "FROM customers WHERE id = :id"};
  Result<std::optional<Customer>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_customer(id);
  return std::move(**row);
}

Result<std::optional<CustomerId>> CustomerStore::find(Transaction& transaction, const std::string& name,
                                                      const std::string& email_folded) {
  static const Query<Single<CustomerId>> kFind{
      "SELECT id FROM customers WHERE name = :name AND email_folded = :email_folded"};
  const Result<std::optional<Single<CustomerId>>> row = transaction.one(kFind, ByName{name, email_folded});
  if (!row) return std::unexpected(row.error());
  return *row ? std::optional{(*row)->value} : std::nullopt;
}

Result<CustomerStore::Shown> CustomerStore::get_shown(Transaction& transaction, CustomerId id, Instant now) {
  static const Query<Shown> kGet{"SELECT " KEYLEDGER_CUSTOMER_COLUMNS R"sql(,
           (SELECT COUNT(*) FROM customer_keys k
             WHERE k.customer_id = customers.id AND k.revoked_at IS NULL
               AND (k.expires_at IS NULL OR k.expires_at > :now)),
           )sql" KEYLEDGER_CUSTOMER_LAST_USED "FROM customers WHERE id = :id"};
  Result<std::optional<Shown>> row = transaction.one(kGet, At{id, now});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_customer(id);
  return std::move(**row);
}

Result<std::vector<ListPlace>> CustomerStore::page(Transaction& transaction,
                                                   const ListPage<customers::CustomerSort>& page,
                                                   const std::string& like) {
  check_invariant(page.sort != customers::CustomerSort::calls, "calls are not in the order that the database knows");
  return ordered().page(transaction, page, Search{like});
}

Result<void> CustomerStore::each(Transaction& transaction, const std::string& like,
                                 const std::function<bool(CustomerId)>& sink) {
  return ordered().each(transaction, Search{like}, [&sink](std::int64_t id) { return sink(CustomerId{id}); });
}

Result<std::int64_t> CustomerStore::count(Transaction& transaction, const std::string& like) {
  return ordered().count(transaction, Search{like});
}

#undef KEYLEDGER_CUSTOMER_COLUMNS
#undef KEYLEDGER_CUSTOMER_LAST_USED

}  // namespace keyledger::store
