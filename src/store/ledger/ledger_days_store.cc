#include "store/ledger/ledger_days_store.h"

#include "domain/ledger/bucket.h"
#include "domain/ledger/call.h"
#include "store/ledger/sum_rows.h"

namespace keyledger::store {
namespace {

static_assert(ledger::admitted(ledger::Status::success) && ledger::admitted(ledger::Status::error) &&
                  !ledger::admitted(ledger::Status::rate_limited) && ledger::Status::success == ledger::Status{0},
              "the statements below take the numbers 0 and 1 for admitted, and 0 for success");

constexpr std::size_t kRowsAtOnce = 50'000;

struct Asked {
  std::int64_t from = 0, until = 0;
  CustomerId customer{};
};
BOOST_DESCRIBE_STRUCT(Asked, (), (from, until, customer))

std::int64_t number_of(LocalDay day) {
  return day.time_since_epoch().count();
}

LocalDay day_of(std::int64_t number) {
  return LocalDay{std::chrono::days{number}};
}

// A call that rented nothing gives its rental back to the limit, and is billed as a request alone.
#define KEYLEDGER_RENTALS                                                                            \
  "CASE WHEN d.status = 0 AND d.action_id = (SELECT id FROM ledger_words WHERE word = 'rent') THEN " \
  "d.events ELSE 0 END"

}  // namespace

Result<std::vector<DayUnits>> LedgerDaysStore::of_customer(Transaction& transaction, CustomerId customer,
                                                           billing::DaySpan days) {
  static const std::string kOfCustomer{
      "WITH RECURSIVE days (day) AS ("
      " SELECT :from WHERE :from < :until UNION ALL SELECT day + 1 FROM days WHERE day + 1 < :until) "
      "SELECT d.day, SUM(d.units), SUM(" KEYLEDGER_RENTALS
      ") FROM days CROSS JOIN customer_keys k CROSS JOIN ledger_days d "
      "WHERE k.customer_id = :customer AND d.day = days.day AND d.customer_key_id = k.id AND d.status < 2 "
      "GROUP BY d.day ORDER BY d.day"};
  std::vector<DayUnits> found;
  const Asked asked{number_of(days.from), number_of(days.until), customer};
  const Result<std::int64_t> done =
      transaction.connection().execute(kOfCustomer, detail::to_parameters(asked), [&](const RowView& row) {
        found.push_back({day_of(row.integer(0)), row.integer(1), row.integer(2)});
        return true;
      });
  if (!done) return std::unexpected(done.error());
  return found;
}

Result<void> LedgerDaysStore::each(Transaction& transaction, billing::DaySpan days,
                                   const std::function<void(CustomerId, const DayUnits&)>& sink) {
  static const std::string kOfAll{
      "SELECT k.customer_id, d.day, d.units, " KEYLEDGER_RENTALS
      " FROM ledger_days d CROSS JOIN customer_keys k "
      "WHERE d.day >= :from AND d.day < :until AND d.status < 2 AND k.id = d.customer_key_id "
      "ORDER BY d.day"};
  const Asked asked{number_of(days.from), number_of(days.until)};
  // By the hundred thousand, so without the detour over described members.
  const Result<std::int64_t> done =
      transaction.connection().execute(kOfAll, detail::to_parameters(asked), [&](const RowView& row) {
        sink(CustomerId{row.integer(0)}, {day_of(row.integer(1)), row.integer(2), row.integer(3)});
        return true;
      });
  if (!done) return std::unexpected(done.error());
  return {};
}

#undef KEYLEDGER_RENTALS

Result<void> LedgerDaysStore::fill(Transaction& transaction, const std::function<Zone(CustomerKeyId)>& zone_of) {
  static const Query<Single<std::int64_t>> kAsked{"SELECT value FROM ledger_state WHERE name = 'days_to_fill'"};
  static const Query<void> kDone{"DELETE FROM ledger_state WHERE name = 'days_to_fill'"};
  static const std::string kHours{
      "SELECT bucket, customer_key_id, action_id, status, events, units FROM ledger_hours ORDER BY bucket"};
  const Result<std::optional<Single<std::int64_t>>> asked = transaction.one(kAsked);
  if (!asked) return std::unexpected(asked.error());
  if (!*asked) return {};
  std::vector<DayOfKey> days;
  Result<void> written{};
  const auto flush = [&] {
    written = add_to_days(transaction, days);
    return written.has_value();
  };
  const Result<std::int64_t> read = transaction.connection().execute(kHours, {}, [&](const RowView& row) {
    const LocalDay day = zone_of(CustomerKeyId{row.integer(1)}).day_of(ledger::start_of(row.integer(0)));
    days.push_back(
        {{number_of(day), row.integer(1), row.integer(2), row.integer(3)}, {row.integer(4), row.integer(5)}});
    return days.size() < kRowsAtOnce || flush();
  });
  if (!read) return std::unexpected(read.error());
  if (!written || !flush()) return written;
  const Result<std::int64_t> done = transaction.change(kDone);
  if (!done) return std::unexpected(done.error());
  return {};
}

}  // namespace keyledger::store
