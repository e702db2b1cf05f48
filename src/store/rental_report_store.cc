#include "store/rental_report_store.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(RentalReportStore::AccountName, (), (id, website_id, username, website, removed))
BOOST_DESCRIBE_STRUCT(RentalReportStore::WebsiteName, (), (id, name, removed, accounts))

namespace {

struct Asked {
  Instant from{}, to{};
  CustomerKeyId key{};
  CustomerId customer{};
};
BOOST_DESCRIBE_STRUCT(Asked, (), (from, to, key, customer))

struct ById {
  RentalAccountId id{};
};
BOOST_DESCRIBE_STRUCT(ById, (), (id))

struct AccountOfWebsite {
  RentalAccountId id{};
  WebsiteId website_id{};
};
BOOST_DESCRIBE_STRUCT(AccountOfWebsite, (), (id, website_id))

bool among(const std::vector<WebsiteId>& websites, WebsiteId website) {
  return websites.empty() || std::ranges::find(websites, website) != websites.end();
}

/// By the hundred thousand, so without the detour over described members.
RentalFact to_fact(const RowView& row) {
  RentalFact fact{.rental_account_id = RentalAccountId{row.integer(0)},
                  .website_id = WebsiteId{row.integer(1)},
                  .customer_id = CustomerId{row.integer(2)},
                  .rented_at = from_millis(row.integer(3)),
                  .expires_at = from_millis(row.integer(4))};
  if (!row.is_null(5)) fact.ended_at = from_millis(row.integer(5));
  return fact;
}

/// One statement each for the rentals of all, of a key and of a customer.
struct Reading {
  explicit Reading(std::string_view columns)
      : of_all(fmt::format("SELECT {} FROM rentals r WHERE r.rented_at >= :from AND r.rented_at < :to", columns)),
        of_key(fmt::format("SELECT {} FROM rentals r "
                           "WHERE r.customer_key_id = :key AND r.rented_at >= :from AND r.rented_at < :to",
                           columns)),
        of_customer(fmt::format("SELECT {} FROM customer_keys k JOIN rentals r ON r.customer_key_id = k.id "
                                "WHERE k.customer_id = :customer AND r.rented_at >= :from AND r.rented_at < :to",
                                columns)) {}
  std::string of_all, of_key, of_customer;
};

Result<void> read(Transaction& transaction, const Reading& reading, const RentalReportStore::Scope& scope,
                  const RowSink& sink) {
  const Asked asked{scope.from, scope.to, scope.key.value_or(CustomerKeyId{}), scope.customer.value_or(CustomerId{})};
  const std::vector<Parameter> bound = detail::to_parameters(asked);
  const std::string& sql = scope.key ? reading.of_key : scope.customer ? reading.of_customer : reading.of_all;
  const Result<std::int64_t> done = transaction.connection().execute(sql, bound, sink);
  if (!done) return std::unexpected(done.error());
  return {};
}

}  // namespace

Result<void> RentalReportStore::each(Transaction& transaction, const Scope& scope,
                                     const std::function<void(const RentalFact&)>& sink) {
  static const Reading kFacts{
      "r.rental_account_id, r.website_id, r.customer_id, r.rented_at, r.expires_at, r.ended_at"};
  return read(transaction, kFacts, scope, [&](const RowView& row) {
    const RentalFact fact = to_fact(row);
    if (among(scope.websites, fact.website_id)) sink(fact);
    return true;
  });
}

Result<void> RentalReportStore::each_website(Transaction& transaction, const Scope& scope,
                                             const std::function<void(WebsiteId, CustomerId)>& sink) {
  static const Reading kWebsites{"r.website_id, r.customer_id"};
  return read(transaction, kWebsites, scope, [&](const RowView& row) {
    const WebsiteId website{row.integer(0)};
    if (among(scope.websites, website)) sink(website, CustomerId{row.integer(1)});
    return true;
  });
}

Result<RentalReportStore::AccountName> RentalReportStore::account_name(Transaction& transaction, RentalAccountId id) {
  static const Query<AccountName> kName{R"sql(
    SELECT a.id, a.website_id, a.username, w.name, CASE WHEN a.removed_at IS NULL THEN 0 ELSE 1 END
      FROM rental_accounts a JOIN websites w ON w.id = a.website_id WHERE a.id = :id)sql"};
  Result<std::optional<AccountName>> row = transaction.one(kName, ById{id});
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "a rental's account keeps its row");
  return std::move(**row);
}

Result<std::vector<RentalAccountId>> RentalReportStore::accounts(Transaction& transaction,
                                                                 const std::vector<WebsiteId>& websites) {
  static const Query<AccountOfWebsite> kAccounts{"SELECT id, website_id FROM rental_accounts WHERE removed_at IS NULL"};
  std::vector<RentalAccountId> ids;
  const Result<void> done = transaction.each<AccountOfWebsite>(kAccounts, NoParameters{}, [&](AccountOfWebsite row) {
    if (among(websites, row.website_id)) ids.push_back(row.id);
    return true;
  });
  if (!done) return std::unexpected(done.error());
  return ids;
}

Result<std::vector<RentalReportStore::WebsiteName>> RentalReportStore::websites(Transaction& transaction) {
  static const Query<WebsiteName> kWebsites{R"sql(
    SELECT w.id, w.name, CASE WHEN w.removed_at IS NULL THEN 0 ELSE 1 END,
           (SELECT COUNT(*) FROM rental_accounts a WHERE a.website_id = w.id AND a.removed_at IS NULL)
      FROM websites w ORDER BY w.id)sql"};
  return transaction.all(kWebsites);
}

}  // namespace keyledger::store
