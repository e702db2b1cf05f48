#include "store/website_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/ordered_ids.h"

namespace keyledger::store {

using rentals::Website;

BOOST_DESCRIBE_STRUCT(WebsiteStore::Row, (rentals::Website), (available, rented, needs_rotation, exception, has_secret))

namespace {

struct ById {
  WebsiteId id{};
};
BOOST_DESCRIBE_STRUCT(ById, (), (id))

struct ByName {
  std::string folded{};
};
BOOST_DESCRIBE_STRUCT(ByName, (), (folded))

struct Written : Website {
  std::string folded{};
  Bytes no_secret{};
};
BOOST_DESCRIBE_STRUCT(Written, (Website), (folded, no_secret))

struct Secret {
  WebsiteId id{};
  Bytes sealed{};
};
BOOST_DESCRIBE_STRUCT(Secret, (), (id, sealed))

struct Removed {
  WebsiteId id{};
  Instant now{};
  Bytes no_secret{};
};
BOOST_DESCRIBE_STRUCT(Removed, (), (id, now, no_secret))

struct Search {
  std::string like{};
};
BOOST_DESCRIBE_STRUCT(Search, (), (like))

// The columns in the order of Website's members. A macro, since the queries are literals that the preprocessor joins.
#define KEYLEDGER_WEBSITE_COLUMNS \
  "id, name, url, validity_hours, description, after_rental, rotation, rotation_url, created_at, updated_at "

#define KEYLEDGER_ACCOUNTS_IN(state)                                                          \
  "(SELECT COUNT(*) FROM rental_accounts WHERE website_id = websites.id AND status = '" state \
  "' AND removed_at IS NULL)"

#define KEYLEDGER_WEBSITE_ROW \
  "SELECT " KEYLEDGER_WEBSITE_COLUMNS ", " KEYLEDGER_ACCOUNTS_IN("available") ", " KEYLEDGER_ACCOUNTS_IN(          \
      "rented") ", " KEYLEDGER_ACCOUNTS_IN("needs_rotation") ", " KEYLEDGER_ACCOUNTS_IN(                           \
      "exception") ", CASE WHEN LENGTH(sealed_rotation_secret) > 0 THEN 1 ELSE 0 END FROM websites "

const OrderedIds& ordered() {
  using enum OrderedIds::Way::Kind;
  static const OrderedIds kIds{
      "id",
      R"sql(
      FROM websites
     WHERE removed_at IS NULL
       AND (:like = '%' OR name_folded LIKE :like ESCAPE '\' OR LOWER(url) LIKE :like ESCAPE '\'
            OR LOWER(description) LIKE :like ESCAPE '\'))sql",
      {{"name_folded", text},
       {"validity_hours"},
       {"(SELECT COUNT(*) FROM rental_accounts WHERE website_id = websites.id AND removed_at IS NULL)"},
       {KEYLEDGER_ACCOUNTS_IN("available")}}};
  return kIds;
}

Written written(const Website& website, const std::string& folded) {
  Written row{website};
  row.folded = folded;
  return row;
}

Error explained(Error error, const std::string& name) {
  if (error.code != Code::conflict || error.detail != "websites.name_folded") return error;
  return {Code::conflict, fmt::format("There is a website {} already; use that one.", name), "duplicate_website",
          "name", error.detail};
}

Result<void> changed_one(const Result<std::int64_t>& changed, WebsiteId id) {
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return unknown_website(id);
  return {};
}

}  // namespace

std::unexpected<Error> unknown_website(WebsiteId id) {
  return fail(Code::not_found, fmt::format("There is no website {}.", id.value), "unknown_website");
}

Error unknown_website_name(const std::string& name, const std::vector<std::string>& known, std::string field) {
  std::string names;
  for (std::size_t i = 0; i < std::min(known.size(), kWebsitesNamed); ++i) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", known[i]);
  }
  if (known.size() > kWebsitesNamed) names += fmt::format(" and {} more", known.size() - kWebsitesNamed);
  const std::string rest = names.empty() ? "there are none yet" : fmt::format("known are {}", names);
  return {Code::not_found, fmt::format("There is no website {}; {}.", name.substr(0, 100), rest), "unknown_website",
          std::move(field)};
}

Result<WebsiteId> WebsiteStore::insert(Transaction& transaction, const Website& website, const std::string& folded) {
  static const Query<Single<WebsiteId>> kInsert{R"sql(
    INSERT INTO websites (name, name_folded, url, validity_hours, description, after_rental, rotation, rotation_url,
                          sealed_rotation_secret, created_at, updated_at)
    VALUES (:name, :folded, :url, :validity_hours, :description, :after_rental, :rotation, :rotation_url, :no_secret,
            :created_at, :updated_at) RETURNING id)sql"};
  const Result<std::optional<Single<WebsiteId>>> row = transaction.one(kInsert, written(website, folded));
  if (!row) return std::unexpected(explained(row.error(), website.name));
  check_invariant(row->has_value(), "an insert returns its id");
  return (*row)->value;
}

Result<void> WebsiteStore::update(Transaction& transaction, const Website& website, const std::string& folded) {
  static const Query<void> kUpdate{R"sql(
    UPDATE websites SET name = :name, name_folded = :folded, url = :url, validity_hours = :validity_hours,
           description = :description, after_rental = :after_rental, rotation = :rotation,
           rotation_url = :rotation_url, updated_at = :updated_at
     WHERE id = :id AND removed_at IS NULL)sql"};
  const Result<std::int64_t> changed = transaction.change(kUpdate, written(website, folded));
  if (!changed) return std::unexpected(explained(changed.error(), website.name));
  return changed_one(changed, website.id);
}

Result<void> WebsiteStore::put_secret(Transaction& transaction, WebsiteId id, const Bytes& sealed) {
  static const Query<void> kPut{
      "UPDATE websites SET sealed_rotation_secret = :sealed WHERE id = :id AND removed_at IS NULL"};
  return changed_one(transaction.change(kPut, Secret{id, sealed}), id);
}

Result<Bytes> WebsiteStore::sealed_secret(Transaction& transaction, WebsiteId id) {
  static const Query<Single<Bytes>> kGet{
      "SELECT sealed_rotation_secret FROM websites WHERE id = :id AND removed_at IS NULL"};
  Result<std::optional<Single<Bytes>>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_website(id);
  return std::move((*row)->value);
}

Result<void> WebsiteStore::remove(Transaction& transaction, WebsiteId id, Instant now) {
  static const Query<void> kRemove{R"sql(
    UPDATE websites SET removed_at = :now, updated_at = :now, sealed_rotation_secret = :no_secret
     WHERE id = :id AND removed_at IS NULL)sql"};
  return changed_one(transaction.change(kRemove, Removed{id, now, {}}), id);
}

Result<Website> WebsiteStore::get(Transaction& transaction, WebsiteId id) {
  static const Query<Website> kGet{"SELECT " KEYLEDGER_WEBSITE_COLUMNS
                                   "FROM websites WHERE id = :id AND removed_at IS NULL"};
  Result<std::optional<Website>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_website(id);
  return std::move(**row);
}

Result<WebsiteStore::Row> WebsiteStore::get_row(Transaction& transaction, WebsiteId id) {
  static const Query<Row> kGet{KEYLEDGER_WEBSITE_ROW "WHERE id = :id AND removed_at IS NULL"};
  Result<std::optional<Row>> row = transaction.one(kGet, ById{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_website(id);
  return std::move(**row);
}

Result<std::optional<Website>> WebsiteStore::find(Transaction& transaction, const std::string& folded) {
  static const Query<Website> kFind{"SELECT " KEYLEDGER_WEBSITE_COLUMNS
                                    "FROM websites WHERE name_folded = :folded AND removed_at IS NULL"};
  return transaction.one(kFind, ByName{folded});
}

Result<std::vector<ListPlace>> WebsiteStore::page(Transaction& transaction, const ListPage<rentals::WebsiteSort>& page,
                                                  const std::string& like) {
  return ordered().page(transaction, page, Search{like});
}

Result<std::int64_t> WebsiteStore::count(Transaction& transaction, const std::string& like) {
  return ordered().count(transaction, Search{like});
}

Result<std::vector<Website>> WebsiteStore::all(Transaction& transaction) {
  static const Query<Website> kAll{"SELECT " KEYLEDGER_WEBSITE_COLUMNS
                                   "FROM websites WHERE removed_at IS NULL ORDER BY id"};
  return transaction.all(kAll);
}

Error WebsiteStore::unknown_name(Transaction& transaction, const std::string& name, std::string field) {
  const Result<std::vector<Website>> known = all(transaction);
  if (!known) return known.error();
  std::vector<std::string> names;
  for (const Website& website : *known) names.push_back(website.name);
  return unknown_website_name(name, names, std::move(field));
}

#undef KEYLEDGER_WEBSITE_ROW
#undef KEYLEDGER_ACCOUNTS_IN
#undef KEYLEDGER_WEBSITE_COLUMNS

}  // namespace keyledger::store
