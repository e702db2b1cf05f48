#include "store/rental_sheet_store.h"

#include <algorithm>
#include <map>

namespace keyledger::store {
namespace {

using Numbers = std::vector<std::int64_t>;

struct Asked {
  Instant from{}, to{};
};
BOOST_DESCRIBE_STRUCT(Asked, (), (from, to))

struct AskedOfKey {
  CustomerKeyId key{};
  Instant from{}, to{};
};
BOOST_DESCRIBE_STRUCT(AskedOfKey, (), (key, from, to))

struct AskedOf {
  std::int64_t first = 0, end = 0;  // ids
  Instant from{}, to{};
};
BOOST_DESCRIBE_STRUCT(AskedOf, (), (first, end, from, to))

struct Sheet {
  std::int64_t number = 0;
  Instant first_at{}, last_at{};
  Bytes facts{};
};
BOOST_DESCRIBE_STRUCT(Sheet, (), (number, first_at, last_at, facts))

struct ByNumber {
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(ByNumber, (), (number))

#define KEYLEDGER_RENTAL_FACT                                                                     \
  "SELECT rental_account_id, website_id, customer_id, rented_at, COALESCE(ended_at, expires_at)," \
  " CASE WHEN ended_at IS NULL THEN 1 ELSE 0 END FROM rentals "

/// By the hundred thousand, so without the detour over described members.
RentalFact to_fact(const RowView& row) {
  return {.rental_account_id = RentalAccountId{row.integer(0)},
          .website_id = WebsiteId{row.integer(1)},
          .customer_id = CustomerId{row.integer(2)},
          .rented_at = from_millis(row.integer(3)),
          .until = from_millis(row.integer(4)),
          .open = row.integer(5) != 0};
}

template <typename Parameters>
Result<void> each_row(Transaction& transaction, const std::string& sql, const Parameters& asked,
                      const RentalSheetStore::Sink& sink) {
  const std::vector<Parameter> bound = detail::to_parameters(asked);
  const Result<std::int64_t> done = transaction.connection().execute(sql, bound, [&sink](const RowView& row) {
    sink(to_fact(row));
    return true;
  });
  if (!done) return std::unexpected(done.error());
  return {};
}

Result<void> each_ended(Transaction& transaction, const AskedOf& asked, const RentalSheetStore::Sink& sink) {
  static const std::string kEnded{KEYLEDGER_RENTAL_FACT
                                  "WHERE id >= :first AND id < :end AND ended_at IS NOT NULL "
                                  "AND rented_at >= :from AND rented_at < :to"};
  return each_row(transaction, kEnded, asked, sink);
}

Result<void> each_open(Transaction& transaction, const Asked& asked, const RentalSheetStore::Sink& sink) {
  // Added to 0, so that the index over the open ones is taken, and not that over the time of all.
  static const std::string kOpen{KEYLEDGER_RENTAL_FACT
                                 "WHERE ended_at IS NULL AND 0 + rented_at >= :from AND 0 + rented_at < :to"};
  return each_row(transaction, kOpen, asked, sink);
}

Result<void> each_packed(Transaction& transaction, const Asked& asked, const RentalSheetStore::Sink& sink) {
  static const std::string kSheets{"SELECT facts FROM rental_sheets WHERE last_at >= :from AND first_at < :to"};
  std::vector<RentalFact> facts;
  Result<void> whole{};
  const Result<std::int64_t> done =
      transaction.connection().execute(kSheets, detail::to_parameters(asked), [&](const RowView& row) {
        whole = unpack_facts(row.bytes(0), facts);
        if (!whole) return false;
        for (const RentalFact& fact : facts) {
          if (fact.rented_at >= asked.from && fact.rented_at < asked.to) sink(fact);
        }
        return true;
      });
  if (!done) return std::unexpected(done.error());
  return whole;
}

/// What `query` answers, one number a row.
Result<Numbers> numbers(Transaction& transaction, const Query<Single<std::int64_t>>& query) {
  Numbers found;
  const Result<void> done = transaction.each<Single<std::int64_t>>(query, NoParameters{}, [&](const auto& row) {
    found.push_back(row.value);
    return true;
  });
  if (!done) return std::unexpected(done.error());
  return found;
}

/// Those with a sheet, from the lowest on.
Result<Numbers> packed(Transaction& transaction) {
  static const Query<Single<std::int64_t>> kNumbers{"SELECT number FROM rental_sheets ORDER BY number"};
  return numbers(transaction, kNumbers);
}

/// How many numbers have all of their ids given away: 0 to below this one.
Result<std::int64_t> full(Transaction& transaction) {
  static const Query<Single<std::int64_t>> kLast{"SELECT COALESCE(MAX(id), 0) FROM rentals"};
  const Result<std::optional<Single<std::int64_t>>> last = transaction.one(kLast);
  if (!last) return std::unexpected(last.error());
  return ((*last)->value + 1) / RentalSheetStore::kIds;
}

Result<void> pack_one(Transaction& transaction, std::int64_t number) {
  static const Query<void> kPut{R"sql(
    INSERT INTO rental_sheets (number, first_at, last_at, facts) VALUES (:number, :first_at, :last_at, :facts)
      ON CONFLICT (number) DO UPDATE SET first_at = :first_at, last_at = :last_at, facts = :facts)sql"};
  std::vector<RentalFact> facts;
  constexpr std::int64_t kIds = RentalSheetStore::kIds;
  const AskedOf all{number * kIds, (number + 1) * kIds, Instant::min(), Instant::max()};
  const Result<void> read = each_ended(transaction, all, [&facts](const RentalFact& fact) { facts.push_back(fact); });
  if (!read) return read;
  Sheet sheet{.number = number, .facts = pack_facts(facts)};
  if (!facts.empty()) {
    const auto [first, last] = std::ranges::minmax(facts, {}, &RentalFact::rented_at);
    sheet.first_at = first.rented_at;
    sheet.last_at = last.rented_at;
  }
  const Result<std::int64_t> put = transaction.change(kPut, sheet);
  if (!put) return std::unexpected(put.error());
  return {};
}

}  // namespace

Result<void> RentalSheetStore::each(Transaction& transaction, Instant from, Instant to, const Sink& sink) {
  const Result<Numbers> sheets = packed(transaction);
  if (!sheets) return std::unexpected(sheets.error());
  Result<void> done = each_packed(transaction, {from, to}, sink);
  std::int64_t next = 0;  // the first number of which nothing is read yet
  for (const std::int64_t number : *sheets) {
    if (done && number > next) done = each_ended(transaction, {next * kIds, number * kIds, from, to}, sink);
    next = number + 1;
  }
  constexpr std::int64_t kNoEnd = std::numeric_limits<std::int64_t>::max();
  if (done) done = each_ended(transaction, {next * kIds, kNoEnd, from, to}, sink);
  if (done) done = each_open(transaction, {from, to}, sink);
  return done;
}

Result<void> RentalSheetStore::each_of_key(Transaction& transaction, CustomerKeyId key, Instant from, Instant to,
                                           const Sink& sink) {
  static const std::string kOfKey{KEYLEDGER_RENTAL_FACT
                                  "WHERE customer_key_id = :key AND rented_at >= :from AND rented_at < :to"};
  return each_row(transaction, kOfKey, AskedOfKey{key, from, to}, sink);
}

Result<Numbers> RentalSheetStore::unpacked(Transaction& transaction) {
  static const Query<Single<std::int64_t>> kOpen{"SELECT id FROM rentals WHERE ended_at IS NULL"};
  const Result<Numbers> sheets = packed(transaction);
  if (!sheets) return std::unexpected(sheets.error());
  const Result<std::int64_t> end = full(transaction);
  if (!end) return std::unexpected(end.error());
  const Result<Numbers> open_ids = numbers(transaction, kOpen);
  if (!open_ids) return std::unexpected(open_ids.error());
  std::map<std::int64_t, std::int64_t> open;
  for (const std::int64_t id : *open_ids) ++open[id / kIds];
  Numbers found;
  auto sheet = sheets->begin();
  for (std::int64_t number = 0; number < *end; ++number) {
    if (sheet != sheets->end() && *sheet == number) {
      ++sheet;
    } else if (const auto place = open.find(number); place == open.end() || place->second <= kOpenMax) {
      found.push_back(number);
    }
  }
  return found;
}

Result<void> RentalSheetStore::pack(Transaction& transaction, std::span<const std::int64_t> numbers) {
  Result<void> done{};
  for (const std::int64_t number : numbers) {
    if (done) done = pack_one(transaction, number);
  }
  return done;
}

Result<void> RentalSheetStore::drop(Transaction& transaction, RentalId ended) {
  static const Query<void> kDrop{"DELETE FROM rental_sheets WHERE number = :number"};
  const Result<std::int64_t> dropped = transaction.change(kDrop, ByNumber{ended.value / kIds});
  if (!dropped) return std::unexpected(dropped.error());
  return {};
}

#undef KEYLEDGER_RENTAL_FACT

}  // namespace keyledger::store
