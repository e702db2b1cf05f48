#include "store/billing/counted_units_store.h"

#include "store/billing/days.h"

namespace keyledger::store {
namespace {

struct Asked {
  billing::SubscriptionId subscription_id{};
  Day from{}, until{};
};
BOOST_DESCRIBE_STRUCT(Asked, (), (subscription_id, from, until))

struct CountedRow {
  Day from_day{}, until_day{};
  billing::Metric metric = billing::Metric::requests;
  std::int64_t units = 0;
  bool first = false;
  std::string number{}, timezone{};
};
BOOST_DESCRIBE_STRUCT(CountedRow, (), (from_day, until_day, metric, units, first, number, timezone))

}  // namespace

Result<std::vector<CountedUnitsStore::Row>> CountedUnitsStore::of(Transaction& transaction,
                                                                  billing::SubscriptionId subscription,
                                                                  billing::DaySpan days) {
  static const Query<CountedRow> kCounted{R"sql(
    SELECT u.from_day, u.until_day, u.metric, u.units,
           CASE WHEN i.from_day <= u.from_day AND u.until_day <= i.until_day THEN 1 ELSE 0 END,
           COALESCE(i.number, ''), i.timezone
      FROM invoice_units u JOIN invoices i ON i.id = u.invoice_id
     WHERE u.subscription_id = :subscription_id AND u.from_day >= :from AND u.until_day <= :until
     ORDER BY u.from_day, u.metric DESC, u.invoice_id)sql"};
  const Result<std::vector<CountedRow>> rows =
      transaction.all(kCounted, Asked{subscription, to_day(days.from), to_day(days.until)});
  if (!rows) return std::unexpected(rows.error());
  std::vector<Row> counted;
  for (const CountedRow& row : *rows) {
    counted.push_back({{to_local(row.from_day), to_local(row.until_day)},
                       row.metric,
                       row.units,
                       row.first,
                       row.number,
                       row.timezone});
  }
  return counted;
}

}  // namespace keyledger::store
