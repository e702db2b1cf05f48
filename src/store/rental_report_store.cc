#include "store/rental_report_store.h"

#include <algorithm>

#include "store/rental_sheet_store.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(RentalReportStore::AccountName, (), (id, website_id, username, website, removed))
BOOST_DESCRIBE_STRUCT(RentalReportStore::WebsiteName, (), (id, name, removed, accounts))

namespace {

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

}  // namespace

Result<void> RentalReportStore::each(Transaction& transaction, const Scope& scope,
                                     const std::function<void(const RentalFact&)>& sink) {
  const auto wanted = [&](const RentalFact& fact) {
    if (scope.customer && !scope.key && fact.customer_id != *scope.customer) return;
    if (among(scope.websites, fact.website_id)) sink(fact);
  };
  if (scope.key) return RentalSheetStore::each_of_key(transaction, *scope.key, scope.from, scope.to, wanted);
  return RentalSheetStore::each(transaction, scope.from, scope.to, wanted);
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
