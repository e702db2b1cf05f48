#include "store/ledger/ledger_report_store.h"

#include <algorithm>

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(LedgerReportStore::Figures, (), (blocks, newest_event, keys, first_at, last_at, first_event))

namespace {

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
           (SELECT COUNT(*) FROM customer_key_totals),
           (SELECT at FROM usage_events WHERE id = (SELECT MIN(id) FROM usage_events)),
           (SELECT at FROM usage_events WHERE id = (SELECT MAX(id) FROM usage_events)),
           COALESCE((SELECT MIN(id) FROM usage_events), 0))sql"};
  const Result<std::optional<Figures>> row = transaction.one(kFigures);
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "a SELECT without a table has one row");
  return **row;
}

}  // namespace keyledger::store
