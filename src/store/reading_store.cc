#include "store/reading_store.h"

#include "store/usage_names.h"

namespace keyledger::store {
namespace {

struct ReadingRow {
  ProviderKeyId provider_key_id{};
  std::string name{};
  Day day{};
  std::string unit{};
  std::optional<std::int64_t> used{}, limit_value{}, remaining{};
  bool unlimited = false;
  std::optional<Currency> money_currency{};
  std::optional<std::int64_t> money_remaining{}, money_used{};
  std::optional<Instant> resets_at{};
  Instant taken_at{};
};
BOOST_DESCRIBE_STRUCT(ReadingRow, (),
                      (provider_key_id, name, day, unit, used, limit_value, remaining, unlimited, money_currency,
                       money_remaining, money_used, resets_at, taken_at))

struct Asked {
  std::optional<ProviderKeyId> key{};
  Day from{};
};
BOOST_DESCRIBE_STRUCT(Asked, (), (key, from))

ReadingRow to_row(ProviderKeyId key, const usage::Reading& reading, Instant now) {
  ReadingRow row{key,
                 std::string{cut_text(reading.name, UsageNames::kNameBytesMax)},
                 day_of(now),
                 std::string{cut_text(reading.unit, UsageNames::kNameBytesMax)},
                 reading.used,
                 reading.limit,
                 reading.remaining,
                 reading.unlimited};
  if (reading.money_remaining) {
    row.money_currency = reading.money_remaining->currency;
    row.money_remaining = reading.money_remaining->nanos;
  }
  // Both are of one currency; a reading that mixes two keeps what is left.
  if (reading.money_used && (!row.money_currency || *row.money_currency == reading.money_used->currency)) {
    row.money_currency = reading.money_used->currency;
    row.money_used = reading.money_used->nanos;
  }
  row.resets_at = reading.resets_at;
  row.taken_at = now;
  return row;
}

ReadingStore::Stored to_stored(ReadingRow row) {
  const auto money = [&](std::optional<std::int64_t> nanos) -> std::optional<Money> {
    if (!nanos || !row.money_currency) return std::nullopt;
    return Money{*row.money_currency, *nanos};
  };
  usage::Reading reading{.name = std::move(row.name),
                         .unit = std::move(row.unit),
                         .used = row.used,
                         .limit = row.limit_value,
                         .remaining = row.remaining,
                         .unlimited = row.unlimited,
                         .money_remaining = money(row.money_remaining),
                         .money_used = money(row.money_used),
                         .resets_at = row.resets_at};
  return {row.provider_key_id, std::move(reading), row.taken_at};
}

Result<std::vector<ReadingStore::Stored>> read(Transaction& transaction, const Query<ReadingRow>& query,
                                               const Asked& asked) {
  std::vector<ReadingStore::Stored> all;
  const Result<void> done = transaction.each<ReadingRow>(query, asked, [&](ReadingRow row) {
    all.push_back(to_stored(std::move(row)));
    return true;
  });
  if (!done) return std::unexpected(done.error());
  return all;
}

}  // namespace

Result<void> ReadingStore::put(Transaction& transaction, ProviderKeyId key, const std::vector<usage::Reading>& readings,
                               Instant now) {
  static const Query<void> kPut{R"sql(
    INSERT INTO usage_readings (provider_key_id, name, day, unit, used, limit_value, remaining, unlimited,
      money_currency, money_remaining, money_used, resets_at, taken_at)
    VALUES (:provider_key_id, :name, :day, :unit, :used, :limit_value, :remaining, :unlimited, :money_currency,
      :money_remaining, :money_used, :resets_at, :taken_at)
    ON CONFLICT (provider_key_id, name, day) DO UPDATE SET unit = excluded.unit, used = excluded.used,
      limit_value = excluded.limit_value, remaining = excluded.remaining, unlimited = excluded.unlimited,
      money_currency = excluded.money_currency, money_remaining = excluded.money_remaining,
      money_used = excluded.money_used, resets_at = excluded.resets_at, taken_at = excluded.taken_at)sql"};
  for (const usage::Reading& reading : readings) {
    const Result<std::int64_t> done = transaction.change(kPut, to_row(key, reading, now));
    if (!done) return std::unexpected(done.error());
  }
  return {};
}

Result<std::vector<ReadingStore::Stored>> ReadingStore::latest(Transaction& transaction,
                                                               std::optional<ProviderKeyId> key) {
  static const Query<ReadingRow> kLatest{R"sql(
    SELECT provider_key_id, name, day, unit, used, limit_value, remaining, unlimited, money_currency, money_remaining,
           money_used, resets_at, taken_at
      FROM usage_readings r
     WHERE (:key IS NULL OR provider_key_id = :key)
       AND day = (SELECT MAX(day) FROM usage_readings n
                   WHERE n.provider_key_id = r.provider_key_id AND n.name = r.name)
     ORDER BY provider_key_id, name)sql"};
  return read(transaction, kLatest, {key, {}});
}

Result<std::vector<ReadingStore::Stored>> ReadingStore::history(Transaction& transaction, ProviderKeyId key, Day from) {
  static const Query<ReadingRow> kHistory{R"sql(
    SELECT provider_key_id, name, day, unit, used, limit_value, remaining, unlimited, money_currency, money_remaining,
           money_used, resets_at, taken_at
      FROM usage_readings WHERE provider_key_id = :key AND day >= :from ORDER BY name, day)sql"};
  return read(transaction, kHistory, {key, from});
}

}  // namespace keyledger::store
