#include "store/ledger/ledger_report_store.h"

#include <algorithm>

#include "store/ledger/hours_with_calls.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(LedgerReportStore::Sum, (), (bucket, action_id, status, website_id, events))
BOOST_DESCRIBE_STRUCT(LedgerReportStore::Figures, (),
                      (blocks, newest_event, keys, rollup_rows, first_at, last_at, first_event))

namespace {

struct Asked {
  CustomerKeyId key{};
  std::int64_t from = 0, to = 0;
};
BOOST_DESCRIBE_STRUCT(Asked, (), (key, from, to))

struct AskedPeriod {
  CustomerKeyId key{};
  Instant from{}, to{};
};
BOOST_DESCRIBE_STRUCT(AskedPeriod, (), (key, from, to))

struct ById {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(ById, (), (id))

Result<std::string> text_of(Transaction& transaction, const Query<Single<std::string>>& query, std::int64_t id) {
  const Result<std::optional<Single<std::string>>> row = transaction.one(query, ById{id});
  if (!row) return std::unexpected(row.error());
  return *row ? (*row)->value : std::string{};
}

}  // namespace

Result<std::vector<LedgerReportStore::Sum>> LedgerReportStore::sums(Transaction& transaction,
                                                                    std::optional<CustomerKeyId> key, Buckets buckets) {
  static const Query<Sum> kOfKey{KEYLEDGER_HOURS_WITH_CALLS R"sql(
    SELECT h.bucket, h.action_id, h.status, h.website_id, h.events
      FROM hours CROSS JOIN ledger_hours h WHERE h.bucket = hours.bucket AND h.customer_key_id = :key)sql"};
  static const Query<Sum> kOfAll{R"sql(
    SELECT bucket, action_id, status, website_id, events
      FROM ledger_all_hours WHERE bucket >= :from AND bucket < :to)sql"};
  return transaction.all(key ? kOfKey : kOfAll, Asked{key.value_or(CustomerKeyId{}), buckets.from, buckets.to});
}

Result<std::int64_t> LedgerReportStore::accounts_rented(Transaction& transaction, std::optional<CustomerKeyId> key,
                                                        Period period) {
  static const Query<Single<std::int64_t>> kOfKey{R"sql(
    SELECT COUNT(DISTINCT rental_account_id) FROM rentals
     WHERE customer_key_id = :key AND rented_at >= :from AND rented_at < :to)sql"};
  static const Query<Single<std::int64_t>> kOfAll{R"sql(
    SELECT COUNT(DISTINCT rental_account_id) FROM rentals WHERE rented_at >= :from AND rented_at < :to)sql"};
  const Result<std::optional<Single<std::int64_t>>> row =
      transaction.one(key ? kOfKey : kOfAll, AskedPeriod{key.value_or(CustomerKeyId{}), period.from, period.to});
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "a count has one row");
  return (*row)->value;
}

Result<std::vector<std::string>> LedgerReportStore::words(Transaction& transaction,
                                                          const std::vector<std::int64_t>& ids) {
  static const Query<Single<std::string>> kWord{"SELECT word FROM ledger_words WHERE id = :id"};
  std::vector<std::string> words;
  for (const std::int64_t id : ids) {
    Result<std::string> word = text_of(transaction, kWord, id);
    if (!word) return std::unexpected(word.error());
    words.push_back(std::move(*word));
  }
  return words;
}

Result<std::vector<std::string>> LedgerReportStore::websites(Transaction& transaction,
                                                             const std::vector<WebsiteId>& ids) {
  static const Query<Single<std::string>> kName{"SELECT name FROM websites WHERE id = :id"};
  std::vector<std::string> names;
  for (const WebsiteId id : ids) {
    Result<std::string> name = text_of(transaction, kName, id.value);
    if (!name) return std::unexpected(name.error());
    if (!name->empty()) names.push_back(std::move(*name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());  // one that is gone may have had another's name
  return names;
}

Result<LedgerReportStore::Figures> LedgerReportStore::figures(Transaction& transaction) {
  static const Query<Figures> kFigures{R"sql(
    SELECT (SELECT COUNT(*) FROM ledger_blocks), COALESCE((SELECT MAX(id) FROM usage_events), 0),
           (SELECT COUNT(*) FROM customer_key_totals), (SELECT COUNT(*) FROM ledger_hours),
           (SELECT at FROM usage_events WHERE id = (SELECT MIN(id) FROM usage_events)),
           (SELECT at FROM usage_events WHERE id = (SELECT MAX(id) FROM usage_events)),
           COALESCE((SELECT MIN(id) FROM usage_events), 0))sql"};
  const Result<std::optional<Figures>> row = transaction.one(kFigures);
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "a SELECT without a table has one row");
  return **row;
}

}  // namespace keyledger::store
